"""What a process writes, entry by entry, as it writes it."""

from __future__ import annotations

import os
import select
import threading
from collections.abc import Callable

from lambwsgi.local.lambda_service.log_entries import split_entries

_LAST_WORDS_SECONDS = 1.0


class LineReader:
    """Reads a pipe in a thread of its own and passes on each line, and each message that is framed.

    `settle` lets the caller be sure that all that was written until now has been passed on: what the process wrote
    before it answered lies in the pipe when the answer is there.
    """

    def __init__(self, descriptor: int, report: Callable[[str], None]) -> None:
        self._descriptor = descriptor
        self._report = report
        self._rest = b""
        self._ended = False
        self._lock = threading.Lock()
        self._thread = threading.Thread(target=self._follow, daemon=True)
        self._thread.start()

    def settle(self) -> None:
        """Pass on what has been written until now, a last line without line end included."""
        with self._lock:
            self._drain()
            self._pass_on([self._rest] if self._rest else [])
            self._rest = b""

    def join(self) -> None:
        """Wait for the end of the pipe and close it.

        A stranger that the process left behind may hold the other end open; it is not waited for.
        """
        self._thread.join(_LAST_WORDS_SECONDS)
        if not self._thread.is_alive():
            os.close(self._descriptor)

    def _follow(self) -> None:
        while not self._ended:
            _is_readable(self._descriptor, timeout=None)
            with self._lock:
                self._drain()
        self.settle()

    def _drain(self) -> None:
        while not self._ended and _is_readable(self._descriptor, timeout=0):
            chunk = os.read(self._descriptor, 65_536)
            self._ended = not chunk
            entries, self._rest = split_entries(self._rest + chunk)
            self._pass_on(entries)

    def _pass_on(self, entries: list[bytes]) -> None:
        for entry in entries:
            self._report(entry.decode("utf-8", "replace").rstrip("\r"))


def _is_readable(descriptor: int, *, timeout: float | None) -> bool:
    return bool(select.select([descriptor], [], [], timeout)[0])
