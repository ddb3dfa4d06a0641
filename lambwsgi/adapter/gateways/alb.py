"""Application Load Balancer with a Lambda target: everything raw, headers single or multi-value by target group."""

from __future__ import annotations

from typing import Any

from lambwsgi.adapter.body import read_body, write_body
from lambwsgi.adapter.gateways.base import Event, Gateway, ProxyResult
from lambwsgi.adapter.gateways.fields import (
    as_list,
    client_of,
    find_header,
    joined_headers,
    listed_headers,
    multi_fields,
    scheme_of,
    server_of,
    single_fields,
    spellings,
)
from lambwsgi.adapter.gateways.prefix import add_base_path
from lambwsgi.adapter.limits import ALB_PAYLOAD_BYTES
from lambwsgi.adapter.message import HttpRequest, HttpResponse
from lambwsgi.adapter.options import HandlerOptions
from lambwsgi.adapter.paths import clean_query, decode_path


def matches(event: Event) -> bool:
    """Whether the event came from a load balancer."""
    context = event.get("requestContext")
    return isinstance(context, dict) and "elb" in context


def read_event(event: Event, options: HandlerOptions) -> HttpRequest:
    """The request. Names and values of the query arrive as the client sent them and are only put together again."""
    multi = event.get("multiValueHeaders")
    fields = multi_fields(multi) if multi else single_fields(event.get("headers"))
    raw_path = event.get("path") or "/"
    query = _query_of(event)
    script_name, path_info = add_base_path("", decode_path(raw_path), options.base_path)
    scheme = scheme_of(fields, "http")
    # A health check sends no Host.
    server_name, server_port = server_of(fields, scheme, None)
    address, port = client_of(fields, options.trusted_hops)
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
        protocol="HTTP/1.1",
        remote_addr=address,
        remote_port=port,
        request_id=fields.get("x-amzn-trace-id", ""),
        request_context=event["requestContext"],
    )


def _query_of(event: Event) -> str:
    multi = event.get("multiValueQueryStringParameters")
    if multi:
        pairs = [(name, value) for name, values in multi.items() for value in as_list(values)]
    else:
        pairs = list((event.get("queryStringParameters") or {}).items())
    return clean_query("&".join(f"{name}={'' if value is None else value}" for name, value in pairs))


def write_result(response: HttpResponse, event: Event) -> ProxyResult:
    """The answer in the form in which the target group asked; the load balancer ignores headers in the other form.

    Source: Elastic Load Balancing user guide, 'Lambda functions as targets'.
    """
    body, is_base64 = write_body(
        response.body,
        content_type=find_header(response.headers, "content-type"),
        content_encoding=find_header(response.headers, "content-encoding"),
    )
    result: dict[str, Any] = {
        "statusCode": response.status,
        "statusDescription": f"{response.status} {response.reason}".rstrip(),
        "body": body,
        "isBase64Encoded": is_base64,
    }
    if event.get("multiValueHeaders") is not None:
        result["multiValueHeaders"] = listed_headers(response.headers)
    else:
        headers, cookies = joined_headers(response.headers)
        result["headers"] = headers | dict(zip(spellings("set-cookie"), cookies, strict=False))
    return result


GATEWAY = Gateway(
    name="alb",
    matches=matches,
    read_event=read_event,
    write_result=write_result,
    response_limit_bytes=ALB_PAYLOAD_BYTES,
)
