"""VPC Lattice with a Lambda target, event structure versions 1 and 2.

Source: VPC Lattice user guide, 'Lambda functions as targets'. Whether paths carry the query and whether header values
are lists differs between AWS's own samples, so both are understood.
"""

from __future__ import annotations

from lambwsgi.adapter.gateways.answer import joined_headers, spellings, status_description, written_body
from lambwsgi.adapter.gateways.base import Gateway
from lambwsgi.adapter.gateways.prefix import add_base_path
from lambwsgi.adapter.gateways.request import first_text, set_content, set_forwarded_client, set_server, set_target
from lambwsgi.adapter.limits import SYNC_PAYLOAD_BYTES
from lambwsgi.adapter.message import HttpRequest
from lambwsgi.adapter.paths import clean_query, decode_path, encode_query
from lambwsgi.adapter.variables import as_list, multi_variables

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from lambwsgi.adapter.gateways.base import Event, ProxyResult
    from lambwsgi.adapter.message import HttpResponse
    from lambwsgi.adapter.options import HandlerOptions


def matches_v1(event: Event) -> bool:
    """Whether the event has version 1 of the structure."""
    return "raw_path" in event and "method" in event


def matches_v2(event: Event) -> bool:
    """Whether the event has version 2 of the structure; its `version` is 2.0 too, but its context is Lattice's own."""
    context = event.get("requestContext")
    return isinstance(context, dict) and ("serviceNetworkArn" in context or "serviceArn" in context)


def read_event_v1(event: Event, options: HandlerOptions) -> HttpRequest:
    """The request of version 1."""
    query = event.get("query_string_parameters")
    return _read(event, event.get("raw_path"), query, event.get("is_base64_encoded"), options)


def read_event_v2(event: Event, options: HandlerOptions) -> HttpRequest:
    """The request of version 2."""
    query = event.get("queryStringParameters") or event.get("query_string_parameters")
    return _read(event, event.get("path"), query, event.get("isBase64Encoded"), options)


def _read(event: Event, path: str | None, parameters: Any, is_base64: Any, options: HandlerOptions) -> HttpRequest:
    variables = multi_variables(event.get("headers") or {})
    context: dict[str, Any] = event.get("requestContext") or {}
    raw_path, mark, raw_query = (path or "/").partition("?")
    query = clean_query(raw_query) if mark else encode_query(_pairs_of(parameters))
    parts = add_base_path("", decode_path(raw_path), options.base_path)
    set_target(variables, event["method"], raw_path, parts, query)
    set_forwarded_client(variables, options.trusted_hops)
    user = first_text((context.get("identity") or {}).get("principal"))
    if user:
        variables["REMOTE_USER"] = user
    scheme = set_server(variables, "https", None)
    body = set_content(variables, event.get("body"), is_base64=is_base64)
    return HttpRequest(variables, body, scheme, variables.get("HTTP_X_AMZN_TRACE_ID"), None, context or None)


def _pairs_of(parameters: Any) -> list[tuple[str, str]]:
    pairs = [(name, value) for name, values in (parameters or {}).items() for value in as_list(values) or [""]]
    return [(name, "" if value is None else str(value)) for name, value in pairs]


def write_result_v1(response: HttpResponse, event: Event) -> ProxyResult:
    """The answer with one string for each header; several cookies differ in how their name is spelled."""
    headers, cookies = joined_headers(response.headers)
    return _result_of(response, headers | dict(zip(spellings("set-cookie"), cookies, strict=False)))


def write_result_v2(response: HttpResponse, event: Event) -> ProxyResult:
    """The answer with a list for several cookies, as the headers of the event have lists."""
    headers, cookies = joined_headers(response.headers)
    if cookies:
        return _result_of(response, {**headers, "set-cookie": cookies if len(cookies) > 1 else cookies[0]})
    return _result_of(response, headers)


def _result_of(response: HttpResponse, headers: dict[str, Any]) -> ProxyResult:
    body, is_base64 = written_body(response)
    return {
        "statusCode": response.status,
        "statusDescription": status_description(response),
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
