"""Lambda@Edge as CloudFront runs it, at the viewer request and at the origin request, the body included.

Built from documents, not from captures. The viewer's headers are taken to be forwarded, its Host among them, as by the
origin request policy AllViewer. There is no origin here, so the function has to answer by itself.
Source: CloudFront developer guide, 'Lambda@Edge event structure', 'Restrictions on Lambda@Edge' and 'Testing and
debugging Lambda@Edge functions'.
"""

from __future__ import annotations

import base64
from collections.abc import Mapping
from functools import partial
from typing import Any

from lambwsgi.adapter import limits
from lambwsgi.adapter.message import Header, HttpResponse
from lambwsgi.local.mirror import request_limits, wire
from lambwsgi.local.mirror.base import Arrival, Bound, Event, Mirror, WireRequest
from lambwsgi.local.mirror.result import (
    MalformedResultError,
    as_object,
    from_base64,
    malformed,
    native,
    object_of,
    phrase,
    status_code,
)

VIEWER, ORIGIN = "viewer-request", "origin-request"
_DOMAIN = "lambwsgi00.cloudfront.net"
_PROTOCOL = "cloudfront-forwarded-proto"
_HIDDEN = wire.HOP_BY_HOP | {"keep-alive", "proxy-connection", "trailer", _PROTOCOL}
# A function that sets one of these gets its answer refused.
_DISALLOWED = frozenset(
    {"connection", "content-length", "expect", "keep-alive", "proxy-authenticate", "proxy-authorization"}
    | {"proxy-connection", "trailer", "transfer-encoding", "upgrade", "via", "x-cache", "x-forwarded-proto"}
    | {"x-real-ip", "x-amzn-auth", "x-amzn-errortype", "x-amzn-fle-profile", "x-amzn-header-count"}
    | {"x-amzn-header-order", "x-amzn-lambda-integration-tag", "x-amzn-requestid"}
)
_DISALLOWED_PREFIXES = ("x-accel-", "x-amz-cf-", "x-amzn-cf-", "x-edge-")


def _page(status: int, cause: str) -> HttpResponse:
    """The page with which CloudFront answers in its own name."""
    page = f"<HTML><HEAD><TITLE>ERROR</TITLE></HEAD><BODY><H1>{status} ERROR</H1>{cause}</BODY></HTML>"
    headers = [("content-type", "text/html"), ("x-cache", f"{cause} from cloudfront")]
    return HttpResponse(status, phrase(status), headers, page.encode())


MALFORMED = _page(502, "LambdaValidationError")
FAILED = _page(503, "LambdaExecutionError")
THROTTLED = _page(503, "LambdaLimitExceeded")
TOO_LARGE = _page(413, "Error")


def write_event(request: WireRequest, arrival: Arrival, *, kind: str, body_limit_bytes: int) -> Event:
    """The event; a body above the limit is cut, and it is said that it was."""
    config = {
        "distributionDomainName": _DOMAIN,
        "distributionId": "LAMBWSGI000000",
        "eventType": kind,
        "requestId": arrival.request_id,
    }
    return {"Records": [{"cf": {"config": config, "request": _request(request, kind, body_limit_bytes)}}]}


def _request(request: WireRequest, kind: str, body_limit_bytes: int) -> Event:
    data = request.body[:body_limit_bytes]
    return {
        "clientIp": request.remote_addr,
        "headers": _pairs(_headers(request, kind)),
        "method": request.method,
        "querystring": wire.as_text(request.query_string),
        "uri": wire.raw_path(request),
        "body": {
            "inputTruncated": len(data) < len(request.body),
            "action": "read-only",
            "encoding": "base64",
            "data": base64.b64encode(data).decode("ascii"),
        },
    }


def _headers(request: WireRequest, kind: str) -> list[Header]:
    """What the viewer sent; on the way to the origin CloudFront adds the viewer's address and its own name.

    A viewer without TLS is told of in both events, though the header joins only that of the origin: a function that
    hears nothing has to take HTTPS for granted, and on this machine nobody speaks it.
    """
    told = [] if request.scheme == "https" else [(_PROTOCOL, request.scheme)]
    if kind == VIEWER:
        return [*wire.text_headers(request, drop=_HIDDEN), *told]
    sent = [wire.as_text(value) for name, value in request.headers if name == "x-forwarded-for"]
    return [
        *wire.text_headers(request, drop=_HIDDEN | {"x-forwarded-for", "via"}),
        ("x-forwarded-for", ", ".join([*sent, request.remote_addr])),
        ("via", f"{request.protocol.removeprefix('HTTP/')} {_DOMAIN} (CloudFront)"),
        *told,
    ]


def _pairs(headers: list[Header]) -> dict[str, list[dict[str, str]]]:
    grouped = wire.grouped(headers)
    return {name: [{"key": name.title(), "value": value} for value in values] for name, values in grouped.items()}


def read_result(result: object) -> HttpResponse:
    """The response that the function generated. A header that CloudFront keeps to itself makes it a 502."""
    try:
        return _response(as_object(result))
    except MalformedResultError as why:
        return malformed("edge", why, MALFORMED)


def _response(result: Mapping[str, Any]) -> HttpResponse:
    if "uri" in result:
        raise MalformedResultError("the request was passed on, but there is no origin here")
    status = status_code(result.get("status"), numeric_text=True)
    reason = result.get("statusDescription")
    headers = [native(name, value) for name, value in _read_headers(result)]
    return HttpResponse(status, reason if isinstance(reason, str) else phrase(status), headers, _read_body(result))


def _read_headers(result: Mapping[str, Any]) -> list[Header]:
    pairs: list[Header] = []
    for name, entries in object_of(result, "headers").items():
        if name in _DISALLOWED or name.startswith(_DISALLOWED_PREFIXES):
            raise MalformedResultError(f"headers: {name!r} is one that CloudFront lets no function set")
        if not isinstance(entries, list):
            raise MalformedResultError(f"headers[{name!r}]: a list was expected, not {entries!r}")
        pairs += [_read_entry(name, entry) for entry in entries]
    return pairs


def _read_entry(name: str, entry: object) -> Header:
    if not isinstance(entry, Mapping) or not isinstance(entry.get("value"), str):
        raise MalformedResultError(f"headers[{name!r}]: an object with key and value was expected, not {entry!r}")
    key = entry.get("key", name)
    if not isinstance(key, str) or key.lower() != name:
        raise MalformedResultError(f"headers[{name!r}]: the lower-case form of the key {key!r} was expected as name")
    return key, entry["value"]


def _read_body(result: Mapping[str, Any]) -> bytes:
    body, encoding = result.get("body", ""), result.get("bodyEncoding", "text")
    if not isinstance(body, str) or encoding not in {"text", "base64"}:
        raise MalformedResultError("body: a string was expected, and text or base64 as bodyEncoding")
    return from_base64(body) if encoding == "base64" else body.encode("utf-8", "surrogatepass")


def _mirror(name: str, kind: str, limit_bytes: int, timeout_seconds: int) -> Mirror:
    """Body and generated response, headers included, have the same limit."""
    return Mirror(
        name=name,
        write_event=partial(write_event, kind=kind, body_limit_bytes=limit_bytes),
        read_result=read_result,
        failed=FAILED,
        throttled=THROTTLED,
        too_large=TOO_LARGE,
        request_limit_bytes=limits.SYNC_PAYLOAD_BYTES,
        response_limit_bytes=limit_bytes,
        bounds=(
            Bound(request_limits.url_bytes, limits.EDGE_URL_BYTES, TOO_LARGE),
            Bound(request_limits.head_bytes, limits.EDGE_HEAD_BYTES, TOO_LARGE),
        ),
        timeout_seconds=timeout_seconds,
        timed_out=FAILED,
    )


EDGE_VIEWER = _mirror("edge_viewer", VIEWER, limits.EDGE_VIEWER_BYTES, limits.EDGE_VIEWER_TIMEOUT_SECONDS)
EDGE_ORIGIN = _mirror("edge_origin", ORIGIN, limits.EDGE_ORIGIN_BYTES, limits.EDGE_ORIGIN_TIMEOUT_SECONDS)
