"""The paths that API Gateway keeps for its own health checks, at the root of a domain: no function ever sees them.

Source: API Gateway developer guide, 'Amazon API Gateway important notes'. It does not say what they answer; the texts
are those of two reports, apex/up#556 for a REST API and serverless/examples#667 for an HTTP API.
"""

from __future__ import annotations

from lambwsgi.adapter.message import HttpResponse
from lambwsgi.local.mirror import wire
from lambwsgi.local.mirror.base import Arrival, WireRequest

_PATHS = frozenset({"/ping", "/sping"})


def health_of_rest_api(request: WireRequest, _arrival: Arrival) -> HttpResponse | None:
    """The answer to a health check of a REST API."""
    return _health(request, b"healthy")


def health_of_http_api(request: WireRequest, _arrival: Arrival) -> HttpResponse | None:
    """The answer to a health check of an HTTP API."""
    return _health(request, b"Healthy Connection")


def _health(request: WireRequest, text: bytes) -> HttpResponse | None:
    if wire.raw_path(request) not in _PATHS:
        return None
    return HttpResponse(200, "OK", [("content-type", "text/plain")], text)
