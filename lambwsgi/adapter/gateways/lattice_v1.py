"""VPC Lattice with a Lambda target, event structure version 1."""

from __future__ import annotations

from lambwsgi.adapter.gateways import lattice
from lambwsgi.adapter.gateways.writing import joined_headers, with_cookies
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
    query = event.get("query_string_parameters")
    return lattice.read_request(event, event.get("raw_path"), query, event.get("is_base64_encoded"), options)


def write_result(response: HttpResponse, event: Event) -> ProxyResult:
    """The answer with one string for each header; several cookies differ in how their name is spelled."""
    return lattice.result_of(response, with_cookies(*joined_headers(response)))
