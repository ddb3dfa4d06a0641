"""Application Load Balancer with a Lambda target: everything raw, headers single or multi-value by target group."""

from __future__ import annotations

from lambwsgi.adapter.gateways.reading import (
    add_base_path,
    as_list,
    multi_variables,
    set_content,
    set_forwarded_client,
    set_server,
    set_target,
    single_variables,
)
from lambwsgi.adapter.gateways.writing import (
    listed_headers,
    single_headers,
    status_description,
    written_body,
)
from lambwsgi.adapter.limits import ALB_PAYLOAD_BYTES
from lambwsgi.adapter.message import HttpRequest
from lambwsgi.adapter.text import clean_path, clean_query, decode_path

TYPE_CHECKING = False
if TYPE_CHECKING:
    from lambwsgi.adapter.gateways.table import Event, ProxyResult
    from lambwsgi.adapter.message import HttpResponse
    from lambwsgi.adapter.options import HandlerOptions

RESPONSE_LIMIT_BYTES = ALB_PAYLOAD_BYTES


def read_event(event: Event, options: HandlerOptions) -> HttpRequest:
    """The request. A health check sends no Host."""
    multi = event.get("multiValueHeaders")
    variables = multi_variables(multi) if multi else single_variables(event.get("headers"))
    raw_path = event.get("path") or "/"
    parts = add_base_path("", decode_path(raw_path), options.base_path)
    set_target(variables, event["httpMethod"], clean_path(raw_path), parts, _query_of(event))
    set_forwarded_client(variables, options.trusted_hops)
    scheme = set_server(variables, "http", None)
    body = set_content(variables, event.get("body"), is_base64=event.get("isBase64Encoded"))
    return HttpRequest(variables, body, scheme, variables.get("HTTP_X_AMZN_TRACE_ID"), None, event["requestContext"])


def _query_of(event: Event) -> str:
    """Names and values arrive as the client sent them and are only put together again."""
    multi = event.get("multiValueQueryStringParameters")
    if multi:
        pairs = [(name, value) for name, values in multi.items() for value in as_list(values)]
    else:
        pairs = list((event.get("queryStringParameters") or {}).items())
    return clean_query("&".join([f"{name}={'' if value is None else value}" for name, value in pairs]))


def write_result(response: HttpResponse, event: Event) -> ProxyResult:
    """The answer in the form in which the target group asked; the load balancer ignores headers in the other form.

    Source: Elastic Load Balancing user guide, 'Lambda functions as targets'.
    """
    body, is_base64 = written_body(response)
    result: ProxyResult = {
        "statusCode": response.status,
        "statusDescription": status_description(response),
        "body": body,
        "isBase64Encoded": is_base64,
    }
    if event.get("multiValueHeaders") is not None:
        result["multiValueHeaders"] = listed_headers(response.headers)
    else:
        result["headers"] = single_headers(response.headers)
    return result
