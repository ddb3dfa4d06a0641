"""The HTTP API whose integration asks for payload 1.0. As with payload 2.0 the path comes decoded, stage included."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from lambwsgi.adapter import limits
from lambwsgi.adapter.message import HttpResponse
from lambwsgi.local.mirror import payload_v1, wire
from lambwsgi.local.mirror.base import Arrival, Event, Mirror, WireRequest
from lambwsgi.local.mirror.result import (
    MalformedResultError,
    as_object,
    body_bytes,
    error_response,
    malformed,
    native,
    phrase,
    status_code,
    with_content_type,
)

FAILED = error_response(500, "Internal Server Error")
_DROPPED = frozenset({"connection", "content-length", "date", "upgrade", "transfer-encoding"})
_ROUTE = "$default"


def write_event(request: WireRequest, arrival: Arrival) -> Event:
    """The event of the `$default` route and stage; a `?` that decoding brings into the path ends it, as on AWS."""
    path = wire.decoded_path(request).partition("?")[0] or "/"
    body, encoded = _body(request)
    return {
        "version": "1.0",
        "resource": _ROUTE,
        "path": path,
        "httpMethod": request.method,
        **payload_v1.maps(request, wire.all_headers(request, arrival, drop=wire.HOP_BY_HOP)),
        "pathParameters": None,
        "stageVariables": None,
        "requestContext": {
            **payload_v1.context(
                request, arrival, domain=f"{arrival.api_id}.execute-api.{arrival.region}.amazonaws.com"
            ),
            "authorizer": {"claims": None, "scopes": None},
            "path": path,
            "resourceId": None,
            "resourcePath": _ROUTE,
            "stage": "$default",
        },
        "body": body,
        "isBase64Encoded": encoded,
    }


def _body(request: WireRequest) -> tuple[str | None, bool]:
    if not request.body:
        return None, False
    return wire.encode_body(request.body, text=wire.is_textual(wire.header(request, "content-type")))


def read_result(result: object) -> HttpResponse:
    """The response. Unlike a REST API it does not mind unknown keys, and a result has to name its `statusCode`."""
    try:
        response = _response(as_object(result))
    except MalformedResultError as why:
        return malformed("http_api_v1", why, FAILED)
    return response.with_headers([pair for pair in response.headers if pair[0].lower() not in _DROPPED])


def _response(result: Mapping[str, Any]) -> HttpResponse:
    status = status_code(result.get("statusCode"))
    headers = [native(name, value) for name, value in payload_v1.merged_headers(result)]
    return HttpResponse(
        status, phrase(status), with_content_type(headers, "text/plain; charset=utf-8"), body_bytes(result)
    )


HTTP_API_V1 = Mirror(
    name="http_api_v1",
    write_event=write_event,
    read_result=read_result,
    failed=FAILED,
    throttled=error_response(503, "Service Unavailable"),
    too_large=error_response(413, "Request Entity Too Large"),
    request_limit_bytes=limits.SYNC_PAYLOAD_BYTES,
    response_limit_bytes=limits.SYNC_PAYLOAD_BYTES,
    timeout_seconds=limits.HTTP_API_TIMEOUT_SECONDS,
    timed_out=error_response(503, "Service Unavailable"),
)
