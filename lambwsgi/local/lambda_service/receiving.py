"""Where the payload of a response goes."""

from __future__ import annotations

from contextlib import suppress

from lambwsgi.adapter.limits import SYNC_PAYLOAD_BYTES
from lambwsgi.local.lambda_service.model import Begin, Receive


class Receiver:
    """Hands a response to whoever asked for it, and no longer when that one fails.

    A client that left does not stop the function: Lambda lets it run to its end.
    """

    def __init__(self, begin: Begin) -> None:
        self._begin = begin
        self._receive: Receive | None = None

    def begin(self, content_type: str) -> None:
        """The response begins."""
        with suppress(Exception):
            self._receive = self._begin(content_type)

    def take(self, piece: bytes) -> None:
        """A piece of its payload."""
        if self._receive is None:
            return
        try:
            self._receive(piece)
        except Exception:
            self._receive = None


class Collector:
    """A `Begin` that keeps the whole payload, up to what a buffered invocation may return; `size` counts on."""

    def __init__(self) -> None:
        self._pieces: list[bytes] = []
        self.size = 0

    def __call__(self, content_type: str) -> Receive:
        """Take the pieces, whatever their type is."""
        return self._take

    @property
    def payload(self) -> bytes:
        """What has come."""
        return b"".join(self._pieces)

    def _take(self, piece: bytes) -> None:
        self.size += len(piece)
        if self.size <= SYNC_PAYLOAD_BYTES:
            self._pieces.append(piece)
