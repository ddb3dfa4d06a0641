"""Bodies by length and in chunks, as RFC 9112 has them."""

from __future__ import annotations

import io
from email.message import Message

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lambwsgi.local.lambda_service.request_body import PIECE_BYTES, RequestBody, TruncatedBodyError


def body(wire: bytes, **headers: str) -> RequestBody:
    """The body in these bytes."""
    message = Message()
    for name, value in headers.items():
        message[name.replace("_", "-")] = value
    return RequestBody(io.BufferedReader(io.BytesIO(wire)), message)


def test_a_counted_body_ends_where_it_says() -> None:
    assert body(b"abcdef", content_length="4").read(100) == (b"abcd", 4)


def test_without_a_length_there_is_no_body() -> None:
    assert body(b"abc").read(100) == (b"", 0)


def test_chunks_may_have_extensions_and_trailers_follow_them() -> None:
    read = body(b"3;a=b\r\nabc\r\nA\r\n0123456789\r\n0\r\nX-One: 1\r\nx-two:2\r\n\r\n", transfer_encoding="chunked")

    assert list(read) == [b"abc", b"0123456789"]
    assert read.trailers == {"x-one": "1", "x-two": "2"}


def test_what_is_above_a_limit_is_counted_and_not_kept() -> None:
    assert body(b"x" * 300_000, content_length="300000").read(10) == (b"x" * 10, 300_000)


def test_a_body_can_be_drained_after_a_part_of_it_was_read() -> None:
    read = body(b"1\r\na\r\n1\r\nb\r\n0\r\nend: 1\r\n\r\n", transfer_encoding="chunked")
    next(iter(read))
    read.drain()

    assert read.trailers == {"end": "1"}


@pytest.mark.parametrize(
    "wire",
    [b"", b"3\r\nab", b"3\r\nabcd\r\n0\r\n\r\n", b"zz\r\n", b"1\r\na\r\n", b"0\r\n", b"0\r\nX: 1\r\n"],
    ids=["nothing", "half a chunk", "too long a chunk", "no size", "no last chunk", "no end", "no end of trailers"],
)
def test_a_body_without_its_end_is_truncated(wire: bytes) -> None:
    with pytest.raises(TruncatedBodyError):
        body(wire, transfer_encoding="chunked").drain()


@given(st.lists(st.binary(min_size=1, max_size=3 * PIECE_BYTES), max_size=4))
def test_pieces_are_small_and_together_what_was_sent(chunks: list[bytes]) -> None:
    wire = b"".join(b"%x\r\n%s\r\n" % (len(chunk), chunk) for chunk in chunks) + b"0\r\n\r\n"

    pieces = list(body(wire, transfer_encoding="chunked"))

    assert b"".join(pieces) == b"".join(chunks)
    assert all(len(piece) <= PIECE_BYTES for piece in pieces)
