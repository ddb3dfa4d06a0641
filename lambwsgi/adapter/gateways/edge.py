"""Lambda@Edge: the function answers in the place of the origin. Viewer and origin request differ in their limits only.

Source: CloudFront developer guide, 'Lambda@Edge event structure' and 'Restrictions on Lambda@Edge'.
"""

from __future__ import annotations

from lambwsgi.adapter.errors import TooLargeError
from lambwsgi.adapter.gateways.reading import complete, multi_headers, scheme_of
from lambwsgi.adapter.gateways.targets import encoded_target
from lambwsgi.adapter.gateways.writing import header_text, write_body
from lambwsgi.adapter.text import clean_query, text_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from lambwsgi.adapter.gateways.table import Event, ProxyResult
    from lambwsgi.adapter.message import HttpResponse
    from lambwsgi.adapter.options import HandlerOptions
    from lambwsgi.adapter.wsgi import Environ

# 'Restrictions on all edge functions', HTTP headers: CloudFront answers 502 to a response that sets one.
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
    "x-amzn-auth",
    "x-amzn-errortype",
    "x-amzn-fle-profile",
    "x-amzn-header-count",
    "x-amzn-header-order",
    "x-amzn-lambda-integration-tag",
    "x-amzn-requestid",
    "x-cache",
    "x-forwarded-proto",
    "x-real-ip",
})  # fmt: skip
_DISALLOWED_PREFIXES = ("x-accel-", "x-amz-cf-", "x-amzn-cf-", "x-edge-")


def read_event(event: Event, options: HandlerOptions) -> Environ:
    """The environ. Raises TooLargeError for a body of which CloudFront hands over only the beginning."""
    cloudfront: dict[str, Any] = event["Records"][0]["cf"]
    request: dict[str, Any] = cloudfront["request"]
    config: dict[str, Any] = cloudfront.get("config") or {}
    headers = request.get("headers") or {}
    environ = multi_headers({name: [pair.get("value") for pair in pairs] for name, pairs in headers.items()})
    body = request.get("body") or {}
    if body.get("inputTruncated"):
        raise TooLargeError("the body is larger than what CloudFront hands to a function, so its end is missing")
    complete(
        environ,
        request["method"],
        encoded_target(request.get("uri") or "/", options),
        clean_query(request.get("querystring") or ""),
        scheme_of(environ.get("HTTP_CLOUDFRONT_FORWARDED_PROTO", ""), "https"),
        config.get("distributionDomainName"),
        None,
        request.get("clientIp"),
        body.get("data"),
        body.get("encoding") == "base64",
    )
    environ["lambwsgi.request_context"] = config
    return environ


def write_result(response: HttpResponse, event: Event) -> ProxyResult:
    """The generated response: a status in words, a list of pairs for each header, no header that CloudFront refuses."""
    headers: dict[str, list[dict[str, str]]] = {}
    for name, value in response.headers:
        key = name.lower()
        if key not in _DISALLOWED and not key.startswith(_DISALLOWED_PREFIXES):
            headers.setdefault(key, []).append({"key": name, "value": header_text(name, value)})
    body, is_base64 = write_body(response.body, response.by_name())
    return {
        "status": str(response.status),
        "statusDescription": text_of(response.reason),
        "headers": headers,
        "body": body,
        "bodyEncoding": "base64" if is_base64 else "text",
    }
