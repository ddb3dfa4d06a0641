from __future__ import annotations

import base64

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lambwsgi.adapter.errors import BadRequestError
from lambwsgi.adapter.gateways.reading import read_body
from lambwsgi.adapter.gateways.writing import is_text, write_body

MEDIA_TYPES = st.sampled_from([None, "text/html", "application/json", "image/png", "application/octet-stream"])


@given(body=st.binary(), content_type=MEDIA_TYPES, encoding=st.sampled_from([None, "gzip", "identity"]))
def test_a_body_that_is_written_and_read_is_the_same(body: bytes, content_type: str, encoding: str | None) -> None:
    named = {"content-type": content_type, "content-encoding": encoding}

    text, is_base64 = write_body(body, {name: value for name, value in named.items() if value is not None})

    assert read_body(text, is_base64=is_base64) == body


@given(body=st.binary())
def test_the_url_safe_alphabet_without_padding_is_understood(body: bytes) -> None:
    text = base64.urlsafe_b64encode(body).decode().rstrip("=")

    assert read_body(text, is_base64=True) == body


@pytest.mark.parametrize("text", ["!!!", "a", "é", "QUJD QU*D"])
def test_what_is_no_base64_is_a_bad_request(text: str) -> None:
    with pytest.raises(BadRequestError, match="marked as base64"):
        read_body(text, is_base64=True)


@pytest.mark.parametrize("body", [None, "", b""])
def test_a_missing_body_is_empty(body: object) -> None:
    assert read_body(body, is_base64=True) == b""


@pytest.mark.parametrize(
    "media_type",
    ["text/css", "TEXT/HTML; charset=utf-8", "application/vnd.api+json", "image/svg+xml", "application/problem+json",
     "application/x-www-form-urlencoded", "application/xml"],
)  # fmt: skip
def test_types_of_text(media_type: str) -> None:
    assert is_text(media_type)


@pytest.mark.parametrize("media_type", ["image/png", "application/pdf", "application/octet-stream", "font/woff2", ""])
def test_types_that_are_not_text(media_type: str) -> None:
    assert not is_text(media_type)


def test_a_byte_order_mark_and_a_nul_survive_as_text() -> None:
    assert write_body(b"\xef\xbb\xbfa\0b", {"content-type": "text/plain"}) == ("\ufeffa\0b", False)
