"""Lambda Function URL: payload 2.0 whose path arrives percent-encoded."""

from __future__ import annotations

from lambwsgi.adapter.gateways import payload_v2
from lambwsgi.adapter.gateways.reading import encoded_target
from lambwsgi.adapter.limits import SYNC_PAYLOAD_BYTES

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from lambwsgi.adapter.gateways.table import Event
    from lambwsgi.adapter.options import HandlerOptions

RESPONSE_LIMIT_BYTES = SYNC_PAYLOAD_BYTES


def _read_target(event: Event, context: dict[str, Any], path: str, options: HandlerOptions) -> tuple[str, str, str]:
    """The path is what the client sent; `requestContext.http.path`, its decoded twin, is not needed."""
    return encoded_target(path, options.base_path)


read_event = payload_v2.reader(_read_target)
write_result = payload_v2.write_result
