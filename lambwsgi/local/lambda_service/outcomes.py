"""What comes out of an environment, in the order in which it happened, with a bound on what waits there."""

from __future__ import annotations

import queue
import signal
import threading
from contextlib import suppress

from lambwsgi.local.lambda_service.model import Outcome

# Pieces of a streamed response that may wait, each of at most 64 KiB: a slow reader slows the function down, as on AWS.
_WAITING = 16
_CLOSED_POLL_SECONDS = 0.2


class Outcomes:
    """A bounded queue that can be closed: what is put in after that is dropped, and whoever waits is let go."""

    def __init__(self) -> None:
        self._queue: queue.Queue[Outcome] = queue.Queue(_WAITING)
        self._closed = threading.Event()

    def put(self, outcome: Outcome) -> None:
        """Add it; waits while there is no room."""
        while not self._closed.is_set():
            try:
                self._queue.put(outcome, timeout=_CLOSED_POLL_SECONDS)
            except queue.Full:
                continue
            return

    def get(self, timeout_seconds: float) -> Outcome:
        """The next one. Raises `TimeoutError`."""
        try:
            return self._queue.get(timeout=max(0.0, timeout_seconds))
        except queue.Empty:
            raise TimeoutError from None

    def close(self) -> None:
        """Take no more; who waits for an outcome learns that the process was killed."""
        self._closed.set()
        with suppress(queue.Empty):
            while True:
                self._queue.get_nowait()
        with suppress(queue.Full):
            self._queue.put_nowait(Outcome("exited", exit_code=-signal.SIGKILL))
