"""VPC Lattice as its documents describe it, not as it was captured: what both versions of the event have in common.

Source: VPC Lattice user guide, 'Lambda functions as targets in VPC Lattice'.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from lambwsgi.adapter import limits
from lambwsgi.adapter.message import Header, HttpResponse
from lambwsgi.local.mirror import wire
from lambwsgi.local.mirror.base import Arrival, Event, Mirror, WireRequest
from lambwsgi.local.mirror.result import (
    MalformedResultError,
    as_object,
    body_bytes,
    malformed,
    native,
    object_of,
    phrase,
    status_code,
)

_HOP_BY_HOP = wire.HOP_BY_HOP | {"keep-alive", "proxy-connection", "trailer"}
_DROPPED = _HOP_BY_HOP | {"content-length"}
_FAILED = HttpResponse(502, "Bad Gateway", [], b"")


def headers_of(request: WireRequest, arrival: Arrival) -> dict[str, list[str]]:
    """All values of each header, those that the service writes among them."""
    return wire.grouped(wire.all_headers(request, arrival, drop=_HOP_BY_HOP))


def mirror(
    name: str, write_event: Callable[[WireRequest, Arrival], Event], values_of: Callable[[str, Any], list[str]]
) -> Mirror:
    """The mirror of one version; `values_of` reads the values of a header, given its name too, or raises."""

    def read_result(result: object) -> HttpResponse:
        try:
            return _response(as_object(result), values_of)
        except MalformedResultError as why:
            return malformed(name, why, _FAILED)

    return Mirror(
        name=name,
        write_event=write_event,
        read_result=read_result,
        failed=_FAILED,
        throttled=HttpResponse(503, "Service Unavailable", [], b""),
        too_large=HttpResponse(413, "Content Too Large", [], b""),
        request_limit_bytes=limits.SYNC_PAYLOAD_BYTES,
        response_limit_bytes=limits.SYNC_PAYLOAD_BYTES,
    )


def _response(result: Mapping[str, Any], values_of: Callable[[str, Any], list[str]]) -> HttpResponse:
    status = status_code(result.get("statusCode"))
    headers: list[Header] = [
        native(name, text)
        for name, value in object_of(result, "headers").items()
        for text in values_of(name, value)
        if name.lower() not in _DROPPED
    ]
    return HttpResponse(status, phrase(status), headers, body_bytes(result))
