"""Payload format 2.0 as its two gateways, HTTP API and Function URL, write and read it alike.

Source: API Gateway developer guide, 'Lambda proxy integrations for HTTP APIs'; Lambda developer guide, 'Function URLs'.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from lambwsgi.adapter.message import Header, HttpResponse
from lambwsgi.local.mirror import wire
from lambwsgi.local.mirror.base import Arrival, Event, WireRequest
from lambwsgi.local.mirror.result import (
    MalformedResultError,
    body_bytes,
    native,
    object_of,
    phrase,
    status_code,
    with_content_type,
)


def event(request: WireRequest, arrival: Arrival, *, path: str, headers: dict[str, str], context: Event) -> Event:
    """The event; `path` is `rawPath`, `context` what the gateway puts into `requestContext` besides the common keys."""
    cookies = wire.cookies(request)
    query = wire.joined(wire.decoded_query(request))
    body, encoded = _body(request)
    return {
        "version": "2.0",
        "routeKey": "$default",
        "rawPath": path,
        "rawQueryString": wire.as_text(request.query_string),
        **({"cookies": cookies} if cookies else {}),
        "headers": headers,
        **({"queryStringParameters": query} if query else {}),
        "requestContext": {
            "apiId": arrival.api_id,
            "domainPrefix": arrival.api_id,
            "requestId": arrival.request_id,
            "routeKey": "$default",
            "stage": "$default",
            "time": arrival.clf_time,
            "timeEpoch": arrival.epoch_ms,
            **context,
        },
        **({"body": body} if request.body else {}),
        "isBase64Encoded": encoded,
    }


def http_context(request: WireRequest, path: str) -> Event:
    """`requestContext.http`."""
    return {
        "method": request.method,
        "path": path,
        "protocol": request.protocol,
        "sourceIp": request.remote_addr,
        "userAgent": wire.header(request, "user-agent") or "",
    }


def _body(request: WireRequest) -> tuple[str, bool]:
    if not request.body:
        return "", False
    return wire.encode_body(request.body, text=wire.is_textual(wire.header(request, "content-type")))


def response(result: Mapping[str, Any], *, content_type: str) -> HttpResponse:
    """The response of a result that names its `statusCode`. Raises `MalformedResultError`."""
    status = status_code(result["statusCode"])
    headers = [native(name, value) for name, value in object_of(result, "headers").items()]
    headers += [native("set-cookie", cookie) for cookie in _cookies(result)]
    return HttpResponse(status, phrase(status), with_content_type(headers, content_type), body_bytes(result))


def without_status(result: object, *, bare_text: bool) -> HttpResponse:
    """The 200 that an answer without `statusCode` becomes; `bare_text`: a JSON string loses its quotes."""
    body = result if bare_text and isinstance(result, str) else json.dumps(result, ensure_ascii=False)
    headers: list[Header] = [("content-type", "application/json")]
    return HttpResponse(200, "OK", headers, body.encode("utf-8", "surrogatepass"))


def _cookies(result: Mapping[str, Any]) -> list[str]:
    cookies = result.get("cookies")
    if cookies is None:
        return []
    if not isinstance(cookies, list) or not all(isinstance(cookie, str) for cookie in cookies):
        raise MalformedResultError("cookies: a list of strings was expected")
    return cookies
