"""Payload format version 1.0, which REST API and HTTP API share. They differ in how the path arrives."""

from __future__ import annotations

from typing import Any

from lambwsgi.adapter.body import read_body, write_body
from lambwsgi.adapter.gateways.base import Event, ProxyResult
from lambwsgi.adapter.gateways.fields import (
    address_of,
    as_list,
    find_header,
    first_text,
    listed_headers,
    multi_fields,
    scheme_of,
    server_of,
    single_fields,
)
from lambwsgi.adapter.message import HttpRequest, HttpResponse
from lambwsgi.adapter.paths import encode_query


def is_request(event: Event) -> bool:
    """Whether the event has the form of a request; an authorizer's event has it too, but names what it guards."""
    return "httpMethod" in event and ("resource" in event or "path" in event) and "methodArn" not in event


def read_request(event: Event, *, script_name: str, path_info: str, raw_path: str) -> HttpRequest:
    """The request of an event whose path has been read already.

    The gateway decodes names and values of the query, so it is encoded anew, in the order of the map.
    """
    context: dict[str, Any] = event.get("requestContext") or {}
    identity: dict[str, Any] = context.get("identity") or {}
    multi = event.get("multiValueHeaders")
    fields = multi_fields(multi) if multi else single_fields(event.get("headers"))
    query = _query_of(event)
    scheme = scheme_of(fields, "https")
    server_name, server_port = server_of(fields, scheme, context.get("domainName"))
    authorizer = context.get("authorizer")
    return HttpRequest(
        method=event["httpMethod"],
        raw_target=f"{raw_path}?{query}" if query else raw_path,
        script_name=script_name,
        path_info=path_info or ("" if script_name else "/"),
        query_string=query,
        headers=fields.items(),
        body=read_body(event.get("body"), is_base64=event.get("isBase64Encoded") is True),
        scheme=scheme,
        server_name=server_name,
        server_port=server_port,
        protocol=context.get("protocol") or "HTTP/1.1",
        remote_addr=address_of(identity.get("sourceIp")),
        request_id=context.get("requestId") or "",
        remote_user=_user_of(authorizer or {}, identity),
        authorizer=authorizer,
        request_context=context,
    )


def _query_of(event: Event) -> str:
    multi = event.get("multiValueQueryStringParameters")
    if multi:
        return encode_query((name, _text(value)) for name, values in multi.items() for value in as_list(values))
    single = event.get("queryStringParameters") or {}
    return encode_query((name, _text(value)) for name, value in single.items())


def _text(value: Any) -> str:
    return "" if value is None else str(value)


def _user_of(authorizer: dict[str, Any], identity: dict[str, Any]) -> str | None:
    claims = authorizer.get("claims") or {}
    return first_text(authorizer.get("principalId"), claims.get("sub"), identity.get("userArn"))


def write_result(response: HttpResponse, event: Event) -> ProxyResult:
    """The proxy result of payload 1.0. A name stands in one of the two maps only, since the gateway merges them.

    No other key may be in it: a REST API answers an unknown one with 502. A REST API undoes base64 where its
    `binaryMediaTypes` match the request's Accept; `*/*`, as lambwsgi deploys it, always does.
    Source: API Gateway developer guide, 'Set up Lambda proxy integrations', output format.
    """
    body, is_base64 = write_body(
        response.body,
        content_type=find_header(response.headers, "content-type"),
        content_encoding=find_header(response.headers, "content-encoding"),
    )
    return {
        "statusCode": response.status,
        "multiValueHeaders": listed_headers(response.headers),
        "body": body,
        "isBase64Encoded": is_base64,
    }
