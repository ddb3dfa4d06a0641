"""One request in both of its forms: bytes for a server's socket, and what a gateway makes its event of."""

from __future__ import annotations

import socket
from collections.abc import Sequence
from dataclasses import dataclass, replace
from http.client import HTTPResponse

from lambwsgi.local.mirror.base import WireRequest

Header = tuple[str, str]

LOOPBACK = "127.0.0.1"


@dataclass(frozen=True, slots=True)
class Request:
    """What a client sends. `headers` are native strings in any case; a body is framed by its length or in chunks."""

    target: str
    method: str = "GET"
    headers: Sequence[Header] = ()
    body: bytes = b""
    chunked: bool = False
    protocol: str = "HTTP/1.1"

    def framed(self, port: int) -> Request:
        """The same with the headers that every client adds: Host, where there is none, and how the body ends."""
        names = {name.lower() for name, _ in self.headers}
        host = [] if "host" in names or self.protocol == "HTTP/1.0" else [("Host", f"{LOOPBACK}:{port}")]
        if self.chunked:
            framing = [("Transfer-Encoding", "chunked")]
        else:
            framing = [("Content-Length", str(len(self.body)))] if self.body else []
        return replace(self, headers=[*host, *self.headers, *framing])

    def to_bytes(self) -> bytes:
        """The request as it goes over the wire, HTTP/1.1 syntax."""
        lines = [f"{self.method} {self.target} {self.protocol}", *(f"{name}: {value}" for name, value in self.headers)]
        head = "\r\n".join([*lines, "", ""]).encode("latin-1")
        return head + (_chunks(self.body) if self.chunked else self.body)

    def to_wire(self, port: int) -> WireRequest:
        """The request as a gateway has read it: names in lower case, transfer coding undone."""
        headers = [(name.lower(), value.strip(" \t")) for name, value in self.headers]
        return WireRequest(self.method, self.target, headers, self.body, "http", str(port), LOOPBACK, self.protocol)


def _chunks(body: bytes) -> bytes:
    """The body in chunks of 7 bytes, with an extension that says nothing."""
    parts = [body[start : start + 7] for start in range(0, len(body), 7)]
    return b"".join(b"%x;odd=1\r\n%s\r\n" % (len(part), part) for part in parts) + b"0\r\n\r\n"


@dataclass(frozen=True, slots=True)
class Answer:
    """What the client gets. Header names are in lower case."""

    status: int
    reason: str
    headers: Sequence[Header]
    body: bytes


def send(request: Request, port: int) -> Answer:
    """The answer of the server at that port."""
    with socket.create_connection((LOOPBACK, port), timeout=30) as connection:
        connection.sendall(request.to_bytes())
        response = HTTPResponse(connection, method=request.method)
        response.begin()
        headers = [(name.lower(), value) for name, value in response.getheaders()]
        return Answer(response.status, response.reason, headers, response.read())
