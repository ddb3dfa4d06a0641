"""Lambda@Edge, viewer request: CloudFront asks before it looks into its cache."""

from __future__ import annotations

from lambwsgi.adapter.gateways import edge
from lambwsgi.adapter.limits import EDGE_VIEWER_BYTES

RESPONSE_LIMIT_BYTES = EDGE_VIEWER_BYTES
read_event = edge.read_event
write_result = edge.write_result
