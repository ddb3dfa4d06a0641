"""What the two event structures of VPC Lattice have in common.

Source: VPC Lattice user guide, 'Lambda functions as targets'. Whether paths carry the query and whether header values
are lists differs between AWS's own samples, so both are understood.
"""

from __future__ import annotations

from lambwsgi.adapter.gateways.reading import (
    add_base_path,
    as_list,
    first_text,
    multi_variables,
    set_content,
    set_forwarded_client,
    set_server,
    set_target,
)
from lambwsgi.adapter.gateways.writing import status_description, written_body
from lambwsgi.adapter.message import HttpRequest
from lambwsgi.adapter.text import clean_path, clean_query, decode_path, encode_query

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from lambwsgi.adapter.gateways.table import Event, ProxyResult
    from lambwsgi.adapter.message import HttpResponse
    from lambwsgi.adapter.options import HandlerOptions


def read_request(
    event: Event, path: str | None, parameters: Any, is_base64: Any, options: HandlerOptions
) -> HttpRequest:
    """The request of an event whose keys differ only in how they are spelled. Paths may carry the query."""
    variables = multi_variables(event.get("headers") or {})
    context: dict[str, Any] = event.get("requestContext") or {}
    raw_path, mark, raw_query = (path or "/").partition("?")
    query = clean_query(raw_query) if mark else encode_query(_pairs_of(parameters))
    parts = add_base_path("", decode_path(raw_path), options.base_path)
    set_target(variables, event["method"], clean_path(raw_path), parts, query)
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


def result_of(response: HttpResponse, headers: dict[str, Any]) -> ProxyResult:
    """The answer, which is a load balancer's but for the headers."""
    body, is_base64 = written_body(response)
    return {
        "statusCode": response.status,
        "statusDescription": status_description(response),
        "headers": headers,
        "body": body,
        "isBase64Encoded": is_base64,
    }
