from __future__ import annotations

import base64
import gzip
import zlib
from typing import Any

import pytest

from lambwsgi import make_handler
from tests.events.cases import event_of

EVENT = event_of("function_url/captured_request")
BODY = b"a body " * 50


def ask(body: bytes, coding: str, limit_bytes: int) -> tuple[dict[str, Any], dict[str, Any]]:
    """The environ that the application saw, its body under `body`, and the result."""
    seen: dict[str, Any] = {}

    def app(environ: dict[str, Any], start_response: Any) -> list[bytes]:
        seen.update(environ, body=environ["wsgi.input"].read())
        start_response("200 OK", [])
        return []

    event = EVENT | {
        "headers": EVENT["headers"] | {"content-encoding": coding},
        "body": base64.b64encode(body).decode(),
        "isBase64Encoded": True,
    }
    return seen, make_handler(app, inflate_limit_bytes=limit_bytes)(event, None)


@pytest.mark.parametrize(
    ("coding", "pack"), [("gzip", gzip.compress), ("X-GZIP", gzip.compress), ("deflate", zlib.compress)]
)
def test_a_coded_body_is_undone(coding: str, pack: Any) -> None:
    environ, _ = ask(pack(BODY), coding, 1000)

    assert environ["body"] == BODY
    assert environ["CONTENT_LENGTH"] == str(len(BODY))
    assert "HTTP_CONTENT_ENCODING" not in environ


@pytest.mark.parametrize(("coding", "limit_bytes"), [("gzip", 0), ("br", 1000)])
def test_without_a_limit_or_in_another_coding_it_is_left_as_it_is(coding: str, limit_bytes: int) -> None:
    packed = gzip.compress(BODY)

    environ, _ = ask(packed, coding, limit_bytes)

    assert environ["body"] == packed
    assert environ["HTTP_CONTENT_ENCODING"] == coding


def test_a_body_that_unpacks_to_more_than_the_limit_is_too_large() -> None:
    bomb = gzip.compress(bytes(50_000_000))

    seen, result = ask(bomb, "gzip", 1_000_000)

    assert result["statusCode"] == 413
    assert seen == {}


def test_the_limit_itself_is_allowed() -> None:
    assert ask(gzip.compress(bytes(1000)), "gzip", 1000)[1]["statusCode"] == 200
    assert ask(gzip.compress(bytes(1001)), "gzip", 1000)[1]["statusCode"] == 413


@pytest.mark.parametrize("body", [b"no gzip at all", gzip.compress(BODY)[:-9]], ids=["broken", "cut short"])
def test_what_cannot_be_undone_is_a_bad_request(body: bytes) -> None:
    assert ask(body, "gzip", 1000)[1]["statusCode"] == 400


def test_a_deflated_body_that_is_cut_short_is_a_bad_request() -> None:
    assert ask(zlib.compress(BODY)[:-9], "deflate", 1000)[1]["statusCode"] == 400


def test_gzip_of_several_members_is_undone_to_its_end() -> None:
    assert ask(gzip.compress(b"one ") + gzip.compress(b"two"), "gzip", 1000)[0]["body"] == b"one two"
    assert ask(gzip.compress(bytes(600)) * 2, "gzip", 1000)[1]["statusCode"] == 413


def test_gzip_of_nothing_is_an_empty_body() -> None:
    assert ask(gzip.compress(b""), "gzip", 1000)[0]["body"] == b""


def test_a_request_without_a_body_may_name_a_coding() -> None:
    environ, result = ask(b"", "gzip", 1000)

    assert (result["statusCode"], environ["body"]) == (200, b"")
