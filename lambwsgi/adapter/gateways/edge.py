"""Lambda@Edge, viewer and origin request: the function answers in the place of the origin.

Source: CloudFront developer guide, 'Lambda@Edge event structure' and 'Restrictions on Lambda@Edge'.
"""

from __future__ import annotations

from typing import Any

from lambwsgi.adapter.body import read_body, write_body
from lambwsgi.adapter.errors import TooLargeError
from lambwsgi.adapter.gateways.base import Event, Gateway, ProxyResult
from lambwsgi.adapter.gateways.fields import find_header, header_text, multi_fields, scheme_of, server_of
from lambwsgi.adapter.gateways.prefix import add_base_path
from lambwsgi.adapter.limits import EDGE_ORIGIN_BYTES, EDGE_VIEWER_BYTES
from lambwsgi.adapter.message import HttpRequest, HttpResponse
from lambwsgi.adapter.options import HandlerOptions
from lambwsgi.adapter.paths import clean_query, decode_path

# 'Disallowed headers' and 'Read-only headers': CloudFront answers 502 to a response that sets one.
_DISALLOWED = frozenset({
    "connection",
    "content-length",
    "expect",
    "keep-alive",
    "proxy-authenticate",
    "proxy-authorization",
    "proxy-connection",
    "trailer",
    "transfer-encoding",
    "upgrade",
    "via",
    "warning",
    "x-cache",
    "x-forwarded-proto",
    "x-real-ip",
})  # fmt: skip
_DISALLOWED_PREFIXES = ("x-accel-", "x-amz-cf-", "x-edge-")


def _event_type(event: Event) -> str | None:
    records = event.get("Records")
    if isinstance(records, list) and records and isinstance(records[0], dict):
        cloudfront = records[0].get("cf")
        if isinstance(cloudfront, dict) and "request" in cloudfront:
            kind = (cloudfront.get("config") or {}).get("eventType")
            return kind if isinstance(kind, str) else None
    return None


def matches_viewer(event: Event) -> bool:
    """Whether CloudFront asks before it looks into its cache."""
    return _event_type(event) == "viewer-request"


def matches_origin(event: Event) -> bool:
    """Whether CloudFront asks because its cache has no answer."""
    return _event_type(event) == "origin-request"


def read_event(event: Event, options: HandlerOptions) -> HttpRequest:
    """The request. Raises TooLargeError for a body of which CloudFront hands over only the beginning."""
    cloudfront: dict[str, Any] = event["Records"][0]["cf"]
    request: dict[str, Any] = cloudfront["request"]
    fields = multi_fields(
        {name: [pair.get("value") for pair in pairs] for name, pairs in (request.get("headers") or {}).items()}
    )
    raw_path = request.get("uri") or "/"
    query = clean_query(request.get("querystring") or "")
    script_name, path_info = add_base_path("", decode_path(raw_path), options.base_path)
    proto = fields.get("cloudfront-forwarded-proto")
    scheme = scheme_of({"x-forwarded-proto": proto} if proto else {}, "https")
    config = cloudfront.get("config") or {}
    server_name, server_port = server_of(fields, scheme, config.get("distributionDomainName"))
    return HttpRequest(
        method=request["method"],
        raw_target=f"{raw_path}?{query}" if query else raw_path,
        script_name=script_name,
        path_info=path_info or ("" if script_name else "/"),
        query_string=query,
        headers=fields.items(),
        body=_body_of(request.get("body") or {}),
        scheme=scheme,
        server_name=server_name,
        server_port=server_port,
        protocol="HTTP/1.1",
        remote_addr=request.get("clientIp") or "",
        request_id=config.get("requestId") or "",
        request_context=config,
    )


def _body_of(body: dict[str, Any]) -> bytes:
    if body.get("inputTruncated"):
        raise TooLargeError("the body is larger than what CloudFront hands to a function, so its end is missing")
    return read_body(body.get("data"), is_base64=body.get("encoding") == "base64")


def write_result(response: HttpResponse, event: Event) -> ProxyResult:
    """The generated response: a status in words, a list of pairs for each header, no header that CloudFront refuses."""
    headers: dict[str, list[dict[str, str]]] = {}
    for name, value in response.headers:
        key = name.lower()
        if key not in _DISALLOWED and not key.startswith(_DISALLOWED_PREFIXES):
            headers.setdefault(key, []).append({"key": name, "value": header_text(name, value)})
    body, is_base64 = write_body(
        response.body,
        content_type=find_header(response.headers, "content-type"),
        content_encoding=find_header(response.headers, "content-encoding"),
    )
    return {
        "status": str(response.status),
        "statusDescription": response.reason,
        "headers": headers,
        "body": body,
        "bodyEncoding": "base64" if is_base64 else "text",
    }


VIEWER = Gateway(
    name="edge_viewer_request",
    matches=matches_viewer,
    read_event=read_event,
    write_result=write_result,
    response_limit_bytes=EDGE_VIEWER_BYTES,
)
ORIGIN = Gateway(
    name="edge_origin_request",
    matches=matches_origin,
    read_event=read_event,
    write_result=write_result,
    response_limit_bytes=EDGE_ORIGIN_BYTES,
)
