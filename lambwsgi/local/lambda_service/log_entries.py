"""What a process has written, as entries of a log: lines of text, and messages that a runtime client has framed.

A frame is its type, beginning with bytes that no UTF-8 has, the length of the message in 4 bytes and a time in 8, big
end first, and then the message, which is one entry however many lines it has.
Source: awslambdaric, FramedTelemetryLogSink.
"""

from __future__ import annotations

# Named to a runtime client, this is where it writes frames: here among its other output, so that the order is kept.
PIPE_VARIABLE = "_LAMBDA_TELEMETRY_LOG_FD"
STDOUT = "1"
_MARK = b"\xa5\x5a\x00"
_LENGTH = slice(4, 8)
_HEAD_BYTES = 16


def split_entries(written: bytes) -> tuple[list[bytes], bytes]:
    """The entries that are whole, without their line ends, and what is left."""
    entries: list[bytes] = []
    while (start := written.find(_MARK)) >= 0:
        if start:
            # A frame also ends a line that has no end of its own.
            entries += written[:start].removesuffix(b"\n").split(b"\n")
            written = written[start:]
        end = _HEAD_BYTES + int.from_bytes(written[_LENGTH], "big")
        if len(written) < max(end, _HEAD_BYTES):
            return entries, written
        entries.append(written[_HEAD_BYTES:end].removesuffix(b"\n"))
        written = written[end:]
    *lines, rest = written.split(b"\n")
    return entries + lines, rest
