"""What a client sees on a socket: bodies where there may be some, lengths that are true, nothing of another hop."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from email.message import Message
from email.parser import BytesParser
from typing import Any

import pytest

from lambwsgi.local.gateway import EmulatedGateway
from lambwsgi.local.mirror.table import MIRRORS, pick
from lambwsgi.local.server import BackgroundServer, Place

HEADERS = {
    "Keep-Alive": "timeout=99",
    "Upgrade": "h2c",
    "Content-Length": "99",
    "Transfer-Encoding": "gzip",
    "x-own": "1",
}


def handler(event: Any, _context: Any) -> object:
    """The path is the status; a body comes whatever the status."""
    if "Records" in event:
        own = {"x-own": [{"key": "x-own", "value": "1"}]}
        return {"status": event["Records"][0]["cf"]["request"]["uri"][1:], "headers": own, "body": "hello"}
    path = event.get("rawPath") or event.get("path") or event["raw_path"]
    result = {"statusCode": int(path[1:]), "body": "hello", "isBase64Encoded": False}
    many = {"multiValueHeaders": {name: [value] for name, value in HEADERS.items()}}
    return {**result, **many} if "multiValueHeaders" in event else {**result, "headers": HEADERS}


@pytest.fixture(params=sorted(MIRRORS))
def place(request: pytest.FixtureRequest) -> Iterator[Place]:
    """Each gateway in turn, served."""
    server = BackgroundServer(EmulatedGateway(handler, pick(request.param)), Place("127.0.0.1", 0))
    yield server.place
    server.close()


def ask(place: Place, method: str, target: str) -> tuple[int, Message, bytes]:
    """Status, headers, and every byte that came behind them until the server closed the connection."""
    with socket.create_connection((place.host, place.port), timeout=30) as connection:
        connection.sendall(f"{method} {target} HTTP/1.1\r\nHost: a.example\r\nConnection: close\r\n\r\n".encode())
        received = b"".join(iter(lambda: connection.recv(65536), b""))
    head, _, body = received.partition(b"\r\n\r\n")
    line, _, headers = head.partition(b"\r\n")
    return int(line.split()[1]), BytesParser().parsebytes(headers + b"\r\n\r\n"), body


def test_a_body_has_its_true_length(place: Place) -> None:
    status, headers, body = ask(place, "GET", "/200")

    assert (status, headers.get_all("content-length"), body) == (200, ["5"], b"hello")


@pytest.mark.parametrize("target", ["/204", "/304"])
def test_a_status_that_has_no_body_has_none(place: Place, target: str) -> None:
    status, headers, body = ask(place, "GET", target)

    assert (status, body) == (int(target[1:]), b"")
    assert headers["content-length"] is None


def test_head_is_answered_with_the_headers_alone(place: Place) -> None:
    status, headers, body = ask(place, "HEAD", "/200")

    assert (status, headers["x-own"], body) == (200, "1", b"")


@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_nothing_that_is_for_one_hop_passes(place: Place, method: str) -> None:
    _, headers, _ = ask(place, method, "/200")

    assert [headers["keep-alive"], headers["upgrade"], headers["transfer-encoding"]] == [None, None, None]
    assert headers.get_all("connection", ["close"]) == ["close"]
    assert headers["content-length"] in {"5", None}
