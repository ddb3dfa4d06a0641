"""Lambda Function URL: payload 2.0 whose path arrives percent-encoded."""

from __future__ import annotations

from lambwsgi.adapter.gateways import payload_v2
from lambwsgi.adapter.gateways.targets import encoded_target
from lambwsgi.adapter.limits import SYNC_PAYLOAD_BYTES

RESPONSE_LIMIT_BYTES = SYNC_PAYLOAD_BYTES


# The path is what the client sent; `requestContext.http.path`, its decoded twin, is not needed.
read_event = payload_v2.reader(encoded_target)
write_result = payload_v2.write_result
