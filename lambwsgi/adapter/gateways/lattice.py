"""VPC Lattice with a Lambda target, event structure versions 1 and 2.

Source: VPC Lattice user guide, 'Lambda functions as targets'. Whether paths carry the query and whether header values
are lists differs between AWS's own samples, so both are understood.
"""

from __future__ import annotations

from typing import Any

from lambwsgi.adapter.body import read_body, write_body
from lambwsgi.adapter.gateways.base import Event, Gateway, ProxyResult
from lambwsgi.adapter.gateways.fields import (
    as_list,
    client_of,
    find_header,
    first_text,
    joined_headers,
    multi_fields,
    scheme_of,
    server_of,
    spellings,
)
from lambwsgi.adapter.gateways.prefix import add_base_path
from lambwsgi.adapter.limits import SYNC_PAYLOAD_BYTES
from lambwsgi.adapter.message import HttpRequest, HttpResponse
from lambwsgi.adapter.options import HandlerOptions
from lambwsgi.adapter.paths import clean_query, decode_path, encode_query


def matches_v1(event: Event) -> bool:
    """Whether the event has version 1 of the structure."""
    return "raw_path" in event and "method" in event


def matches_v2(event: Event) -> bool:
    """Whether the event has version 2 of the structure; its `version` is 2.0 too, but its context is Lattice's own."""
    context = event.get("requestContext")
    return isinstance(context, dict) and ("serviceNetworkArn" in context or "serviceArn" in context)


def read_event_v1(event: Event, options: HandlerOptions) -> HttpRequest:
    """The request of version 1."""
    target = event.get("raw_path") or "/"
    is_base64 = event.get("is_base64_encoded") is True
    return _read(event, target, event.get("query_string_parameters"), is_base64, options)


def read_event_v2(event: Event, options: HandlerOptions) -> HttpRequest:
    """The request of version 2."""
    target = event.get("path") or "/"
    query = event.get("queryStringParameters") or event.get("query_string_parameters")
    return _read(event, target, query, event.get("isBase64Encoded") is True, options)


def _read(event: Event, target: str, parameters: Any, is_base64: bool, options: HandlerOptions) -> HttpRequest:
    fields = multi_fields(event.get("headers") or {})
    context: dict[str, Any] = event.get("requestContext") or {}
    raw_path, mark, raw_query = target.partition("?")
    query = clean_query(raw_query) if mark else encode_query(_pairs_of(parameters))
    script_name, path_info = add_base_path("", decode_path(raw_path or "/"), options.base_path)
    scheme = scheme_of(fields, "https")
    server_name, server_port = server_of(fields, scheme, None)
    address, port = client_of(fields, options.trusted_hops)
    identity = context.get("identity") or {}
    return HttpRequest(
        method=event["method"],
        raw_target=f"{raw_path}?{query}" if query else raw_path,
        script_name=script_name,
        path_info=path_info or ("" if script_name else "/"),
        query_string=query,
        headers=fields.items(),
        body=read_body(event.get("body"), is_base64=is_base64),
        scheme=scheme,
        server_name=server_name,
        server_port=server_port,
        protocol="HTTP/1.1",
        remote_addr=address,
        remote_port=port,
        request_id=fields.get("x-amzn-trace-id", ""),
        remote_user=first_text(identity.get("principal")),
        request_context=context or None,
    )


def _pairs_of(parameters: Any) -> list[tuple[str, str]]:
    pairs = [(name, value) for name, values in (parameters or {}).items() for value in as_list(values) or [""]]
    return [(name, "" if value is None else str(value)) for name, value in pairs]


def write_result_v1(response: HttpResponse, event: Event) -> ProxyResult:
    """The answer with one string for each header; several cookies differ in how their name is spelled."""
    headers, cookies = joined_headers(response.headers)
    return _write(response, headers | dict(zip(spellings("set-cookie"), cookies, strict=False)))


def write_result_v2(response: HttpResponse, event: Event) -> ProxyResult:
    """The answer with a list for several cookies, as the headers of the event have lists."""
    headers, cookies = joined_headers(response.headers)
    if cookies:
        return _write(response, {**headers, "set-cookie": cookies if len(cookies) > 1 else cookies[0]})
    return _write(response, headers)


def _write(response: HttpResponse, headers: dict[str, Any]) -> ProxyResult:
    body, is_base64 = write_body(
        response.body,
        content_type=find_header(response.headers, "content-type"),
        content_encoding=find_header(response.headers, "content-encoding"),
    )
    return {
        "statusCode": response.status,
        "statusDescription": f"{response.status} {response.reason}".rstrip(),
        "headers": headers,
        "body": body,
        "isBase64Encoded": is_base64,
    }


GATEWAY_V1 = Gateway(
    name="lattice_v1",
    matches=matches_v1,
    read_event=read_event_v1,
    write_result=write_result_v1,
    response_limit_bytes=SYNC_PAYLOAD_BYTES,
)
GATEWAY_V2 = Gateway(
    name="lattice_v2",
    matches=matches_v2,
    read_event=read_event_v2,
    write_result=write_result_v2,
    response_limit_bytes=SYNC_PAYLOAD_BYTES,
)
