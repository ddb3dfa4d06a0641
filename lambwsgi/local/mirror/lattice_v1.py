"""VPC Lattice with event structure version 1, built from its documents, not from captures.

Source: VPC Lattice user guide, 'Lambda functions as targets in VPC Lattice'.
"""

from __future__ import annotations

from collections.abc import Mapping
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

FAILED = HttpResponse(502, "Bad Gateway", [], b"")
THROTTLED = HttpResponse(503, "Service Unavailable", [], b"")
TOO_LARGE = HttpResponse(413, "Content Too Large", [], b"")
HOP_BY_HOP = wire.HOP_BY_HOP | {"keep-alive", "proxy-connection", "trailer"}
_DROPPED = HOP_BY_HOP | {"content-length"}


def write_event(request: WireRequest, arrival: Arrival) -> Event:
    """The event. The raw path holds the query too; the map of the query has the last value of a name."""
    query = wire.as_text(request.query_string)
    body, encoded = encode_body(request)
    return {
        "raw_path": wire.raw_path(request) + (f"?{query}" if query else ""),
        "method": request.method,
        "headers": {name: ", ".join(values) for name, values in wire.grouped(_headers(request, arrival)).items()},
        "query_string_parameters": dict(wire.decoded_query(request)),
        "body": body,
        "is_base64_encoded": encoded,
    }


def _headers(request: WireRequest, arrival: Arrival) -> list[Header]:
    return wire.all_headers(request, arrival, drop=HOP_BY_HOP)


def encode_body(request: WireRequest) -> tuple[str, bool]:
    """The body as both versions have it: text stays text unless a content coding was applied to it."""
    if not request.body:
        return "", False
    plain = wire.header(request, "content-encoding") is None
    return wire.encode_body(request.body, text=plain and wire.is_textual(wire.header(request, "content-type")))


def read_result(result: object) -> HttpResponse:
    """The response; each header has one string."""
    try:
        fields = as_object(result)
        return response_of(fields, _single(fields))
    except MalformedResultError as why:
        return malformed("lattice_v1", why, FAILED)


def _single(result: Mapping[str, Any]) -> list[Header]:
    headers = object_of(result, "headers")
    for name, value in headers.items():
        if not isinstance(value, str):
            raise MalformedResultError(f"headers[{name!r}]: a string was expected, not {value!r}")
    return list(headers.items())


def response_of(result: Mapping[str, Any], headers: list[Header]) -> HttpResponse:
    """The response whose headers have been read already. Raises `MalformedResultError`."""
    status = status_code(result.get("statusCode"))
    kept = [native(name, value) for name, value in headers if name.lower() not in _DROPPED]
    return HttpResponse(status, phrase(status), kept, body_bytes(result))


LATTICE_V1 = Mirror(
    name="lattice_v1",
    write_event=write_event,
    read_result=read_result,
    failed=FAILED,
    throttled=THROTTLED,
    too_large=TOO_LARGE,
    request_limit_bytes=limits.SYNC_PAYLOAD_BYTES,
    response_limit_bytes=limits.SYNC_PAYLOAD_BYTES,
)
