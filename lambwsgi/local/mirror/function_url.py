"""The Function URL as AWS runs it. The path stays encoded; cookies come twice, in `cookies` and in `headers.cookie`."""

from __future__ import annotations

from collections.abc import Mapping

from lambwsgi.adapter import limits
from lambwsgi.adapter.message import HttpResponse
from lambwsgi.local.mirror import payload_v2, wire
from lambwsgi.local.mirror.base import Arrival, Event, Mirror, WireRequest
from lambwsgi.local.mirror.result import MalformedResultError, as_object, error_response, malformed

FAILED = HttpResponse(502, "Bad Gateway", [("content-type", "application/json")], b"Internal Server Error")
RATE_EXCEEDED = error_response(429, "Rate Exceeded.", key="Reason")
# Dropped from what the function answers; the content length is counted anew.
_DROPPED = frozenset({"connection", "content-length", "date", "upgrade", "transfer-encoding"})
# Seen in several reports of 2026: basic authentication cannot ask for a password through a Function URL.
_REMAPPED = {"www-authenticate": "x-amzn-remapped-www-authenticate"}


def write_event(request: WireRequest, arrival: Arrival) -> Event:
    """The event of a Function URL with `AuthType: NONE`."""
    context = {
        "accountId": "anonymous",
        "domainName": f"{arrival.api_id}.lambda-url.{arrival.region}.on.aws",
        "http": payload_v2.http_context(request, wire.decoded_path(request)),
    }
    headers = wire.joined(wire.all_headers(request, arrival, drop=wire.HOP_BY_HOP))
    return payload_v2.event(request, arrival, path=wire.raw_path(request), headers=headers, context=context)


def read_result(result: object) -> HttpResponse:
    """The response; an answer without `statusCode` is the body of a 200, a text with its quotes."""
    if not isinstance(result, Mapping) or "statusCode" not in result:
        return payload_v2.without_status(result, bare_text=False)
    try:
        response = payload_v2.response(result, content_type="application/json")
    except MalformedResultError as why:
        return malformed("function_url", why, FAILED)
    kept = [(name, value) for name, value in response.headers if name.lower() not in _DROPPED]
    return response.with_headers([(_REMAPPED.get(name.lower(), name), value) for name, value in kept])


def read_prelude(prelude: object) -> HttpResponse:
    """The head of a streamed response. Its length is the function's to tell, for nobody has counted."""
    response = payload_v2.response({"statusCode": 200, **as_object(prelude)}, content_type="application/octet-stream")
    dropped = _DROPPED - {"content-length"}
    kept = [(name, value) for name, value in response.headers if name.lower() not in dropped]
    return response.with_headers([(_REMAPPED.get(name.lower(), name), value) for name, value in kept])


FUNCTION_URL = Mirror(
    name="function_url",
    write_event=write_event,
    read_result=read_result,
    failed=FAILED,
    throttled=RATE_EXCEEDED,
    rate_exceeded=RATE_EXCEEDED,
    too_large=error_response(413, "Request Entity Too Large", key="Message"),
    request_limit_bytes=limits.SYNC_PAYLOAD_BYTES,
    response_limit_bytes=limits.SYNC_PAYLOAD_BYTES,
    read_prelude=read_prelude,
)
