"""The end of an invocation's log, which Invoke answers with on request."""

from __future__ import annotations

import base64
import threading

# Lambda API reference, 'Invoke', LogResult: the last 4 KB.
_TAIL_BYTES = 4096


class LogTail:
    """Takes lines, from several threads, and keeps the end of them."""

    def __init__(self) -> None:
        self._kept = b""
        self._lock = threading.Lock()

    def __call__(self, line: str) -> None:
        """Add a line."""
        with self._lock:
            self._kept = (self._kept + line.encode() + b"\n")[-_TAIL_BYTES:]

    def encoded(self) -> str:
        """What is kept, in base64."""
        with self._lock:
            return base64.b64encode(self._kept).decode("ascii")
