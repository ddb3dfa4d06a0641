"""API Gateway REST API (proxy integration, payload 1.0): encoded path without the stage, decoded query values."""

from __future__ import annotations

from typing import Any

from lambwsgi.adapter.body import read_body, write_body
from lambwsgi.adapter.gateways.base import Event, Gateway, ProxyResult
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
from lambwsgi.adapter.gateways.prefix import add_base_path, is_custom_domain, prefix_before_route
from lambwsgi.adapter.limits import SYNC_PAYLOAD_BYTES
from lambwsgi.adapter.message import HttpRequest, HttpResponse
from lambwsgi.adapter.options import HandlerOptions
from lambwsgi.adapter.paths import decode_path, encode_query


def matches(event: Event) -> bool:
    """Whether the event is a REST API request: no `version`, and not the call of an authorizer."""
    return (
        "httpMethod" in event
        and ("resource" in event or "path" in event)
        and "version" not in event
        and "methodArn" not in event
        and "elb" not in (event.get("requestContext") or {})
    )


def read_event(event: Event, options: HandlerOptions) -> HttpRequest:
    """The request. The gateway decodes query values, so the query is encoded anew, in the order of the map."""
    context: dict[str, Any] = event.get("requestContext") or {}
    identity: dict[str, Any] = context.get("identity") or {}
    multi = event.get("multiValueHeaders")
    fields = multi_fields(multi) if multi else single_fields(event.get("headers"))
    path = event.get("path") or "/"
    whole_path = context.get("path") or path
    prefix, app_path = _split(event, context, path, whole_path)
    script_name, path_info = add_base_path(decode_path(prefix), decode_path(app_path), options.base_path)
    query = _query_of(event)
    scheme = scheme_of(fields, "https")
    server_name, server_port = server_of(fields, scheme, context.get("domainName"))
    authorizer = context.get("authorizer")
    return HttpRequest(
        method=event["httpMethod"],
        raw_target=f"{whole_path}?{query}" if query else whole_path,
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


def _split(event: Event, context: dict[str, Any], path: str, whole_path: str) -> tuple[str, str]:
    """What precedes the application's path, and that path, both as encoded as they came.

    On the API's own domain `requestContext.path` is `path` with the stage before it. On a custom domain both are the
    same and may begin with the base path mapping: then it is what stands before the route.
    """
    if whole_path != path:
        tail = path.rstrip("/")
        stage_path = whole_path.rstrip("/")
        return (stage_path[: len(stage_path) - len(tail)], path) if stage_path.endswith(tail) else ("", path)
    if is_custom_domain(context):
        prefix = prefix_before_route(path, event.get("resource") or "", event.get("pathParameters"))
        return prefix, path[len(prefix) :]
    return "", path


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

    No other key may be in it: the gateway answers an unknown one with 502. Base64 is undone where the API's
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


GATEWAY = Gateway(
    name="rest_api",
    matches=matches,
    read_event=read_event,
    write_result=write_result,
    response_limit_bytes=SYNC_PAYLOAD_BYTES,
)
