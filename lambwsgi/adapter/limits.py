"""What AWS lets through, in bytes. The handler measures by it, the local gateway enforces it, the packager heeds it."""

from __future__ import annotations

MIB = 1024 * 1024

# Lambda, 'Quotas': 6 MB each way for a synchronous invocation. The service itself cuts at 6 MiB + 100 bytes.
SYNC_PAYLOAD_BYTES = 6 * MIB + 100
# Lambda, 'Quotas': 200 MB for a streamed response, and 1 MB for an event that nobody waits for.
STREAMED_PAYLOAD_BYTES = 200 * MIB
ASYNC_PAYLOAD_BYTES = 1 * MIB
# API Gateway, 'Stream the integration response': where the prelude of a streamed response has to end.
STREAM_PRELUDE_BYTES = 16 * 1024
# Elastic Load Balancing, 'Lambda functions as targets': 1 MB for the request body and for the response JSON.
ALB_PAYLOAD_BYTES = 1 * MIB
# More than any gateway lets through of headers in a response, for estimates that must not be too low.
RESPONSE_HEADER_BYTES = 64 * 1024
# CloudFront, 'Quotas on Lambda@Edge': a generated response, headers included, and the body handed to the function.
EDGE_VIEWER_BYTES = 40 * 1024
EDGE_ORIGIN_BYTES = 1 * MIB

# API Gateway, 'Quotas': the longest that an integration may take.
HTTP_API_TIMEOUT_SECONDS = 30
REST_API_TIMEOUT_SECONDS = 29
# CloudFront, 'Quotas on Lambda@Edge': the longest timeout that a function may have there.
EDGE_VIEWER_TIMEOUT_SECONDS = 5
EDGE_ORIGIN_TIMEOUT_SECONDS = 30

# API Gateway, 'Quotas': a REST API counts the values of all headers, and the URL (8,192 where it is edge-optimised); an
# HTTP API counts the request line and all headers together. AWS raises the first for those who ask.
REST_API_HEADER_BYTES = 10_240
REST_API_URL_BYTES = 10_240
HTTP_API_HEAD_BYTES = 10_240
# Elastic Load Balancing, 'Quotas for your Application Load Balancers', HTTP headers.
ALB_REQUEST_LINE_BYTES = 16 * 1024
ALB_SINGLE_HEADER_BYTES = 16 * 1024
ALB_HEADER_BYTES = 64 * 1024
ALB_RESPONSE_HEADER_BYTES = 32 * 1024
# CloudFront, 'Request and response behavior for custom origins': path, query and headers together, and the URL alone.
EDGE_HEAD_BYTES = 20_480
EDGE_URL_BYTES = 8_192
# Of the Function URL and of VPC Lattice, AWS tells no limit of headers.

# Lambda, 'Quotas': deployment package unzipped, layers included.
UNZIPPED_BYTES = 250 * MIB
# Lambda, 'Quotas': container image, uncompressed.
IMAGE_BYTES = 10 * 1024 * MIB
# Lambda, 'Quotas': zipped, when it is sent to Lambda itself and not by way of S3.
DIRECT_UPLOAD_BYTES = 50 * MIB
# Lambda, 'Quotas': layers of a function.
LAYERS_MOST = 5
# Lambda, 'Quotas': all environment variables together, names and values.
ENVIRONMENT_BYTES = 4096
