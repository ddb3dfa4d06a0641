"""API Gateway HTTP API, payload 1.0, which an integration may ask for: the path is as in payload 2.0."""

from __future__ import annotations

from lambwsgi.adapter.gateways import payload_v1
from lambwsgi.adapter.gateways.http_api import decoded_target
from lambwsgi.adapter.limits import SYNC_PAYLOAD_BYTES

TYPE_CHECKING = False
if TYPE_CHECKING:
    from lambwsgi.adapter.gateways.table import Event
    from lambwsgi.adapter.options import HandlerOptions
    from lambwsgi.adapter.wsgi import Environ

RESPONSE_LIMIT_BYTES = SYNC_PAYLOAD_BYTES


def read_event(event: Event, options: HandlerOptions) -> Environ:
    """The environ, whose `path` is decoded and has a named stage."""
    context = event.get("requestContext") or {}
    path = event.get("path") or "/"
    whole_path = context.get("path") or path
    if whole_path != path and whole_path.endswith(path):
        # As a REST API has it: some events show the stage in the context only.
        path = whole_path
    return payload_v1.read_request(event, decoded_target(event, context, path, event.get("resource"), options))


write_result = payload_v1.write_result
