"""What the two event structures of VPC Lattice have in common.

Source: VPC Lattice user guide, 'Lambda functions as targets'. Whether paths carry the query and whether header values
are lists differs between AWS's own samples, so both are understood.
"""

from __future__ import annotations

from lambwsgi.adapter.gateways.reading import (
    complete,
    first_text,
    forwarded_address,
    multi_headers,
    query_pairs,
)
from lambwsgi.adapter.gateways.targets import encoded_target
from lambwsgi.adapter.gateways.writing import status_description, write_body
from lambwsgi.adapter.text import clean_query, encode_query

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from lambwsgi.adapter.gateways.table import Event, ProxyResult
    from lambwsgi.adapter.message import HttpResponse
    from lambwsgi.adapter.options import HandlerOptions
    from lambwsgi.adapter.wsgi import Environ


def read_request(event: Event, path: str | None, parameters: Any, is_base64: Any, options: HandlerOptions) -> Environ:
    """The environ of an event whose keys differ only in how they are spelled. Paths may carry the query."""
    environ = multi_headers(event.get("headers") or {})
    context: dict[str, Any] = event.get("requestContext") or {}
    raw_path, mark, raw_query = (path or "/").partition("?")
    complete(
        environ,
        event["method"],
        encoded_target(raw_path, options),
        clean_query(raw_query) if mark else encode_query(query_pairs(parameters or {})),
        "https",
        None,
        None,
        forwarded_address(environ, options.trusted_hops),
        event.get("body"),
        is_base64,
    )
    environ["lambwsgi.request_context"] = context or None
    user = first_text((context.get("identity") or {}).get("principal"))
    if user:
        environ["REMOTE_USER"] = user
    return environ


def result_of(response: HttpResponse, headers: dict[str, Any]) -> ProxyResult:
    """The answer, which is a load balancer's but for the headers."""
    body, is_base64 = write_body(response.body, response.by_name())
    return {
        "statusCode": response.status,
        "statusDescription": status_description(response),
        "headers": headers,
        "body": body,
        "isBase64Encoded": is_base64,
    }
