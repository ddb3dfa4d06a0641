"""Application Load Balancer with a Lambda target: everything raw, headers single or multi-value by target group."""

from __future__ import annotations

from lambwsgi.adapter.gateways.reading import (
    complete,
    forwarded_address,
    multi_headers,
    query_pairs,
    single_headers,
)
from lambwsgi.adapter.gateways.targets import encoded_target
from lambwsgi.adapter.gateways.writing import (
    joined_headers,
    listed_headers,
    status_description,
    with_cookies,
    write_body,
)
from lambwsgi.adapter.limits import ALB_PAYLOAD_BYTES
from lambwsgi.adapter.text import clean_query

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from lambwsgi.adapter.gateways.table import Event, ProxyResult
    from lambwsgi.adapter.message import HttpResponse
    from lambwsgi.adapter.options import HandlerOptions
    from lambwsgi.adapter.wsgi import Environ

RESPONSE_LIMIT_BYTES = ALB_PAYLOAD_BYTES


def read_event(event: Event, options: HandlerOptions) -> Environ:
    """The environ. A health check sends no Host."""
    multi = event.get("multiValueHeaders")
    environ = multi_headers(multi) if multi else single_headers(event.get("headers"))
    complete(
        environ,
        event["httpMethod"],
        encoded_target(event.get("path") or "/", options),
        _query_of(event),
        "http",
        None,
        None,
        forwarded_address(environ, options.trusted_hops),
        event.get("body"),
        event.get("isBase64Encoded"),
    )
    environ["lambwsgi.request_context"] = event["requestContext"]
    return environ


def _query_of(event: Event) -> str:
    """Names and values arrive as the client sent them and are only put together again."""
    multi = event.get("multiValueQueryStringParameters")
    pairs = query_pairs(multi) if multi else (event.get("queryStringParameters") or {}).items()
    return clean_query("&".join([f"{name}={'' if value is None else value}" for name, value in pairs]))


def write_result(response: HttpResponse, event: Event) -> ProxyResult:
    """The answer in the form in which the target group asked; the load balancer ignores headers in the other form.

    Source: Elastic Load Balancing user guide, 'Lambda functions as targets'.
    """
    headers: dict[str, Any]
    if event.get("multiValueHeaders") is not None:
        headers = {"multiValueHeaders": listed_headers(response)}
    else:
        headers = {"headers": with_cookies(*joined_headers(response))}
    body, is_base64 = write_body(response.body, response.by_name())
    return {
        "statusCode": response.status,
        "statusDescription": status_description(response),
        "body": body,
        "isBase64Encoded": is_base64,
        **headers,
    }
