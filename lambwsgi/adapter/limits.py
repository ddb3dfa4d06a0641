"""What AWS lets through, in bytes. The handler measures by it, the local gateway enforces it, the packager heeds it."""

from __future__ import annotations

MIB = 1024 * 1024

# Lambda, 'Quotas': 6 MB each way for a synchronous invocation. The service itself cuts at 6 MiB + 100 bytes.
SYNC_PAYLOAD_BYTES = 6 * MIB + 100
# Lambda, 'Quotas': 1 MB for an asynchronous invocation.
ASYNC_PAYLOAD_BYTES = 1 * MIB
# Elastic Load Balancing, 'Lambda functions as targets': 1 MB for the request body and for the response JSON.
ALB_PAYLOAD_BYTES = 1 * MIB
# API Gateway, 'Quotas': 10 MB payload; Lambda's own limit is reached before.
API_PAYLOAD_BYTES = 10 * MIB
# API Gateway, 'Quotas': request line and headers (HTTP API), all header values (REST API).
API_HEADER_BYTES = 10_240
# Elastic Load Balancing, 'Quotas': request line, one header, all headers, all response headers.
ALB_REQUEST_LINE_BYTES = 16 * 1024
ALB_HEADER_BYTES = 16 * 1024
ALB_HEADERS_BYTES = 64 * 1024
ALB_RESPONSE_HEADERS_BYTES = 32 * 1024

# CloudFront, 'Quotas on Lambda@Edge': a generated response, headers included, and the body handed to the function.
EDGE_VIEWER_BYTES = 40 * 1024
EDGE_ORIGIN_BYTES = 1 * MIB

# API Gateway, 'Quotas': the longest that an integration may take.
HTTP_API_TIMEOUT_SECONDS = 30
REST_API_TIMEOUT_SECONDS = 29

# Lambda, 'Quotas': deployment package unzipped, layers included; zipped when uploaded without S3.
UNZIPPED_BYTES = 250 * MIB
DIRECT_UPLOAD_BYTES = 50 * MIB
