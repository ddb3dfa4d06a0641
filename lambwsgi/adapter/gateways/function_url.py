"""Lambda Function URL: payload 2.0 whose path arrives percent-encoded."""

from __future__ import annotations

from lambwsgi.adapter.gateways import payload_v2
from lambwsgi.adapter.gateways.reading import add_base_path
from lambwsgi.adapter.limits import SYNC_PAYLOAD_BYTES
from lambwsgi.adapter.text import clean_path, decode_path

TYPE_CHECKING = False
if TYPE_CHECKING:
    from lambwsgi.adapter.gateways.table import Event
    from lambwsgi.adapter.options import HandlerOptions
    from lambwsgi.adapter.wsgi import Environ

RESPONSE_LIMIT_BYTES = SYNC_PAYLOAD_BYTES


def read_event(event: Event, options: HandlerOptions) -> Environ:
    """The environ. `rawPath` is what the client sent; `requestContext.http.path`, its decoded twin, is not needed."""
    raw_path = event.get("rawPath") or "/"
    parts = add_base_path("", decode_path(raw_path), options.base_path)
    return payload_v2.read_request(event, clean_path(raw_path), parts)


write_result = payload_v2.write_result
