"""The REST API as AWS runs it, with `BinaryMediaTypes: ["*/*"]` as our template sets it: every body comes as base64.

Source: API Gateway developer guide, 'Set up Lambda proxy integrations in API Gateway'.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from lambwsgi.adapter import limits
from lambwsgi.adapter.message import Header, HttpResponse
from lambwsgi.local.mirror import payload_v1, request_limits, wire
from lambwsgi.local.mirror.base import Arrival, Bound, Event, Mirror, WireRequest
from lambwsgi.local.mirror.reserved import health_of_rest_api
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


def _error(status: int, message: str, error_type: str) -> HttpResponse:
    """An answer of the gateway's own; a header names its type."""
    response = error_response(status, message)
    return response.with_headers([*response.headers, ("x-amzn-ErrorType", error_type)])


FAILED = _error(502, "Internal server error", "InternalServerErrorException")
NO_ROUTE = _error(403, "Missing Authentication Token", "MissingAuthenticationTokenException")
_KEYS = frozenset({"statusCode", "headers", "multiValueHeaders", "body", "isBase64Encoded"})
_DROPPED = wire.HOP_BY_HOP | {"content-length", "content-md5", "max-forwards", "server", "trailer", "www-authenticate"}
# Names that the gateway writes itself come capitalised; the client's own come as they were sent.
_WRITTEN = {
    "host": "Host",
    "user-agent": "User-Agent",
    "x-amzn-trace-id": "X-Amzn-Trace-Id",
    "x-forwarded-for": "X-Forwarded-For",
    "x-forwarded-port": "X-Forwarded-Port",
    "x-forwarded-proto": "X-Forwarded-Proto",
}
_REMAPPED = frozenset(
    {"authorization", "connection", "content-length", "content-md5", "date", "expect", "host", "max-forwards"}
    | {"proxy-authenticate", "server", "trailer", "upgrade", "user-agent", "www-authenticate"}
)


def write_event(request: WireRequest, arrival: Arrival) -> Event:
    """The event of an `ANY /{proxy+}` method; `path` is without the stage, `requestContext.path` with it."""
    headers = [(_WRITTEN.get(name, name), value) for name, value in wire.all_headers(request, arrival, drop=_DROPPED)]
    path = _without_stage(wire.raw_path(request), arrival.stage)
    body, encoded = wire.encode_body(request.body, text=False) if request.body else (None, False)
    return {
        "resource": "/" if path == "/" else "/{proxy+}",
        "path": path,
        "httpMethod": request.method,
        **payload_v1.maps(request, headers),
        "pathParameters": None if path == "/" else {"proxy": path[1:]},
        "stageVariables": None,
        "requestContext": _context(request, arrival, path),
        "body": body,
        "isBase64Encoded": encoded,
    }


def route(request: WireRequest, arrival: Arrival) -> HttpResponse | None:
    """The answer to a health check, or the refusal of a path outside the stage.

    The gateway takes such a path for a call that lacks authentication.
    """
    health = health_of_rest_api(request, arrival)
    if health is not None:
        return health
    prefix, path = f"/{arrival.stage}", wire.raw_path(request)
    inside = not arrival.stage or path == prefix or path.startswith(f"{prefix}/")
    return None if inside else NO_ROUTE


def _without_stage(path: str, stage: str) -> str:
    return (path.removeprefix(f"/{stage}") or "/") if stage else path


def _context(request: WireRequest, arrival: Arrival, path: str) -> Event:
    return {
        **payload_v1.context(request, arrival, domain=_domain(request, arrival)),
        "resourceId": "lambwsgi",
        "resourcePath": "/" if path == "/" else "/{proxy+}",
        "path": wire.raw_path(request),
        "stage": arrival.stage or "live",
        "deploymentId": "lambwsgi",
    }


def _domain(request: WireRequest, arrival: Arrival) -> str:
    """The API's own domain, whose URLs begin with the stage, or else the custom domain that the client asked."""
    own = f"{arrival.api_id}.execute-api.{arrival.region}.amazonaws.com"
    return own if arrival.stage else (wire.header(request, "host") or own).partition(":")[0]


def read_result(result: object) -> HttpResponse:
    """The response. An unknown key, a header value that is no string or a body that is no string is a 502."""
    try:
        return _response(as_object(result))
    except MalformedResultError as why:
        return malformed("rest_api", why, FAILED)


def _response(result: Mapping[str, Any]) -> HttpResponse:
    unknown = sorted(result.keys() - _KEYS)
    if unknown:
        raise MalformedResultError(f"a REST API refuses the unknown keys {', '.join(unknown)}")
    status = status_code(result.get("statusCode", 200), numeric_text=True)
    headers = with_content_type(_headers(result), "application/json")
    return HttpResponse(status, phrase(status), headers, body_bytes(result))


def read_prelude(prelude: object) -> HttpResponse:
    """The head of a streamed response; `cookies` are known here, unlike in a result."""
    told = dict(as_object(prelude))
    cookies = told.pop("cookies", None) or []
    head = _response(told)
    return head.with_headers([*head.headers, *(native("set-cookie", cookie) for cookie in cookies)])


def _headers(result: Mapping[str, Any]) -> list[Header]:
    """Reserved names are renamed as AWS does."""
    pairs = payload_v1.merged_headers(result)
    return [native(_renamed(name), value) for name, value in pairs if name.lower() != "transfer-encoding"]


def _renamed(name: str) -> str:
    return f"x-amzn-Remapped-{name}" if name.lower() in _REMAPPED else name


REST_API = Mirror(
    name="rest_api",
    write_event=write_event,
    read_result=read_result,
    failed=FAILED,
    throttled=_error(500, "Internal server error", "InternalServerErrorException"),
    rate_exceeded=_error(429, "Too Many Requests", "TooManyRequestsException"),
    too_large=_error(413, "Request Too Long", "RequestTooLargeException"),
    request_limit_bytes=limits.SYNC_PAYLOAD_BYTES,
    response_limit_bytes=limits.SYNC_PAYLOAD_BYTES,
    timeout_seconds=limits.REST_API_TIMEOUT_SECONDS,
    timed_out=_error(504, "Endpoint request timed out", "InternalServerErrorException"),
    # The limits are AWS's word, 431 is reported, 414 and the words are a guess.
    bounds=(
        Bound(request_limits.url_bytes, limits.REST_API_URL_BYTES, error_response(414, "Request-URI Too Long")),
        Bound(
            request_limits.value_bytes,
            limits.REST_API_HEADER_BYTES,
            error_response(431, "Request Header Fields Too Large"),
        ),
    ),
    route=route,
    read_prelude=read_prelude,
)
