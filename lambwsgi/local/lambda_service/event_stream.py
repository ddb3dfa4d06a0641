"""Messages of `application/vnd.amazon.eventstream`, which a streamed invocation is answered with.

A message is its length, the length of its headers, a checksum of both, the headers, the payload, and a checksum of all.
Source: Smithy specification, 'Amazon Event Stream'.
"""

from __future__ import annotations

import json
import struct
import zlib
from collections.abc import Mapping

CONTENT_TYPE = "application/vnd.amazon.eventstream"

# Lengths and checksums that surround headers and payload.
_AROUND = 16
_TEXT = 7


def message(headers: Mapping[str, str], payload: bytes) -> bytes:
    """One message. All headers are text."""
    packed = b"".join(_header(name, value) for name, value in headers.items())
    start = struct.pack("!II", len(packed) + len(payload) + _AROUND, len(packed))
    checked = start + struct.pack("!I", zlib.crc32(start)) + packed + payload
    return checked + struct.pack("!I", zlib.crc32(checked))


def payload_chunk(payload: bytes) -> bytes:
    """The event that carries a piece of the function's response."""
    return message(_event("PayloadChunk", "application/octet-stream"), payload)


def invoke_complete(details: Mapping[str, str]) -> bytes:
    """The last event: `ErrorCode` and `ErrorDetails` of a failure, and `LogResult`, where there are any."""
    return message(_event("InvokeComplete", "application/json"), json.dumps(details).encode())


def _event(kind: str, content_type: str) -> dict[str, str]:
    return {":event-type": kind, ":content-type": content_type, ":message-type": "event"}


def _header(name: str, value: str) -> bytes:
    encoded_name, encoded = name.encode(), value.encode()
    return struct.pack("!B", len(encoded_name)) + encoded_name + struct.pack("!BH", _TEXT, len(encoded)) + encoded
