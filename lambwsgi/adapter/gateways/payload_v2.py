"""Payload format version 2.0, which HTTP API and Function URL share. They differ in how the path arrives."""

from __future__ import annotations

from lambwsgi.adapter.body import write_body
from lambwsgi.adapter.gateways.answer import joined_headers
from lambwsgi.adapter.gateways.request import first_text, set_client, set_content, set_server, set_target
from lambwsgi.adapter.message import HttpRequest
from lambwsgi.adapter.paths import clean_query, native
from lambwsgi.adapter.variables import single_variables

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from lambwsgi.adapter.gateways.base import Event, ProxyResult
    from lambwsgi.adapter.message import HttpResponse


def is_request(event: Event) -> bool:
    """Whether the event is an HTTP request of this format; an authorizer's event has its form, but a `type` too."""
    if event.get("version") != "2.0" or "type" in event:
        return False
    context = event.get("requestContext")
    return isinstance(context, dict) and isinstance(context.get("http"), dict)


def read_request(event: Event, raw_path: str, parts: tuple[str, str]) -> HttpRequest:
    """The request of an event whose path has been read already; `parts` are SCRIPT_NAME and PATH_INFO."""
    context: dict[str, Any] = event["requestContext"]
    http: dict[str, Any] = context["http"]
    variables = single_variables(event.get("headers"))
    cookies = event.get("cookies")
    if cookies:
        # A Function URL sends them a second time as a header.
        variables["HTTP_COOKIE"] = native("; ".join(cookies))
    query = event.get("rawQueryString")
    set_target(variables, http["method"], raw_path, parts, clean_query(query) if query else "")
    authorizer = context.get("authorizer")
    set_client(variables, http.get("sourceIp"), _user_of(authorizer) if authorizer else None)
    scheme = set_server(variables, "https", context.get("domainName"), http.get("protocol") or "HTTP/1.1")
    body = set_content(variables, event.get("body"), is_base64=event.get("isBase64Encoded"))
    return HttpRequest(variables, body, scheme, context.get("requestId"), authorizer, context)


def _user_of(authorizer: dict[str, Any]) -> str | None:
    jwt = authorizer.get("jwt") or {}
    own = authorizer.get("lambda") or {}
    iam = authorizer.get("iam") or {}
    return first_text((jwt.get("claims") or {}).get("sub"), own.get("principalId"), iam.get("userArn"))


def write_result(response: HttpResponse, event: Event) -> ProxyResult:
    """The proxy result of payload 2.0. Repeated headers are joined with ', '; Set-Cookie goes to `cookies`.

    Source: API Gateway developer guide, 'Lambda proxy integrations for HTTP APIs', response format 2.0; the Lambda
    developer guide, 'Invoking Function URLs', has the same for Function URLs.
    """
    headers, cookies = joined_headers(response.headers)
    body, is_base64 = write_body(
        response.body, content_type=headers.get("content-type"), content_encoding=headers.get("content-encoding")
    )
    result: ProxyResult = {
        "statusCode": response.status,
        "headers": headers,
        "body": body,
        "isBase64Encoded": is_base64,
    }
    if cookies:
        result["cookies"] = cookies
    return result
