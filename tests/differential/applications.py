"""The application that servers and gateways run: it shows its environ, or gives one of many answers.

Run as a script it serves itself with waitress on the listening socket whose number is the argument.
"""

from __future__ import annotations

import gzip
import hashlib
import json
import socket
import sys
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any

Header = tuple[str, str]
HTML, TEXT = ("Content-Type", "text/html; charset=utf-8"), ("Content-Type", "text/plain")


@dataclass(frozen=True, slots=True)
class Scripted:
    """An answer to give word by word."""

    status: str = "200 OK"
    headers: tuple[Header, ...] = (TEXT,)
    chunks: tuple[bytes, ...] = (b"x",)
    written: tuple[bytes, ...] = ()

    def to_json(self) -> bytes:
        """The script as a request body; bytes as one code point each."""
        chunks = [chunk.decode("latin-1") for chunk in self.chunks]
        return json.dumps({"status": self.status, "headers": self.headers, "chunks": chunks}).encode()

    @classmethod
    def from_json(cls, data: bytes) -> Scripted:
        """The script of a request body."""
        script = json.loads(data)
        headers = tuple((name, value) for name, value in script["headers"])
        return cls(script["status"], headers, tuple(chunk.encode("latin-1") for chunk in script["chunks"]))


ANSWERS = {
    "plain": Scripted(),
    "created": Scripted("201 Created", (TEXT, ("Location", "/things/1"))),
    "own-reason": Scripted("299 Odd But Fine"),
    "teapot": Scripted("418 I'm a teapot"),
    "not-found": Scripted("404 Not Found", (HTML,), (b"<h1>no</h1>",)),
    "server-error": Scripted("500 Internal Server Error"),
    "unavailable": Scripted("503 Service Unavailable", (TEXT, ("Retry-After", "120"))),
    "no-content": Scripted("204 No Content", (), ()),
    "not-modified": Scripted("304 Not Modified", (("ETag", '"v1"'), ("Cache-Control", "max-age=60")), ()),
    "empty": Scripted(chunks=()),
    "no-type": Scripted(headers=(), chunks=(b"plain words",)),
    "cookies": Scripted(
        headers=(
            TEXT,
            ("Set-Cookie", "a=1; Path=/; Expires=Wed, 24 Nov 2027 06:00:00 GMT"),
            ("Set-Cookie", 'b="x,y"; HttpOnly'),
            ("set-cookie", "c="),
        )
    ),
    "repeated": Scripted(
        headers=(TEXT, ("Vary", "Accept"), ("Link", "</a>; rel=x"), ("vary", "Cookie"), ("VARY", "X"))
    ),
    "utf8-value": Scripted(headers=(TEXT, ("X-Name", "Zo\u00c3\u00ab"))),
    "latin1-value": Scripted(headers=(TEXT, ("X-Name", "Zo\u00eb"))),
    "odd-values": Scripted(headers=(TEXT, ("X-Empty", ""), ("X-Tab", "a\tb"), ("X-Signs", "\"'<>{}|\\^`%,;="))),
    "location-utf8": Scripted("302 Found", (TEXT, ("Location", "/caf\u00c3\u00a9?q=\u00c3\u00a9#top"))),
    "location-encoded": Scripted("302 Found", (TEXT, ("Location", "https://a.example/caf%C3%A9?a=b%20c&d=[1]"))),
    "binary": Scripted(headers=(("Content-Type", "image/png"),), chunks=(bytes(range(256)),)),
    "binary-as-text": Scripted(headers=(TEXT,), chunks=(bytes(range(256)),)),
    "latin1-text": Scripted(headers=(("Content-Type", "text/plain; charset=latin-1"),), chunks=(b"caf\xe9",)),
    "utf8-text": Scripted(headers=(HTML,), chunks=("\ufeffcafé \u2028 \U0001f980\0".encode(),)),
    "json": Scripted(headers=(("Content-Type", "application/problem+json"),), chunks=(b'{"a": "\\u00e9"}',)),
    "gzip": Scripted(
        headers=(HTML, ("Content-Encoding", "gzip"), ("Vary", "Accept-Encoding")),
        chunks=(gzip.compress(b"<p>" * 400, mtime=0),),
    ),
    "odd-chunks": Scripted(chunks=(b"", b"caf\xc3", b"", b"\xa9", b"\n")),
    "written-first": Scripted(chunks=(b" and given",), written=(b"written", b"")),
    "announced": Scripted(headers=(TEXT, ("Content-Length", "5")), chunks=(b"12", b"345")),
    "large-text": Scripted(chunks=(b"0123456789" * 100_000,)),
    "large-binary": Scripted(headers=(("Content-Type", "image/png"),), chunks=(bytes(range(250)) * 2_800,)),
    "entity-headers": Scripted(
        headers=(
            TEXT,
            ("ETag", 'W/"1"'),
            ("Last-Modified", "Tue, 24 Nov 2026 06:00:00 GMT"),
            ("Content-Language", "en, de"),
            ("Accept-Ranges", "bytes"),
            ("Content-Disposition", "attachment; filename*=UTF-8''caf%C3%A9.txt"),
        )
    ),
    "partial": Scripted(
        "206 Partial Content",
        (("Content-Type", "application/octet-stream"), ("Content-Range", "bytes 0-3/10")),
        (b"\0\1\2\3",),
    ),
    "challenge": Scripted(
        "401 Unauthorized", (TEXT, ("WWW-Authenticate", 'Basic realm="a"'), ("WWW-Authenticate", "Bearer"))
    ),
}


def application(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
    """The answer that the path names or the body spells, or the environ as JSON."""
    _, asked, name = environ["PATH_INFO"].partition("/answers/")
    if asked:
        answer = ANSWERS[name] if name else Scripted.from_json(environ["wsgi.input"].read())
        return _give(answer, environ, start_response)
    start_response("200 OK", [("Content-Type", "application/json")])
    return [json.dumps(_seen(environ)).encode()]


def _give(answer: Scripted, environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterator[bytes]:
    write = start_response(answer.status, list(answer.headers))
    if environ["REQUEST_METHOD"] != "HEAD":
        for chunk in answer.written:
            write(chunk)
        yield from answer.chunks


def _seen(environ: dict[str, Any]) -> dict[str, str]:
    """What is text in the environ, and the body as one code point a byte, or the digest of a large one."""
    body = environ["wsgi.input"].read()
    texts = {key: value for key, value in environ.items() if isinstance(value, str)}
    return {**texts, "body": body.decode("latin-1") if len(body) < 10_000 else hashlib.sha256(body).hexdigest()}


if __name__ == "__main__":
    import waitress  # type: ignore[import-untyped]

    listener = socket.socket(fileno=int(sys.argv[1]))
    waitress.serve(application, sockets=[listener], threads=2, clear_untrusted_proxy_headers=False)
