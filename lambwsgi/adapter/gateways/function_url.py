"""Lambda Function URL: payload 2.0 whose path arrives percent-encoded."""

from __future__ import annotations

from lambwsgi.adapter.gateways import payload_v2
from lambwsgi.adapter.gateways.base import Gateway
from lambwsgi.adapter.gateways.prefix import add_base_path
from lambwsgi.adapter.limits import SYNC_PAYLOAD_BYTES
from lambwsgi.adapter.paths import decode_path

TYPE_CHECKING = False
if TYPE_CHECKING:
    from lambwsgi.adapter.gateways.base import Event
    from lambwsgi.adapter.message import HttpRequest
    from lambwsgi.adapter.options import HandlerOptions

_DOMAIN_MARK = ".lambda-url."


def matches(event: Event) -> bool:
    """Whether the event came by a Function URL; a CDN in front keeps the domain name of the request context."""
    return payload_v2.is_request(event) and _DOMAIN_MARK in (event["requestContext"].get("domainName") or "")


def read_event(event: Event, options: HandlerOptions) -> HttpRequest:
    """The request. `rawPath` is what the client sent; `requestContext.http.path`, its decoded twin, is not needed."""
    raw_path = event.get("rawPath") or "/"
    return payload_v2.read_request(event, raw_path, add_base_path("", decode_path(raw_path), options.base_path))


GATEWAY = Gateway(
    name="function_url",
    matches=matches,
    read_event=read_event,
    write_result=payload_v2.write_result,
    response_limit_bytes=SYNC_PAYLOAD_BYTES,
)
