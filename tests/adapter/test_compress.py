from __future__ import annotations

import gzip
from collections.abc import Iterable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from werkzeug.http import parse_etags
from werkzeug.wrappers import Response

from lambwsgi import make_handler
from lambwsgi.adapter.compress import choose_coding, compress
from lambwsgi.adapter.etags import restore_etags
from lambwsgi.adapter.message import Header, HttpResponse
from lambwsgi.local.mirror.table import pick
from lambwsgi.testing import LambdaClient
from tests.events.cases import event_of

EVENT = event_of("function_url/captured_request")
TEXT = b"lambs are warm and woolly. " * 200
HTML = [("Content-Type", "text/html; charset=utf-8")]
ALL = {"br": None, "zstd": None, "gzip": None}


def coded(headers: list[Header], *, body: bytes = TEXT, status: int = 200, accept: str | None = "gzip") -> HttpResponse:
    return compress(HttpResponse(status, "OK", headers, body), accept)


def header(response: HttpResponse, name: str) -> str | None:
    return next((value for key, value in response.headers if key.lower() == name), None)


@pytest.mark.parametrize(
    ("accept", "coding"),
    [
        pytest.param("gzip, deflate, br, zstd", "br", id="a browser's: ours decides"),
        pytest.param("gzip", "gzip", id="one"),
        pytest.param("GZIP", "gzip", id="in capitals"),
        pytest.param("x-gzip", "gzip", id="by its old name"),
        pytest.param("br;q=0.5, gzip;q=0.9", "gzip", id="the client decides by quality"),
        pytest.param("gzip;q=0", None, id="refused"),
        pytest.param("*", "br", id="anything"),
        pytest.param("br;q=0, *;q=0.1", "zstd", id="anything but one"),
        pytest.param("*;q=0", None, id="nothing but itself"),
        pytest.param("identity", None, id="only itself"),
        pytest.param("gzip;q=0.5, identity;q=0.9", None, id="rather itself"),
        pytest.param("deflate", None, id="one that is not offered"),
        pytest.param("gzip;q=high", None, id="a quality that is none"),
        pytest.param("", None, id="empty"),
        pytest.param(None, None, id="no header"),
        pytest.param(",,;q=1, gzip", "gzip", id="clutter"),
    ],
)
def test_the_coding_is_the_one_that_the_client_prefers(accept: str | None, coding: str | None) -> None:
    assert choose_coding(accept, ALL) == coding


def test_a_text_is_coded_and_the_headers_say_so() -> None:
    response = coded([*HTML, ("Content-Length", str(len(TEXT))), ("ETag", '"abc"'), ("Accept-Ranges", "bytes")])

    assert gzip.decompress(response.body) == TEXT
    assert header(response, "content-encoding") == "gzip"
    assert header(response, "vary") == "Accept-Encoding"
    assert header(response, "content-length") == str(len(response.body))
    assert header(response, "etag") == 'W/"abc"'
    assert header(response, "accept-ranges") is None


def test_the_same_body_is_coded_to_the_same_bytes() -> None:
    assert coded(HTML).body == coded(HTML).body


@pytest.mark.parametrize(
    ("headers", "changes"),
    [
        pytest.param(HTML, {"body": b"x" * 859}, id="small"),
        pytest.param([("Content-Type", "image/png")], {}, id="a type that is packed already"),
        pytest.param([], {}, id="no type"),
        pytest.param([*HTML, ("Content-Encoding", "br")], {}, id="coded by the application"),
        pytest.param([*HTML, ("Cache-Control", "public, No-Transform")], {}, id="no-transform"),
        pytest.param([*HTML, ("Content-Range", "bytes 0-99/200")], {"status": 206}, id="a range"),
        pytest.param([*HTML, ("Content-MD5", "x")], {}, id="a digest of the bytes"),
        pytest.param([("Content-Type", "text/event-stream")], {}, id="events"),
    ],
)
def test_what_may_not_be_coded_is_left_as_it_is(headers: list[Header], changes: dict[str, Any]) -> None:
    response = coded(headers, **changes)

    assert response.headers == headers
    assert response.body == changes.get("body", TEXT)


@pytest.mark.parametrize("accept", [None, "identity"])
def test_vary_is_told_although_this_client_gets_the_plain_body(accept: str | None) -> None:
    response = coded([*HTML, ("ETag", '"abc"')], accept=accept)

    assert header(response, "vary") == "Accept-Encoding"
    assert header(response, "etag") == '"abc"'
    assert response.body == TEXT


@pytest.mark.parametrize("vary", ["Cookie, accept-encoding", "*"])
def test_vary_is_not_told_twice(vary: str) -> None:
    assert [value for name, value in coded([*HTML, ("Vary", vary)]).headers if name == "Vary"] == [vary]


def test_coding_that_saves_less_than_base64_costs_is_not_worth_it() -> None:
    noise = bytes((index * 7919 + index // 3) % 95 + 32 for index in range(2000))
    hardly_smaller = coded([("Content-Type", "text/plain")], body=noise)

    assert header(hardly_smaller, "content-encoding") in (None, "gzip")
    assert len(hardly_smaller.body) * 4 / 3 < len(noise) or hardly_smaller.body == noise


@given(body=st.binary(min_size=860, max_size=3000))
def test_whatever_is_coded_can_be_undone(body: bytes) -> None:
    response = coded([("Content-Type", "text/plain")], body=body)

    plain = gzip.decompress(response.body) if header(response, "content-encoding") else response.body
    assert plain == body


def test_the_handler_codes_on_request_only() -> None:
    def app(environ: Any, start_response: Any) -> list[bytes]:
        start_response("200 OK", HTML)
        return [TEXT]

    event = EVENT | {"headers": EVENT["headers"] | {"accept-encoding": "gzip"}}
    plain = make_handler(app)(event, None)
    packed = make_handler(app, compress=True)(event, None)

    assert "content-encoding" not in plain["headers"]
    assert packed["headers"]["content-encoding"] == "gzip"
    assert gzip.decompress(pick("function_url").read_result(packed).body) == TEXT


@pytest.mark.parametrize("streaming", [False, True], ids=["whole", "streamed"])
@pytest.mark.parametrize("body", [TEXT, b"short"], ids=["long", "short"])
@pytest.mark.parametrize("accept", ["gzip", "identity"])
def test_head_is_answered_with_the_headers_of_get(body: bytes, accept: str, streaming: bool) -> None:
    def app(environ: Any, start_response: Any) -> Iterable[bytes]:
        start_response("200 OK", [*HTML, ("ETag", '"v1"'), ("Content-Length", str(len(body)))])
        return [body]

    client = LambdaClient(app, "function_url", compress=True, streaming=streaming)
    got, head = (client.open("/", method=name, headers={"Accept-Encoding": accept}) for name in ("GET", "HEAD"))

    for name in ("Content-Encoding", "Vary", "ETag"):
        assert head.headers.get(name) == got.headers.get(name)
    assert head.data == b""


def test_head_does_not_tell_a_length_that_get_would_not_have() -> None:
    def app(environ: Any, start_response: Any) -> Iterable[bytes]:
        start_response("200 OK", [*HTML, ("Content-Length", str(len(TEXT)))])
        return [TEXT]

    context = EVENT["requestContext"]
    head = {**EVENT, "requestContext": {**context, "http": {**context["http"], "method": "HEAD"}}}
    asked = {**head, "headers": {**EVENT["headers"], "accept-encoding": "gzip"}}

    assert "content-length" not in make_handler(app, compress=True)(asked, None)["headers"]
    assert make_handler(app, compress=True)(head, None)["headers"]["content-length"] == str(len(TEXT))


@pytest.mark.parametrize("streaming", [False, True], ids=["whole", "streamed"])
def test_what_was_read_coded_can_be_changed(streaming: bool) -> None:
    def app(environ: Any, start_response: Any) -> Iterable[bytes]:
        response = Response(TEXT, mimetype="text/plain")
        response.set_etag("v1")
        tags = parse_etags(environ.get("HTTP_IF_MATCH"))
        if environ["REQUEST_METHOD"] == "PUT" and not tags.contains("v1"):
            response = Response(status=412)
        return response(environ, start_response)

    client = LambdaClient(app, "function_url", compress=True, streaming=streaming)
    etag = client.get("/", headers={"Accept-Encoding": "gzip"}).headers["ETag"]

    assert etag == 'W/"v1"'
    assert client.put("/", headers={"If-Match": etag}).status_code == 200
    assert client.put("/", headers={"If-Match": 'W/"v0"'}).status_code == 412


@pytest.mark.parametrize(
    ("sent", "seen"),
    [
        pytest.param('W/"a"', '"a"', id="weak"),
        pytest.param('"a", W/"b",W/"c"', '"a", "b","c"', id="some weak"),
        pytest.param('"a"', '"a"', id="strong"),
        pytest.param("*", "*", id="any"),
        pytest.param('"aW/", W/"W/, W/"', '"aW/", "W/, W/"', id="marks between quotes"),
    ],
)
def test_only_the_mark_of_a_weak_tag_is_taken_away(sent: str, seen: str) -> None:
    environ = {"HTTP_IF_MATCH": sent}

    restore_etags(environ)

    assert environ == {"HTTP_IF_MATCH": seen}


def ask(method: str = "GET", **headers: str) -> dict[str, Any]:
    """The answer of an application that compares tags by their letters, as whitenoise does."""

    def app(environ: Any, start_response: Any) -> list[bytes]:
        if environ.get("HTTP_IF_NONE_MATCH") == '"abc"':
            start_response("304 Not Modified", [("ETag", '"abc"')])
            return []
        kept = [*HTML, ("ETag", '"abc"'), ("Cache-Control", "max-age=60"), ("Set-Cookie", "a=1")]
        start_response("200 OK", [*kept, ("Content-Length", str(len(TEXT)))])
        return [TEXT]

    asked = {**EVENT, "headers": {**EVENT["headers"], "accept-encoding": "gzip", **headers}}
    asked["requestContext"] = {**EVENT["requestContext"], "http": {**EVENT["requestContext"]["http"], "method": method}}
    answer: dict[str, Any] = make_handler(app, compress=True)(asked, None)
    return answer


@pytest.mark.parametrize("method", ["GET", "HEAD"])
@pytest.mark.parametrize("known", ['W/"abc"', '"other", W/"abc"'])
def test_a_client_that_has_the_coded_response_is_told_so(known: str, method: str) -> None:
    answer = ask(method, **{"if-none-match": known})

    assert (answer["statusCode"], answer.get("body", "")) == (304, "")
    sent = {name.lower(): value for name, value in answer["headers"].items()}
    assert (sent["etag"], sent["cache-control"], sent["vary"]) == ('W/"abc"', "max-age=60", "Accept-Encoding")
    assert "content-encoding" not in sent
    assert answer["cookies"] == ["a=1"]


@pytest.mark.parametrize("known", ['W/"old"', '"abcd"', "nonsense"])
def test_a_client_that_has_another_one_gets_it(known: str) -> None:
    assert ask(**{"if-none-match": known})["statusCode"] == 200


def test_what_the_application_knows_again_is_its_own_answer() -> None:
    assert ask(**{"if-none-match": '"abc"'})["statusCode"] == 304
