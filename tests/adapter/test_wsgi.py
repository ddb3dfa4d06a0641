from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from io import BytesIO
from typing import Any

import pytest

from lambwsgi.adapter.errors import AppError
from lambwsgi.adapter.wsgi import FileWrapper, answer_of

GET = {"REQUEST_METHOD": "GET"}
TEXT = [("Content-Type", "text/plain")]


def answering(status: Any = "200 OK", headers: Any = (), body: Any = (b"x",)) -> Callable[..., Any]:
    def app(environ: Any, start_response: Any) -> Any:
        start_response(status, list(headers))
        return body

    return app


class Closing:
    """An iterable that remembers whether it was closed."""

    def __init__(self, chunks: list[Any]) -> None:
        self.chunks = chunks
        self.closed = False

    def __iter__(self) -> Iterator[Any]:
        for chunk in self.chunks:
            if isinstance(chunk, Exception):
                raise chunk
            yield chunk

    def close(self) -> None:
        self.closed = True


def test_written_bytes_come_before_those_of_the_iterable() -> None:
    def app(environ: Any, start_response: Any) -> list[bytes]:
        write = start_response("200 OK", TEXT)
        write(b"first ")
        return [b"second"]

    assert answer_of(app)(GET).body == b"first second"


def test_start_response_may_be_called_as_late_as_the_first_chunk() -> None:
    def app(environ: Any, start_response: Any) -> Iterator[bytes]:
        start_response("201 Created", TEXT)
        yield b"late"

    response = answer_of(app)(GET)

    assert (response.status, response.reason, response.body) == (201, "Created", b"late")


def test_exc_info_before_any_output_replaces_status_and_headers() -> None:
    def app(environ: Any, start_response: Any) -> list[bytes]:
        start_response("200 OK", [("X-Old", "1")])
        try:
            raise ValueError("boom")
        except ValueError:
            start_response("500 Oops", [("X-New", "1")], sys.exc_info())
        return [b"error page"]

    response = answer_of(app)(GET)

    assert response.status == 500
    assert response.headers == [("X-New", "1")]


def test_exc_info_after_output_is_raised() -> None:
    def app(environ: Any, start_response: Any) -> Iterator[bytes]:
        start_response("200 OK", TEXT)
        yield b"half"
        try:
            raise ValueError("boom")
        except ValueError:
            start_response("500 Oops", TEXT, sys.exc_info())

    with pytest.raises(ValueError, match="boom"):
        answer_of(app)(GET)


def test_a_second_start_response_without_exc_info_is_refused() -> None:
    def app(environ: Any, start_response: Any) -> list[bytes]:
        start_response("200 OK", TEXT)
        start_response("200 OK", TEXT)
        return []

    with pytest.raises(AppError, match="second time"):
        answer_of(app)(GET)


def test_the_iterable_is_closed_after_its_last_chunk() -> None:
    body = Closing([b"a", b"", b"b"])

    response = answer_of(answering(body=body))(GET)

    assert response.body == b"ab"
    assert body.closed


def test_the_iterable_is_closed_when_it_raises() -> None:
    body = Closing([b"a", RuntimeError("mid-body")])

    with pytest.raises(RuntimeError, match="mid-body"):
        answer_of(answering(body=body))(GET)
    assert body.closed


@pytest.mark.parametrize(
    ("app", "words"),
    [
        pytest.param(lambda environ, start: [], "without calling start_response", id="never started"),
        pytest.param(lambda environ, start: [b"x"], "before it called start_response", id="body first"),
        pytest.param(answering(body=["text"]), r"encode it: \.encode", id="str chunk"),
        pytest.param(answering(body=[1]), "gave a int", id="int chunk"),
        pytest.param(answering(status="OK"), "three digits", id="status without a code"),
        pytest.param(answering(status=200), "three digits", id="int status"),
        pytest.param(answering(status="200 OK\r\nX: 1"), "three digits", id="status with a line end"),
        pytest.param(answering(status="200 \x7f"), "control characters", id="status with a control character"),
        pytest.param(answering(status="200 日"), "native string", id="status that is no native string"),
        pytest.param(answering(status="100 Continue"), "interim", id="interim status"),
        pytest.param(answering(headers=[("X", "a\r\nY: b")]), "split the response", id="line end in a value"),
        pytest.param(answering(headers=[("X\n", "a")]), "split the response", id="line end in a name"),
        pytest.param(answering(headers=[("X", "a\0")]), "split the response", id="NUL in a value"),
        pytest.param(answering(headers=[("X", "日")]), "encode it", id="value that is no native string"),
        pytest.param(answering(headers=[("X", None)]), "is the NoneType None; a str was expected", id="None value"),
        pytest.param(answering(headers=[("Content-Length", "two")]), "number of bytes", id="length in words"),
    ],
)
def test_what_pep_3333_forbids_is_named(app: Any, words: str) -> None:
    with pytest.raises(AppError, match=words):
        answer_of(app)(GET)


@pytest.mark.parametrize(
    ("status", "parts"),
    [
        ("200 OK", (200, "OK")),
        ("299 Odd  one", (299, "Odd  one")),
        ("404", (404, "")),
        ("999 Me", (999, "Me")),
        # The bytes of UTF-8 are controls and blanks of latin-1; RFC 9112, section 4, has them as obs-text.
        ("404 \xc3\xa0 \xe6\x97\xa5", (404, "\xc3\xa0 \xe6\x97\xa5")),
    ],
)
def test_any_status_line_of_three_digits_is_taken(status: str, parts: tuple[int, str]) -> None:
    response = answer_of(answering(status=status))(GET)

    assert (response.status, response.reason) == parts


@pytest.mark.parametrize("make", [bytearray, memoryview])
def test_bytes_of_other_types_are_taken(make: Callable[[bytes], Any]) -> None:
    def app(environ: Any, start_response: Any) -> list[Any]:
        start_response("200 OK", TEXT)(make(b"written "))
        return [make(b"and "), make(b""), make(b"returned")]

    assert answer_of(app)(GET).body == b"written and returned"


def test_a_number_as_a_header_value_is_written_out() -> None:
    assert answer_of(answering(headers=[("X-Count", 3)]))(GET).headers == [("X-Count", "3")]


@pytest.mark.parametrize(
    ("method", "status", "headers"),
    [
        pytest.param("HEAD", "200 OK", [("Content-Length", "5")], id="HEAD keeps the length of GET"),
        pytest.param("GET", "204 No Content", [], id="204 has none"),
        pytest.param("GET", "304 Not Modified", [("Content-Length", "5")], id="304 may tell it"),
    ],
)
def test_no_body_where_none_may_be(method: str, status: str, headers: list[tuple[str, str]]) -> None:
    app = answering(status=status, headers=[("Content-Length", "5")], body=[b"hello"])

    response = answer_of(app)({"REQUEST_METHOD": method})

    assert response.body == b""
    assert response.headers == headers


@pytest.mark.parametrize(
    ("declared", "body"),
    [
        pytest.param("3", b"hel", id="no more is sent than was announced"),
        pytest.param("9", b"hello", id="a length too large is set right"),
        pytest.param("5", b"hello", id="a right length stays"),
    ],
)
def test_content_length_is_that_of_the_body(declared: str, body: bytes) -> None:
    response = answer_of(answering(headers=[("Content-Length", declared)], body=[b"hello"]))(GET)

    assert response.body == body
    assert response.headers == [("Content-Length", str(len(body)))]


def test_file_wrapper_reads_blocks_and_closes_the_file() -> None:
    file = BytesIO(b"abcdef")

    response = answer_of(answering(body=FileWrapper(file, 4)))(GET)

    assert response.body == b"abcdef"
    assert file.closed


@pytest.mark.parametrize(
    "header",
    [
        pytest.param(("", "1"), id="empty name"),
        pytest.param(("X A", "1"), id="blank in a name"),
        pytest.param(("X:A", "1"), id="colon in a name"),
        pytest.param(("X-Ä", "1"), id="name that is not ASCII"),
        pytest.param(("X-A", "a\x1bb"), id="control character in a value"),
        pytest.param(("X-A", "a\x7fb"), id="delete in a value"),
    ],
)
def test_a_header_that_http_does_not_allow_is_refused(header: tuple[str, str]) -> None:
    with pytest.raises(AppError, match="header"):
        answer_of(answering(headers=[header]))(GET)


@pytest.mark.parametrize(
    "header",
    [
        pytest.param(("X-A", "a\tb"), id="tab"),
        pytest.param(("X-A", "ÿ"), id="the last byte there is"),
        pytest.param(("X-A", " "), id="blank"),
        pytest.param(("!#$%&'*+-.^_`|~", "1"), id="every mark that a token may hold"),
    ],
)
def test_a_header_that_http_allows_is_taken(header: tuple[str, str]) -> None:
    assert answer_of(answering(headers=[header]))(GET).headers == [header]


def test_a_str_that_is_written_is_explained() -> None:
    def app(environ: Any, start_response: Any) -> list[bytes]:
        start_response("200 OK", TEXT)("text")
        return []

    with pytest.raises(AppError, match=r"write\(\) gave the str 'text'"):
        answer_of(app)(GET)


@pytest.mark.parametrize("status", ["²00 OK", "٢٠٠ OK", "2000 OK"])
def test_a_status_of_other_digits_is_refused(status: str) -> None:
    with pytest.raises(AppError, match="three digits"):
        answer_of(answering(status=status))(GET)


def test_middleware_that_turns_head_into_get_does_not_bring_the_body_back() -> None:
    def app(environ: Any, start_response: Any) -> list[bytes]:
        environ["REQUEST_METHOD"] = "GET"
        start_response("200 OK", TEXT)
        return [b"hello"]

    assert answer_of(app)({"REQUEST_METHOD": "HEAD"}).body == b""
