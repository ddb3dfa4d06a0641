"""The HTTP API whose integration asks for payload 1.0. As with payload 2.0 the path comes decoded, stage included."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from lambwsgi.adapter.message import HttpResponse
from lambwsgi.local.mirror import payload_v1, wire
from lambwsgi.local.mirror.base import Arrival, Event, WireRequest
from lambwsgi.local.mirror.http_api import FAILED, HTTP_API, without_dropped
from lambwsgi.local.mirror.result import (
    MalformedResultError,
    as_object,
    body_bytes,
    malformed,
    native,
    phrase,
    status_code,
    with_content_type,
)

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
    return without_dropped(response)


def _response(result: Mapping[str, Any]) -> HttpResponse:
    status = status_code(result.get("statusCode"))
    headers = [native(name, value) for name, value in payload_v1.merged_headers(result)]
    return HttpResponse(
        status, phrase(status), with_content_type(headers, "text/plain; charset=utf-8"), body_bytes(result)
    )


# The gateway is the same one; only the format in which it speaks with the function is another.
HTTP_API_V1 = replace(HTTP_API, name="http_api_v1", write_event=write_event, read_result=read_result)
