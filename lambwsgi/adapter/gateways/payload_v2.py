"""Payload format version 2.0, which HTTP API and Function URL share. They differ in how the path arrives."""

from __future__ import annotations

from typing import Any

from lambwsgi.adapter.body import read_body, write_body
from lambwsgi.adapter.gateways.base import Event, ProxyResult
from lambwsgi.adapter.gateways.fields import (
    address_of,
    first_text,
    joined_headers,
    scheme_of,
    server_of,
    single_fields,
)
from lambwsgi.adapter.message import HttpRequest, HttpResponse
from lambwsgi.adapter.paths import clean_query, native


def is_request(event: Event) -> bool:
    """Whether the event is an HTTP request of this format; an authorizer's event has its form, but a `type` too."""
    if event.get("version") != "2.0" or "type" in event:
        return False
    context = event.get("requestContext")
    return isinstance(context, dict) and isinstance(context.get("http"), dict)


def read_request(event: Event, *, script_name: str, path_info: str, raw_path: str) -> HttpRequest:
    """The request of an event whose path has been read already."""
    context: dict[str, Any] = event["requestContext"]
    http: dict[str, Any] = context["http"]
    fields = single_fields(event.get("headers"))
    cookies = event.get("cookies")
    if cookies:
        # A Function URL sends them a second time as a header.
        fields["cookie"] = native("; ".join(cookies))
    query = clean_query(event.get("rawQueryString") or "")
    scheme = scheme_of(fields, "https")
    server_name, server_port = server_of(fields, scheme, context.get("domainName"))
    authorizer = context.get("authorizer")
    return HttpRequest(
        method=http["method"],
        raw_target=f"{raw_path}?{query}" if query else raw_path,
        script_name=script_name,
        path_info=path_info or ("" if script_name else "/"),
        query_string=query,
        headers=fields.items(),
        body=read_body(event.get("body"), is_base64=event.get("isBase64Encoded") is True),
        scheme=scheme,
        server_name=server_name,
        server_port=server_port,
        protocol=http.get("protocol") or "HTTP/1.1",
        remote_addr=address_of(http.get("sourceIp")),
        request_id=context.get("requestId") or "",
        remote_user=_user_of(authorizer) if authorizer else None,
        authorizer=authorizer,
        request_context=context,
    )


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
        response.body,
        content_type=headers.get("content-type"),
        content_encoding=headers.get("content-encoding"),
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
