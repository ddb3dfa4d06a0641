"""Lambda@Edge, viewer and origin request: the function answers in the place of the origin.

Source: CloudFront developer guide, 'Lambda@Edge event structure' and 'Restrictions on Lambda@Edge'.
"""

from __future__ import annotations

from lambwsgi.adapter.errors import TooLargeError
from lambwsgi.adapter.gateways.answer import header_text, written_body
from lambwsgi.adapter.gateways.base import Gateway
from lambwsgi.adapter.gateways.prefix import add_base_path
from lambwsgi.adapter.gateways.request import scheme_of, set_client, set_content, set_server, set_target
from lambwsgi.adapter.limits import EDGE_ORIGIN_BYTES, EDGE_VIEWER_BYTES
from lambwsgi.adapter.message import HttpRequest
from lambwsgi.adapter.paths import clean_query, decode_path
from lambwsgi.adapter.variables import multi_variables

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from lambwsgi.adapter.gateways.base import Event, ProxyResult
    from lambwsgi.adapter.message import HttpResponse
    from lambwsgi.adapter.options import HandlerOptions

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
    config: dict[str, Any] = cloudfront.get("config") or {}
    lists = {name: [pair.get("value") for pair in pairs] for name, pairs in (request.get("headers") or {}).items()}
    variables = multi_variables(lists)
    raw_path = request.get("uri") or "/"
    parts = add_base_path("", decode_path(raw_path), options.base_path)
    set_target(variables, request["method"], raw_path, parts, clean_query(request.get("querystring") or ""))
    set_client(variables, request.get("clientIp"), None)
    scheme = scheme_of(variables.get("HTTP_CLOUDFRONT_FORWARDED_PROTO", ""), "https")
    scheme = set_server(variables, scheme, config.get("distributionDomainName"))
    body = request.get("body") or {}
    if body.get("inputTruncated"):
        raise TooLargeError("the body is larger than what CloudFront hands to a function, so its end is missing")
    data = set_content(variables, body.get("data"), is_base64=body.get("encoding") == "base64")
    return HttpRequest(variables, data, scheme, config.get("requestId"), None, config)


def write_result(response: HttpResponse, event: Event) -> ProxyResult:
    """The generated response: a status in words, a list of pairs for each header, no header that CloudFront refuses."""
    headers: dict[str, list[dict[str, str]]] = {}
    for name, value in response.headers:
        key = name.lower()
        if key not in _DISALLOWED and not key.startswith(_DISALLOWED_PREFIXES):
            headers.setdefault(key, []).append({"key": name, "value": header_text(name, value)})
    body, is_base64 = written_body(response)
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
