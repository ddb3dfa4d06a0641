"""HTTP/1.1 as far as the Runtime API speaks it, on one kept connection.

`http.client` takes longer to import than all of this runtime, twenty times as long for a request, and cannot send the
trailers of a streamed response.
"""

from __future__ import annotations

import socket

from lambwsgi.adapter.errors import LambWSGIError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import BinaryIO

# A larger body is sent by itself: copying it behind the head would take longer than a second packet.
_SENT_TOGETHER_BYTES = 65_536
# More than that of a status line or a header is no HTTP.
_LINE_BYTES_MOST = 1 << 21


class RuntimeApiError(LambWSGIError):
    """The Runtime API could not be reached, or refused. `status` is its answer's, 0 where there was none."""

    def __init__(self, message: str, *, status: int = 0) -> None:
        super().__init__(message)
        self.status = status


class Reply:
    """What the Runtime API answered; the names of the headers are in lower case."""

    __slots__ = ("body", "headers", "status")

    def __init__(self, status: int, headers: Mapping[str, str], body: bytes) -> None:
        self.status = status
        self.headers = headers
        self.body = body


def connect(address: str) -> socket.socket:
    """A connection to `host:port`. It never times out: the environment is frozen while it waits."""
    host, _, port = address.rpartition(":")
    connected = socket.socket()
    try:
        # A host as text would have the coding of international domain names imported.
        connected.connect((host.encode(), int(port)))
    except (OSError, ValueError) as error:
        connected.close()
        raise RuntimeApiError(f"the Runtime API at {address!r} (AWS_LAMBDA_RUNTIME_API): {error}") from error
    connected.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return connected


def head_of(method: str, path: str, address: str, headers: Mapping[str, str]) -> bytes:
    """Request line and headers."""
    lines = [f"{method} {path} HTTP/1.1", f"Host: {address}", "User-Agent: lambwsgi"]
    lines += [f"{name}: {value}" for name, value in headers.items()]
    return ("\r\n".join(lines) + "\r\n\r\n").encode("utf-8", "replace")


class Connection:
    """The connection that is kept. One that the other side has closed meanwhile is made anew, once."""

    def __init__(self, address: str) -> None:
        self._address = address
        self._socket: socket.socket | None = None
        self._input: BinaryIO | None = None

    def ask(self, method: str, path: str, headers: Mapping[str, str], body: bytes | None = None) -> Reply:
        """The answer to one request. Raises RuntimeApiError where there is none."""
        if body is not None:
            headers = {**headers, "Content-Length": str(len(body))}
        head = head_of(method, path, self._address, headers)
        if self._socket is not None:
            try:
                return self._ask(head, body or b"")
            except (OSError, EOFError):
                self.close()
        try:
            return self._ask(head, body or b"")
        except (OSError, EOFError) as error:
            self.close()
            raise RuntimeApiError(f"{method} {path} of the Runtime API has no answer: {error}") from error

    def close(self) -> None:
        """Hang up. The next request connects anew."""
        for each in (self._input, self._socket):
            if each is not None:
                each.close()
        self._input = self._socket = None

    def _ask(self, head: bytes, body: bytes) -> Reply:
        if self._socket is None:
            self._socket = connect(self._address)
            self._input = self._socket.makefile("rb")
        if len(body) <= _SENT_TOGETHER_BYTES:
            self._socket.sendall(head + body)
        else:
            self._socket.sendall(head)
            self._socket.sendall(body)
        assert self._input is not None  # noqa: S101 - made with the socket
        reply = read_reply(self._input)
        if reply.headers.get("connection", "").lower() == "close":
            self.close()
        return reply


def read_reply(stream: BinaryIO) -> Reply:
    """The next answer in the stream. Raises EOFError where it ends before the answer does."""
    line = _read_line(stream)
    try:
        status = int(line.split(b" ", 2)[1])
    except (IndexError, ValueError):
        raise EOFError(f"{line[:80]!r} is no status line") from None
    headers = _read_headers(stream)
    if headers.get("transfer-encoding", "").lower() == "chunked":
        return Reply(status, headers, _read_chunks(stream))
    length = int(headers.get("content-length", "0"))
    return Reply(status, headers, _read_exactly(stream, length))


def _read_line(stream: BinaryIO) -> bytes:
    line = stream.readline(_LINE_BYTES_MOST)
    if not line.endswith(b"\n"):
        raise EOFError("the connection was closed")
    return line


def _read_headers(stream: BinaryIO) -> dict[str, str]:
    headers = {}
    while (line := _read_line(stream).strip()) != b"":
        name, _, value = line.decode("utf-8", "replace").partition(":")
        headers[name.lower()] = value.strip()
    return headers


def _read_exactly(stream: BinaryIO, length: int) -> bytes:
    body = stream.read(length)
    if len(body) != length:
        raise EOFError("the connection was closed")
    return body


def _read_chunks(stream: BinaryIO) -> bytes:
    """A chunked body (RFC 9112, section 7.1), trailers read and left out."""
    parts = []
    while (size := int(_read_line(stream).partition(b";")[0], 16)) != 0:
        parts.append(_read_exactly(stream, size))
        _read_line(stream)
    _read_headers(stream)
    return b"".join(parts)
