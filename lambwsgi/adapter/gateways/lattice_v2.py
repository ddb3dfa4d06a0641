"""VPC Lattice with a Lambda target, event structure version 2."""

from __future__ import annotations

from lambwsgi.adapter.gateways import lattice
from lambwsgi.adapter.gateways.writing import joined_headers
from lambwsgi.adapter.limits import SYNC_PAYLOAD_BYTES

TYPE_CHECKING = False
if TYPE_CHECKING:
    from lambwsgi.adapter.gateways.table import Event, ProxyResult
    from lambwsgi.adapter.message import HttpResponse
    from lambwsgi.adapter.options import HandlerOptions
    from lambwsgi.adapter.wsgi import Environ

RESPONSE_LIMIT_BYTES = SYNC_PAYLOAD_BYTES


def read_event(event: Event, options: HandlerOptions) -> Environ:
    """The environ."""
    query = event.get("queryStringParameters") or event.get("query_string_parameters")
    return lattice.read_request(event, event.get("path"), query, event.get("isBase64Encoded"), options)


def write_result(response: HttpResponse, event: Event) -> ProxyResult:
    """The answer with a list for several cookies, as the headers of the event have lists."""
    headers, cookies = joined_headers(response)
    several = {"set-cookie": cookies if len(cookies) > 1 else cookies[0]} if cookies else {}
    return lattice.result_of(response, {**headers, **several})
