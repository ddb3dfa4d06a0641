"""Lambda@Edge, origin request: CloudFront asks because its cache has no answer."""

from __future__ import annotations

from lambwsgi.adapter.gateways import edge
from lambwsgi.adapter.limits import EDGE_ORIGIN_BYTES

RESPONSE_LIMIT_BYTES = EDGE_ORIGIN_BYTES
read_event = edge.read_event
write_result = edge.write_result
