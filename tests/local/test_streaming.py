"""Responses that a gateway passes on while they are made: what a client sees on a real socket, and in a test."""

from __future__ import annotations

import http.client
import json
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from werkzeug.test import Client

from lambwsgi import make_handler
from lambwsgi.local.context import LambdaContext
from lambwsgi.local.errors import CutOffError, LocalError
from lambwsgi.local.mirror.table import MIRRORS, pick
from lambwsgi.local.server import BackgroundServer, Place
from lambwsgi.local.streaming import StreamingGateway
from lambwsgi.local.timeout import with_timeout
from lambwsgi.testing import LambdaClient

STREAMING = ("function_url", "rest_api")
TEXT = [("Content-Type", "text/plain")]
MANY = 800
PIECE = b"x" * 65_536


class Shop:
    """An application whose answers wait for the test. `made` counts the parts, `closed` tells of `close()`."""

    def __init__(self) -> None:
        self.go_on = threading.Event()
        self.made = 0
        self.closed = threading.Event()

    def __call__(self, environ: Any, start_response: Any) -> Any:
        pages: dict[str, Callable[..., Any]] = {
            "/events": self.events,
            "/large": self.large,
            "/fail": self.fail,
            "/fail_at_once": self.fail_at_once,
            "/whole": self.whole,
            "/sleep": self.sleep,
        }
        return _Closing(pages[environ["PATH_INFO"]](start_response), self.closed)

    def events(self, start_response: Any) -> Iterator[bytes]:
        start_response("200 OK", [("Content-Type", "text/event-stream")])
        yield b"data: 1\n\n"
        assert self.go_on.wait(20)
        yield b"data: 2\n\n"

    def large(self, start_response: Any) -> Iterator[bytes]:
        start_response("200 OK", TEXT)
        for _ in range(MANY):
            self.made += 1
            yield PIECE

    def fail(self, start_response: Any) -> Iterator[bytes]:
        start_response("200 OK", TEXT)
        yield b"one"
        yield b"two"
        raise OSError("the disk is gone")

    def fail_at_once(self, start_response: Any) -> Iterator[bytes]:
        raise OSError("the disk is gone")
        yield b""

    def whole(self, start_response: Any) -> Iterator[bytes]:
        start_response("201 Made", [*TEXT, ("Content-Length", "5"), ("Set-Cookie", "a=1"), ("Set-Cookie", "b=2")])
        yield b"whole"

    def sleep(self, start_response: Any) -> Iterator[bytes]:
        self.go_on.wait(20)
        start_response("200 OK", TEXT)
        yield b"late"


class _Closing:
    def __init__(self, parts: Iterator[bytes], closed: threading.Event) -> None:
        self._parts = parts
        self._closed = closed

    def __iter__(self) -> Iterator[bytes]:
        return self._parts

    def close(self) -> None:
        self._closed.set()


@contextmanager
def served(handler: Any, gateway: str, **options: Any) -> Iterator[Place]:
    server = BackgroundServer(StreamingGateway(handler, pick(gateway), **options), Place("127.0.0.1", 0))
    try:
        yield server.place
    finally:
        server.close()


@contextmanager
def asked(place: Place, path: str, method: str = "GET") -> Iterator[http.client.HTTPResponse]:
    connection = http.client.HTTPConnection(place.host, place.port, timeout=30)
    connection.request(method, path)
    try:
        yield connection.getresponse()
    finally:
        connection.close()


@pytest.mark.parametrize("gateway", STREAMING)
def test_the_first_event_arrives_before_the_second_is_made(gateway: str) -> None:
    shop = Shop()

    with served(make_handler(shop, streaming=True), gateway) as place, asked(place, "/events") as response:
        first = response.readline()
        shop.go_on.set()
        rest = response.read()

    assert response.getheader("Transfer-Encoding") == "chunked"
    assert (first, rest) == (b"data: 1\n", b"\ndata: 2\n\n")


@pytest.mark.parametrize("gateway", STREAMING)
def test_a_large_body_begins_before_it_is_made_and_does_not_wait_in_memory(gateway: str) -> None:
    shop = Shop()

    with served(make_handler(shop, streaming=True), gateway) as place, asked(place, "/large") as response:
        first = response.read(len(PIECE))
        made_at_first = shop.made
        rest = response.read()

    # What waits on the way: sixteen pieces between function and gateway, what fits into the sockets' buffers.
    assert made_at_first < MANY / 2
    assert first + rest == PIECE * MANY


def test_a_response_has_its_status_its_cookies_and_the_length_that_it_declares() -> None:
    with served(make_handler(Shop(), streaming=True), "function_url") as place, asked(place, "/whole") as response:
        body = response.read()

    assert (response.status, body, response.getheader("Content-Length")) == (201, b"whole", "5")
    assert response.headers.get_all("set-cookie") == ["a=1", "b=2"]


def test_a_failure_in_the_middle_is_seen_as_a_body_that_is_not_whole() -> None:
    with (
        served(make_handler(Shop(), streaming=True), "function_url") as place,
        asked(place, "/fail") as response,
        pytest.raises(http.client.IncompleteRead) as broken,
    ):
        response.read()

    assert response.status == 200
    assert broken.value.partial == b"onetwo"


def test_a_failure_before_the_first_part_is_a_500() -> None:
    with served(make_handler(Shop(), streaming=True), "rest_api") as place, asked(place, "/fail_at_once") as response:
        problem = json.loads(response.read())

    assert (response.status, problem["title"]) == (500, "Internal Server Error")


def test_a_client_that_leaves_does_not_stop_the_function() -> None:
    shop = Shop()

    with served(make_handler(shop, streaming=True), "function_url") as place:
        with socket.create_connection((place.host, place.port)) as connection:
            connection.sendall(b"GET /large HTTP/1.1\r\nHost: a.example\r\n\r\n")
            connection.recv(1000)

        assert shop.closed.wait(20)
    assert shop.made == MANY


def test_head_has_no_body_and_is_not_waited_for() -> None:
    with (
        served(make_handler(Shop(), streaming=True), "function_url") as place,
        asked(place, "/events", "HEAD") as response,
    ):
        assert (response.status, response.read()) == (200, b"")


def test_a_function_that_takes_too_long_is_the_gateways_error() -> None:
    shop = Shop()
    handler = with_timeout(make_handler(shop, streaming=True), 0.2)

    with served(handler, "function_url") as place, asked(place, "/sleep") as response:
        status = response.status
    shop.go_on.set()

    assert status == 502


@pytest.mark.parametrize("gateway", sorted(set(MIRRORS) - set(STREAMING)))
def test_a_gateway_that_waits_for_all_of_a_response_says_so(gateway: str) -> None:
    with pytest.raises(LocalError, match="cannot stream"):
        StreamingGateway(make_handler(Shop()), pick(gateway))


def test_a_whole_result_on_a_streaming_url_is_the_body_as_it_is() -> None:
    """What a function that does not stream looks like behind a URL that does: the envelope is shown."""
    with served(make_handler(Shop()), "function_url") as place, asked(place, "/whole") as response:
        envelope = json.loads(response.read())

    assert (response.status, response.getheader("content-type")) == (200, "application/json")
    assert (envelope["statusCode"], envelope["body"]) == (201, "whole")


def raw(*pieces: bytes) -> Any:
    def handler(event: Any, context: LambdaContext) -> None:
        assert context.begin_payload is not None
        receive = context.begin_payload("application/vnd.awslambda.http-integration-response")
        for piece in pieces:
            receive(piece)

    return handler


def test_a_prelude_may_come_in_pieces() -> None:
    handler = raw(b'{"statusCode"', b":202}\0\0\0", b"\0\0\0\0\0bo", b"dy")

    response = Client(StreamingGateway(handler, pick("function_url"))).get("/")

    assert (response.status_code, response.data) == (202, b"body")


@pytest.mark.parametrize("gateway", STREAMING)
@pytest.mark.parametrize(
    "pieces",
    [
        (b'{"statusCode":200}',),
        (b"{broken" + b"\0" * 8,),
        (b'{"statusCode":200,"headers":{"a":"' + b"x" * 17_000 + b'"}}' + b"\0" * 8,),
        (b'{"statusCode":"many"}' + b"\0" * 8,),
        (b"[1]" + b"\0" * 8,),
    ],
    ids=["no_end", "no_json", "too_long", "no_status", "no_object"],
)
def test_a_prelude_that_is_none_is_a_502(gateway: str, pieces: tuple[bytes, ...]) -> None:
    response = Client(StreamingGateway(raw(*pieces), pick(gateway))).get("/")

    assert response.status_code == 502


def test_a_test_reads_a_stream_as_it_comes() -> None:
    shop = Shop()
    client = LambdaClient(shop, "rest_api", streaming=True)

    response = client.get("/events")
    parts = response.iter_encoded()
    first = next(parts)
    shop.go_on.set()

    assert (first, list(parts)) == (b"data: 1\n\n", [b"data: 2\n\n"])
    assert client.exchange.streamed
    assert client.exchange.result["statusCode"] == 200
    client.assert_valid()


def test_a_test_sees_what_cut_a_stream_off() -> None:
    response = LambdaClient(Shop(), streaming=True).get("/fail")

    with pytest.raises(CutOffError, match="the disk is gone") as cut_off:
        response.get_data()
    assert isinstance(cut_off.value.__cause__, OSError)


def test_a_test_may_leave_a_stream() -> None:
    shop = Shop()

    LambdaClient(shop, streaming=True).get("/large").close()

    assert shop.closed.wait(20)
