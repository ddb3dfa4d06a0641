"""Responses that are sent while they are made: what the application says, and what goes out, in which order."""

from __future__ import annotations

import base64
import gzip
import json
import time
import zlib
from collections.abc import Callable, Iterator
from typing import Any
from wsgiref.validate import validator

import pytest

from lambwsgi import LambWSGIError, make_handler
from tests.events.cases import event_of

URL = event_of("function_url/captured_request")
REST = event_of("rest_api/captured_request")
TEXT = [("Content-Type", "text/plain")]

# The other way of pytest's own deadline is SIGALRM, which the handler then leaves alone.
pytestmark = pytest.mark.timeout(60, method="thread")


class Receiver:
    """A context whose runtime streams; `said` is what went out and what the application did, in order."""

    aws_request_id = "11111111-2222-4333-8444-555555555555"

    def __init__(self, milliseconds: int = 30_000) -> None:
        self.said: list[Any] = []
        self._milliseconds = milliseconds

    def get_remaining_time_in_millis(self) -> int:
        return self._milliseconds

    def begin_response(self, prelude: dict[str, Any]) -> Callable[[bytes], None]:
        assert self.said == [] or isinstance(self.said[0], str)
        self.said.append(prelude)
        return self.said.append

    @property
    def prelude(self) -> dict[str, Any]:
        return next(each for each in self.said if isinstance(each, dict))

    @property
    def body(self) -> bytes:
        return b"".join(each for each in self.said if isinstance(each, bytes))


def stream(app: Any, event: Any = URL, **options: Any) -> Receiver:
    receiver = Receiver()
    assert make_handler(app, streaming=True, **options)(event, receiver) == {}
    return receiver


def with_method(event: dict[str, Any], method: str) -> dict[str, Any]:
    context = {**event["requestContext"], "http": {**event["requestContext"]["http"], "method": method}}
    return {**event, "requestContext": context}


def of_parts(*parts: bytes, status: str = "200 OK", headers: Any = TEXT) -> Any:
    def app(environ: Any, start_response: Any) -> Any:
        start_response(status, list(headers))
        return iter(parts)

    return app


class Closing:
    """An iterable that tells the receiver what the server does with it."""

    def __init__(self, said: list[Any], *parts: bytes, failing: Exception | None = None) -> None:
        self._said = said
        self._parts = iter(parts)
        self._failing = failing

    def __iter__(self) -> Iterator[bytes]:
        return self

    def __next__(self) -> bytes:
        for part in self._parts:
            self._said.append("made")
            return part
        if self._failing:
            raise self._failing
        raise StopIteration

    def close(self) -> None:
        self._said.append("closed")


def test_each_part_goes_out_before_the_next_is_made_and_close_comes_last() -> None:
    receiver = Receiver()

    def app(environ: Any, start_response: Any) -> Any:
        start_response("200 OK", TEXT)
        return Closing(receiver.said, b"one", b"", b"two")

    make_handler(app, streaming=True)(URL, receiver)

    prelude = {"statusCode": 200, "headers": {"content-type": "text/plain"}}
    assert receiver.said == ["made", prelude, b"one", "made", "made", b"two", "closed"]


def test_a_function_url_gets_its_cookies_apart_and_a_rest_api_all_headers_as_lists() -> None:
    headers = [*TEXT, ("Set-Cookie", "a=1"), ("Set-Cookie", "b=2"), ("X-One", "1"), ("x-one", "2")]

    url, rest = (stream(of_parts(b"x", status="201 Made", headers=headers), event) for event in (URL, REST))

    assert url.prelude == {
        "statusCode": 201,
        "headers": {"content-type": "text/plain", "x-one": "1, 2"},
        "cookies": ["a=1", "b=2"],
    }
    assert rest.prelude == {
        "statusCode": 201,
        "multiValueHeaders": {"Content-Type": ["text/plain"], "Set-Cookie": ["a=1", "b=2"], "X-One": ["1", "2"]},
    }


def test_bytes_are_sent_as_they_are() -> None:
    body = bytes(range(256))

    assert stream(of_parts(body)).said[1:] == [body]


def test_write_sends_at_once() -> None:
    receiver = Receiver()

    def app(environ: Any, start_response: Any) -> Any:
        write = start_response("200 OK", TEXT)
        write(b"one")
        receiver.said.append("later")
        write(b"")
        return [b"two"]

    make_handler(app, streaming=True)(URL, receiver)

    assert receiver.said[1:] == [b"one", "later", b"two"]


@pytest.mark.parametrize("parts", [(), (b"",)], ids=["nothing", "an_empty_part"])
def test_an_empty_body_ends_at_once_and_says_that_it_is_empty(parts: tuple[bytes, ...]) -> None:
    receiver = stream(of_parts(*parts, status="302 Found", headers=[("Location", "/there")]))

    assert receiver.said == [{"statusCode": 302, "headers": {"location": "/there", "content-length": "0"}}]


@pytest.mark.parametrize("status", ["204 No Content", "304 Not Modified"])
def test_a_status_without_a_body_has_neither_body_nor_length(status: str) -> None:
    receiver = stream(of_parts(b"not sent", status=status, headers=[("X-A", "1")]))

    assert receiver.said == [{"statusCode": int(status[:3]), "headers": {"x-a": "1"}}]


def test_head_has_the_length_that_the_body_would_have_and_does_not_wait_for_all_of_it() -> None:
    def app(environ: Any, start_response: Any) -> Iterator[bytes]:
        start_response("200 OK", [*TEXT, ("Content-Length", "1000000")])
        while True:
            yield b"endless"

    receiver = stream(app, with_method(URL, "HEAD"))

    assert receiver.said == [
        {"statusCode": 200, "headers": {"content-type": "text/plain", "content-length": "1000000"}}
    ]


def test_no_more_is_sent_than_was_declared() -> None:
    receiver = stream(of_parts(b"abc", b"def", b"ghi", headers=[*TEXT, ("Content-Length", "5")]))

    assert receiver.said[1:] == [b"abc", b"de"]


def test_a_body_that_is_shorter_than_declared_is_seen_to_be_cut_off() -> None:
    receiver = Receiver()
    app = of_parts(b"abc", headers=[*TEXT, ("Content-Length", "5")])

    with pytest.raises(LambWSGIError, match="ended 2 bytes before"):
        make_handler(app, streaming=True)(URL, receiver)

    assert receiver.body == b"abc"


def test_a_declared_length_is_mended_where_nothing_has_gone_yet() -> None:
    receiver = stream(of_parts(headers=[*TEXT, ("Content-Length", "5")]))

    assert receiver.said == [{"statusCode": 200, "headers": {"content-type": "text/plain", "content-length": "0"}}]


def late(environ: Any, start_response: Any) -> Iterator[bytes]:
    start_response("200 OK", TEXT)
    yield b"first"


def test_start_response_may_come_with_the_first_part() -> None:
    assert stream(late).body == b"first"


def test_a_failure_before_the_first_part_is_a_500_in_the_same_way_as_without_streaming() -> None:
    def app(environ: Any, start_response: Any) -> Iterator[bytes]:
        start_response("200 OK", TEXT)
        raise RuntimeError("secret")
        yield b""

    receiver = stream(app)

    assert receiver.prelude["statusCode"] == 500
    assert receiver.prelude["headers"]["content-type"] == "application/problem+json"
    assert json.loads(receiver.body)["request_id"] == Receiver.aws_request_id


def test_an_application_may_take_its_start_back_until_bytes_have_gone() -> None:
    def app(environ: Any, start_response: Any) -> Any:
        start_response("200 OK", TEXT)
        try:
            raise ValueError("no")
        except ValueError as error:
            start_response("503 Away", TEXT, (ValueError, error, error.__traceback__))
        return [b"away"]

    receiver = stream(app)

    assert (receiver.prelude["statusCode"], receiver.body) == (503, b"away")


def test_after_bytes_have_gone_the_application_gets_its_own_exception_back() -> None:
    def app(environ: Any, start_response: Any) -> Iterator[bytes]:
        start_response("200 OK", TEXT)
        yield b"one"
        try:
            raise ValueError("too late")
        except ValueError as error:
            start_response("500 No", TEXT, (ValueError, error, error.__traceback__))
        yield b"two"

    receiver = Receiver()
    with pytest.raises(ValueError, match="too late"):
        make_handler(app, streaming=True)(URL, receiver)

    assert receiver.body == b"one"


def test_what_close_raises_does_not_cut_a_body_that_is_whole(caplog: pytest.LogCaptureFixture) -> None:
    class Failing(Closing):
        def close(self) -> None:
            raise OSError("connection is gone")

    def app(environ: Any, start_response: Any) -> Any:
        start_response("200 OK", TEXT)
        return Failing([], b"one", b"two")

    receiver = stream(app)

    assert receiver.body == b"onetwo"
    assert "connection is gone" in caplog.text


def test_a_failure_in_the_middle_is_raised_after_the_iterable_was_closed() -> None:
    receiver = Receiver()

    def app(environ: Any, start_response: Any) -> Any:
        start_response("200 OK", TEXT)
        return Closing(receiver.said, b"one", b"two", failing=OSError("disk"))

    with pytest.raises(OSError, match="disk"):
        make_handler(app, streaming=True)(URL, receiver)

    assert receiver.said[1:] == [receiver.prelude, b"one", "made", b"two", "closed"]


@pytest.mark.parametrize(
    ("app", "words"),
    [
        (lambda environ, start_response: [b"x"], "before it called start_response"),
        (lambda environ, start_response: [], "without calling start_response"),
        (of_parts(b"x", status="OK"), "the status is 'OK'"),
        (of_parts(b"x", headers=[("A\r\nB", "c")]), "split the response"),
    ],
    ids=["no_start", "nothing_at_all", "status", "header"],
)
def test_what_the_specification_forbids_is_a_500_and_named_in_the_log(
    app: Any, words: str, caplog: pytest.LogCaptureFixture
) -> None:
    receiver = stream(app)

    assert receiver.prelude["statusCode"] == 500
    assert words in caplog.text


def test_a_text_in_the_middle_of_the_body_is_named_as_the_mistake_it_is() -> None:
    def app(environ: Any, start_response: Any) -> Any:
        start_response("200 OK", TEXT)
        return [b"one", "two"]

    with pytest.raises(LambWSGIError, match="gave the str 'two'"):
        make_handler(app, streaming=True)(URL, Receiver())


@pytest.mark.parametrize("event", ["http_api/captured_request", "alb/captured_request_multi_value"])
def test_a_gateway_that_cannot_stream_gets_its_result_whole(event: str) -> None:
    result = make_handler(of_parts(b"whole"), streaming=True)(event_of(event), Receiver())

    assert result["body"] == "whole"


def test_who_invokes_the_function_itself_gets_the_result_whole() -> None:
    result = make_handler(of_parts(b"whole"), streaming=True)({**URL, "lambwsgi": {}}, Receiver())

    assert result["body"] == "whole"


def test_a_runtime_that_cannot_stream_is_told_what_to_do() -> None:
    with pytest.raises(LambWSGIError, match="AWS_LAMBDA_EXEC_WRAPPER=/var/task/lambwsgi/runtime/bootstrap"):
        make_handler(of_parts(b"x"), streaming=True)(URL, None)


def test_the_deadline_before_the_first_part_is_a_504() -> None:
    def app(environ: Any, start_response: Any) -> Any:
        time.sleep(20)

    receiver = Receiver(milliseconds=250)
    make_handler(app, streaming=True, deadline_margin_seconds=0.5)(URL, receiver)

    assert receiver.prelude["statusCode"] == 504


def test_the_deadline_in_the_middle_cuts_the_body_off() -> None:
    def app(environ: Any, start_response: Any) -> Iterator[bytes]:
        start_response("200 OK", TEXT)
        yield b"one"
        time.sleep(20)

    receiver = Receiver(milliseconds=250)
    with pytest.raises(LambWSGIError, match="time was up"):
        make_handler(app, streaming=True, deadline_margin_seconds=0.5)(URL, receiver)

    assert receiver.body == b"one"


def test_the_access_log_tells_what_has_gone(capsys: pytest.CaptureFixture[str]) -> None:
    stream(of_parts(b"abc", b"de", status="202 Yes"), access_log=True)

    line = json.loads(capsys.readouterr().out)
    assert (line["status"], line["bytes"], line["gateway"]) == (202, 5, "function_url")


def accepting(coding: str) -> dict[str, Any]:
    return {**URL, "headers": {**URL["headers"], "accept-encoding": coding}}


def _undo_br(parts: list[bytes]) -> list[bytes]:
    import brotli

    decoder = brotli.Decompressor()
    return [decoder.process(part) for part in parts]


def _undo_zstd(parts: list[bytes]) -> list[bytes]:
    import zstandard

    decoder = zstandard.ZstdDecompressor().decompressobj()
    return [decoder.decompress(part) for part in parts]


def _undo_gzip(parts: list[bytes]) -> list[bytes]:
    decoder = zlib.decompressobj(32 + 15)
    return [decoder.decompress(part) for part in parts]


@pytest.mark.parametrize(
    ("coding", "undo"), [("gzip", _undo_gzip), ("br", _undo_br), ("zstd", _undo_zstd)], ids=["gzip", "br", "zstd"]
)
def test_a_coded_body_can_be_read_part_by_part(coding: str, undo: Callable[[list[bytes]], list[bytes]]) -> None:
    parts = [b"first " * 10, b"second", b"third " * 500]

    receiver = stream(of_parts(*parts, headers=[*TEXT, ("ETag", '"a"')]), accepting(coding), compress=True)

    headers = receiver.prelude["headers"]
    assert (headers["content-encoding"], headers["vary"], headers["etag"]) == (coding, "Accept-Encoding", 'W/"a"')
    assert undo(receiver.said[1:])[:3] == parts


@pytest.mark.parametrize(
    "headers",
    [
        [("Content-Type", "text/event-stream")],
        [("Content-Type", "image/png")],
        [*TEXT, ("Content-Length", "12")],
        [*TEXT, ("Content-Encoding", "br")],
        [*TEXT, ("Cache-Control", "no-transform")],
    ],
    ids=["events", "image", "small", "coded_already", "not_to_be_changed"],
)
def test_what_gains_nothing_by_coding_or_must_not_be_coded_is_not(headers: Any) -> None:
    receiver = stream(of_parts(b"twelve bytes", headers=headers), accepting("gzip"), compress=True)

    assert receiver.said[1:] == [b"twelve bytes"]


def test_a_coded_body_of_a_declared_length_has_no_length() -> None:
    body = b"text " * 400
    app = of_parts(body, headers=[*TEXT, ("Content-Length", str(len(body)))])

    receiver = stream(app, accepting("gzip"), compress=True)

    assert "content-length" not in receiver.prelude["headers"]
    assert gzip.decompress(receiver.body) == body


def test_a_valid_application_is_driven_validly() -> None:
    def app(environ: Any, start_response: Any) -> Any:
        write = start_response("200 OK", TEXT)
        write(b"one")
        return [b"two"]

    assert stream(validator(app)).body == b"onetwo"


def test_an_option_that_changes_the_request_works_with_it() -> None:
    def app(environ: Any, start_response: Any) -> Any:
        start_response("200 OK", TEXT)
        return [environ["HTTP_HOST"].encode(), environ["wsgi.input"].read()]

    event = {
        **with_method(URL, "POST"),
        "headers": {"content-encoding": "gzip", "x-forwarded-host": "shop.example"},
        "body": base64.b64encode(gzip.compress(b" plain")).decode(),
        "isBase64Encoded": True,
    }

    receiver = stream(app, event, host_header="x-forwarded-host", inflate_limit_bytes=1000)

    assert receiver.body == b"shop.example plain"
