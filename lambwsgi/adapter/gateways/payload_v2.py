"""Payload format version 2.0, which HTTP API and Function URL share. They differ in how the path arrives."""

from __future__ import annotations

from lambwsgi.adapter.gateways.reading import as_list, complete, first_text, set_authorizer, single_headers
from lambwsgi.adapter.gateways.writing import joined_headers, write_body
from lambwsgi.adapter.text import clean_query, native

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from lambwsgi.adapter.gateways.table import Event, ProxyResult
    from lambwsgi.adapter.message import HttpResponse
    from lambwsgi.adapter.wsgi import Environ


def read_request(event: Event, raw_path: str, parts: tuple[str, str]) -> Environ:
    """The environ of an event whose path has been read already; `parts` are SCRIPT_NAME and PATH_INFO."""
    context: dict[str, Any] = event["requestContext"]
    http: dict[str, Any] = context["http"]
    environ = single_headers(event.get("headers"))
    cookies = event.get("cookies")
    if cookies:
        # A Function URL sends them a second time as a header.
        environ["HTTP_COOKIE"] = native("; ".join(as_list(cookies)))
    query = event.get("rawQueryString")
    complete(
        environ,
        method=http["method"],
        raw_path=raw_path,
        parts=parts,
        # AWS's own table of the format shows it with a `?`, which no event has been seen to have.
        query=clean_query(query.removeprefix("?")) if query else "",
        scheme="https",
        domain=context.get("domainName"),
        protocol=http.get("protocol"),
        address=http.get("sourceIp"),
        body=event.get("body"),
        is_base64=event.get("isBase64Encoded"),
    )
    environ["lambwsgi.request_context"] = context
    authorizer = context.get("authorizer")
    if authorizer:
        set_authorizer(environ, authorizer, _user_of(authorizer))
    return environ


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
