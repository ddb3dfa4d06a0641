"""What a command writes, sent while it runs: lines of JSON, `{"output": "..."}`, and the result as the last one.

By the runtime's `begin_response`, so only a function that streams has it, and only who invokes it as a stream gets it.
"""

from __future__ import annotations

import json
from io import TextIOBase
from threading import Lock

from lambwsgi.adapter.errors import LambWSGIError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from typing import Any

_PRELUDE = {"statusCode": 200, "headers": {"content-type": "application/x-ndjson"}}
# As a terminal has it: a line goes out when it is whole, or when the command flushes.
_PENDING_CHARACTERS_MOST = 8192


class SentOutput(TextIOBase):
    """Standard output whose lines go out as they are written. Threads may write to it at once."""

    def __init__(self, begin_response: Callable[[Mapping[str, Any]], Callable[[bytes], None]]) -> None:
        self._send: Callable[[bytes], None] | None = begin_response(_PRELUDE)
        self._pending = ""
        self._lock = Lock()

    def write(self, text: str, /) -> int:
        with self._lock:
            self._pending += text
            if "\n" in text or len(self._pending) > _PENDING_CHARACTERS_MOST:
                self._send_pending()
        return len(text)

    def flush(self) -> None:
        with self._lock:
            self._send_pending()

    def finish(self, result: Mapping[str, Any]) -> None:
        """Send what is left, and the result."""
        self.flush()
        self._send_line(result)

    def _send_pending(self) -> None:
        text, self._pending = self._pending, ""
        if text:
            self._send_line({"output": text})

    def _send_line(self, line: Mapping[str, Any]) -> None:
        if self._send is None:
            return
        try:
            self._send(json.dumps(line).encode() + b"\n")
        except LambWSGIError:
            # Nobody listens any more, which is no reason to break a migration off.
            self._send = None
