"""The body of a request, piece by piece as it arrives, by Content-Length or in chunks with trailers after them.

Source: RFC 9112, sections 6.3 and 7.1.
"""

from __future__ import annotations

from collections.abc import Iterator
from email.message import Message
from typing import Protocol

from lambwsgi.local.errors import LocalError

PIECE_BYTES = 64 * 1024
_LINE_BYTES = 64 * 1024


class TruncatedBodyError(LocalError):
    """The client went away, or wrote something that is no chunk, before the body was complete."""


class Readable(Protocol):
    """What a connection is read from."""

    def read1(self, size: int, /) -> bytes:
        """What is there, at most `size` bytes; waits for the first of them."""

    def readline(self, limit: int, /) -> bytes:
        """The next line with its end."""


class RequestBody:
    """Iterate it for the pieces, each of at most `PIECE_BYTES`; after the last one `trailers` is complete.

    The names of trailers are in lower case.
    """

    def __init__(self, source: Readable, headers: Message) -> None:
        self._source = source
        self.trailers: dict[str, str] = {}
        chunked = "chunked" in headers.get("Transfer-Encoding", "").lower()
        self._pieces = self._chunks() if chunked else self._counted(int(headers.get("Content-Length") or 0))

    def __iter__(self) -> Iterator[bytes]:
        """The pieces that are left. Raises `TruncatedBodyError`."""
        return self._pieces

    def read(self, limit: int) -> tuple[bytes, int]:
        """The first `limit` bytes, and how many there are in all; the body is read to its end."""
        kept, size = [], 0
        for piece in self:
            if size < limit:
                kept.append(piece)
            size += len(piece)
        return b"".join(kept)[:limit], size

    def drain(self) -> None:
        """Read what is left and forget it, so that the connection can go on."""
        for _ in self:
            pass

    def _counted(self, size: int) -> Iterator[bytes]:
        while size:
            piece = self._source.read1(min(size, PIECE_BYTES))
            if not piece:
                raise TruncatedBodyError
            size -= len(piece)
            yield piece

    def _chunks(self) -> Iterator[bytes]:
        while size := self._chunk_size():
            yield from self._counted(size)
            if self._line():
                raise TruncatedBodyError
        while line := self._line():
            name, _, value = line.partition(":")
            self.trailers[name.strip().lower()] = value.strip()

    def _chunk_size(self) -> int:
        digits = self._line().partition(";")[0].strip()
        try:
            return int(digits, 16)
        except ValueError:
            raise TruncatedBodyError from None

    def _line(self) -> str:
        line = self._source.readline(_LINE_BYTES)
        if not line.endswith(b"\n"):
            raise TruncatedBodyError
        return line.decode("latin-1").rstrip("\r\n")
