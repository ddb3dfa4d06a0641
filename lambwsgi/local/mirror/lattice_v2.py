"""VPC Lattice with event structure version 2: lists for headers and query, and a context of its own."""

from __future__ import annotations

from typing import Any

from lambwsgi.local.mirror import lattice, wire
from lambwsgi.local.mirror.base import Arrival, Event, WireRequest
from lambwsgi.local.mirror.result import MalformedResultError


def write_event(request: WireRequest, arrival: Arrival) -> Event:
    """The event; query values come decoded."""
    query = wire.grouped(wire.decoded_query(request))
    body, encoded = wire.plain_body(request)
    return {
        "version": "2.0",
        "path": wire.raw_path(request),
        "method": request.method,
        "headers": lattice.headers_of(request, arrival),
        **({"queryStringParameters": query} if query else {}),
        "body": body,
        "isBase64Encoded": encoded,
        "requestContext": _context(arrival),
    }


def _context(arrival: Arrival) -> Event:
    """What Lattice says of the service; the time is in microseconds."""
    arn = f"arn:aws:vpc-lattice:{arrival.region}:{arrival.account_id}"
    return {
        "serviceNetworkArn": f"{arn}:servicenetwork/sn-0123456789abcdef0",
        "serviceArn": f"{arn}:service/svc-0123456789abcdef0",
        "targetGroupArn": f"{arn}:targetgroup/tg-0123456789abcdef0",
        "identity": {"sourceVpcArn": f"arn:aws:ec2:{arrival.region}:{arrival.account_id}:vpc/vpc-0123456789abcdef0"},
        "region": arrival.region,
        "timeEpoch": str(arrival.epoch_ms * 1000),
    }


def _values_of(name: str, value: Any) -> list[str]:
    """A header has one string, or a list of them as the headers of the event have."""
    values = value if isinstance(value, list) else [value]
    if not all(isinstance(text, str) for text in values):
        raise MalformedResultError(f"headers[{name!r}]: a string or a list of strings was expected, not {value!r}")
    return values


LATTICE_V2 = lattice.mirror("lattice_v2", write_event, _values_of)
