"""Sample events: of a request through each gateway, by its mirror, and of the services. Pure but for time and ids."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from urllib.parse import quote

from lambwsgi.adapter.message import Header, HttpResponse
from lambwsgi.events.warm import warm_event
from lambwsgi.local.errors import LocalError
from lambwsgi.local.mirror.base import Arrival, Event, Mirror, WireRequest
from lambwsgi.local.mirror.table import pick

# RFC 5737: an address for documentation; RFC 2606: a name for the same.
_CLIENT = "203.0.113.10"
_USUAL_HEADERS = {"host": "www.example.com", "user-agent": "lambwsgi", "accept": "*/*"}
# What a client sends as it is; a space and what is not ASCII it sends encoded.
_SAFE = "%/:@!$&'()*+,;=~?[]"


def sample_request(method: str, target: str, headers: Sequence[Header], body: bytes) -> WireRequest:
    """The request as a client sends it. `headers` are text in any case; they replace the usual ones of their name."""
    given = [(name.lower(), value.encode("utf-8").decode("latin-1")) for name, value in headers]
    usual = {**_USUAL_HEADERS, **({"content-length": str(len(body))} if body else {})}
    names = {name for name, _ in given}
    return WireRequest(
        method=method,
        raw_target=quote(target if target.startswith("/") else f"/{target}", safe=_SAFE),
        headers=[*((name, value) for name, value in usual.items() if name not in names), *given],
        body=body,
        scheme="https",
        server_port="443",
        remote_addr=_CLIENT,
    )


def request_event(gateway: str, request: WireRequest, arrival: Arrival) -> Event:
    """The event that the gateway makes of the request. Raises `LocalError` where it would answer by itself."""
    mirror = pick(gateway)
    refusal = _refusal(mirror, request, arrival)
    event = mirror.write_event(request, arrival)
    if refusal is None and len(json.dumps(event)) > mirror.request_limit_bytes:
        refusal = mirror.too_large
    if refusal is not None:
        raise LocalError(
            f"{gateway} makes no event of {request.method} {request.raw_target[:80]}: it answers {refusal.status}"
            f" {refusal.reason} itself; ask less of it, or another gateway"
        )
    return event


def _refusal(mirror: Mirror, request: WireRequest, arrival: Arrival) -> HttpResponse | None:
    for bound in mirror.bounds:
        if bound.size_of(request) > bound.limit_bytes:
            return bound.refusal
    return mirror.route(request, arrival)


def scheduled_event(arrival: Arrival) -> Event:
    """What a rule of EventBridge sends on a schedule. Source: EventBridge user guide, 'Scheduled events'."""
    return {
        "version": "0",
        "id": arrival.request_id,
        "detail-type": "Scheduled Event",
        "source": "aws.events",
        "account": arrival.account_id,
        "time": f"{arrival.at:%Y-%m-%dT%H:%M:%SZ}",
        "region": arrival.region,
        "resources": [f"arn:aws:events:{arrival.region}:{arrival.account_id}:rule/nightly"],
        "detail": {},
    }


def _warm_up(_arrival: Arrival) -> Event:
    return warm_event()


SERVICES: Mapping[str, Callable[[Arrival], Event]] = {"warm": _warm_up, "scheduled": scheduled_event}
