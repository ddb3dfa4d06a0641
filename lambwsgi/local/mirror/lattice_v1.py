"""VPC Lattice with event structure version 1: flat, one string for each header."""

from __future__ import annotations

from typing import Any

from lambwsgi.local.mirror import lattice, wire
from lambwsgi.local.mirror.base import Arrival, Event, WireRequest
from lambwsgi.local.mirror.result import MalformedResultError


def write_event(request: WireRequest, arrival: Arrival) -> Event:
    """The event. The raw path holds the query too; the map of the query has the last value of a name."""
    query = wire.as_text(request.query_string)
    body, encoded = wire.plain_body(request)
    return {
        "raw_path": wire.raw_path(request) + (f"?{query}" if query else ""),
        "method": request.method,
        "headers": {name: ", ".join(values) for name, values in lattice.headers_of(request, arrival).items()},
        "query_string_parameters": dict(wire.decoded_query(request)),
        "body": body,
        "is_base64_encoded": encoded,
    }


def _values_of(name: str, value: Any) -> list[str]:
    if not isinstance(value, str):
        raise MalformedResultError(f"headers[{name!r}]: a string was expected, not {value!r}")
    return [value]


LATTICE_V1 = lattice.mirror("lattice_v1", write_event, _values_of)
