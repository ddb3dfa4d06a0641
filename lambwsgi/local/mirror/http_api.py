"""The HTTP API (payload 2.0) as AWS runs it. It decodes the path before the function sees it; `%2F` is lost there."""

from __future__ import annotations

from collections.abc import Mapping

from lambwsgi.adapter import limits
from lambwsgi.adapter.message import HttpResponse
from lambwsgi.local.mirror import payload_v2, request_limits, wire
from lambwsgi.local.mirror.base import Arrival, Bound, Event, Mirror, WireRequest
from lambwsgi.local.mirror.reserved import health_of_http_api
from lambwsgi.local.mirror.result import MalformedResultError, error_response, malformed

FAILED = error_response(500, "Internal Server Error")
_DROPPED = frozenset({"connection", "content-length", "date", "upgrade", "transfer-encoding"})


def write_event(request: WireRequest, arrival: Arrival) -> Event:
    """The event of the `$default` stage; a `?` that decoding brings into the path ends it, as on AWS."""
    path = wire.decoded_path(request).partition("?")[0] or "/"
    context = {
        "accountId": arrival.account_id,
        "domainName": f"{arrival.api_id}.execute-api.{arrival.region}.amazonaws.com",
        "http": payload_v2.http_context(request, path),
    }
    headers = wire.joined(wire.all_headers(request, arrival, drop=wire.HOP_BY_HOP | {"cookie"}))
    return payload_v2.event(request, arrival, path=path, headers=headers, context=context)


def read_result(result: object) -> HttpResponse:
    """The response; an answer without `statusCode` is the body of a 200, a text without its quotes."""
    if not isinstance(result, Mapping) or "statusCode" not in result:
        return payload_v2.without_status(result, bare_text=True)
    try:
        response = payload_v2.response(result, content_type="text/plain; charset=utf-8")
    except MalformedResultError as why:
        return malformed("http_api", why, FAILED)
    return without_dropped(response)


def without_dropped(response: HttpResponse) -> HttpResponse:
    """The response without the headers that the gateway keeps from the client; of either payload format."""
    return response.with_headers([pair for pair in response.headers if pair[0].lower() not in _DROPPED])


HTTP_API = Mirror(
    name="http_api",
    write_event=write_event,
    read_result=read_result,
    failed=FAILED,
    throttled=error_response(503, "Service Unavailable"),
    too_large=error_response(413, "Request Entity Too Large"),
    request_limit_bytes=limits.SYNC_PAYLOAD_BYTES,
    response_limit_bytes=limits.SYNC_PAYLOAD_BYTES,
    timeout_seconds=limits.HTTP_API_TIMEOUT_SECONDS,
    timed_out=error_response(503, "Service Unavailable"),
    rate_exceeded=error_response(429, "Too Many Requests"),
    route=health_of_http_api,
    # The status is reported, the words are a guess.
    bounds=(
        Bound(
            request_limits.head_bytes,
            limits.HTTP_API_HEAD_BYTES,
            error_response(431, "Request Header Fields Too Large"),
        ),
    ),
)
