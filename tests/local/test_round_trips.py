"""What a mirror writes the adapter reads and the other way round, so that local and cloud cannot drift apart."""

from __future__ import annotations

import json
import string
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl, quote, unquote_to_bytes

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lambwsgi.adapter.gateways.table import detect, load
from lambwsgi.adapter.message import HttpResponse
from lambwsgi.adapter.options import HandlerOptions
from lambwsgi.local.mirror.base import Arrival, Event, WireRequest
from lambwsgi.local.mirror.table import MIRRORS, pick

if TYPE_CHECKING:
    from lambwsgi.adapter.gateways.table import Gateway

ALL = sorted(MIRRORS)
ARRIVAL = Arrival(at=datetime(2026, 11, 24, 6, 5, tzinfo=UTC), request_id="1", trace_id="Root=1-2-3")
# A path whose percent-encoding is UTF-8 and holds no `?`, which is all that an HTTP API lets through whole.
ENCODED_SEGMENT = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="?"), max_size=8).map(
    lambda text: quote(text, safe="~!$&'()*+,;=:@")
)
PATHS = st.lists(ENCODED_SEGMENT, max_size=4).map(lambda segments: "/" + "/".join(segments))
QUERY_PART = st.text(st.characters(exclude_categories=["Cs"]), max_size=6).map(lambda text: quote(text, safe="+"))
PAIRS = st.lists(st.tuples(QUERY_PART.filter(bool), QUERY_PART), max_size=5)
QUERIES = PAIRS.map(lambda pairs: "&".join(f"{name}={value}" for name, value in pairs))
NAMES = st.text(string.ascii_lowercase, min_size=1, max_size=6).map("x-t-".__add__)
# Header values are native strings: the bytes of UTF-8 text as latin-1, blanks at the ends not being part of them.
VALUES = st.text(st.characters(exclude_categories=["C", "Z"]), min_size=1, max_size=8).map(
    lambda text: text.encode().decode("latin-1")
)
HEADERS = st.dictionaries(NAMES, VALUES, max_size=4).map(lambda fields: list(fields.items()))
TYPES = st.sampled_from(["text/plain", "application/json", "image/png", "application/x-www-form-urlencoded", "text/x"])
METHODS = st.sampled_from(["GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "HEAD"])


@st.composite
def requests(draw: st.DrawFn) -> WireRequest:
    """A request as a client may send it."""
    path, query = draw(PATHS), draw(QUERIES)
    cookies = draw(st.lists(st.sampled_from(["a=1", "b=2", "c=x"]), max_size=3, unique=True))
    cookie = [("cookie", "; ".join(cookies))] if cookies else []
    return WireRequest(
        method=draw(METHODS),
        raw_target=f"{path}?{query}" if query else path,
        headers=[("host", "shop.example"), ("content-type", draw(TYPES)), *draw(HEADERS), *cookie],
        body=draw(st.binary(max_size=40)),
        scheme="https",
        server_port="443",
        protocol="HTTP/1.1",
        remote_addr="198.51.100.9",
    )


@st.composite
def responses(draw: st.DrawFn) -> HttpResponse:
    """A response as an application may give it."""
    cookies = [("Set-Cookie", f"c{number}=1") for number in range(draw(st.integers(0, 3)))]
    return HttpResponse(
        status=draw(st.sampled_from([200, 201, 302, 404, 418, 500])),
        reason="Some Reason",
        headers=[("Content-Type", draw(TYPES)), *draw(HEADERS), *cookies],
        body=draw(st.binary(max_size=40)),
    )


def ask(name: str, wire: WireRequest) -> tuple[Gateway, Event]:
    """The event, as Lambda gets it, and the adapter's gateway for it."""
    event: Event = json.loads(json.dumps(pick(name).write_event(wire, ARRIVAL)))
    return load(detect(event) or ""), event


def read_back(name: str, wire: WireRequest) -> dict[str, Any]:
    """The request that the adapter reads."""
    gateway, event = ask(name, wire)
    return gateway.read_event(event, HandlerOptions())


def headers_of(environ: dict[str, Any]) -> dict[str, str]:
    """The headers by the names that they had on the wire."""
    return {name.removeprefix("HTTP_").lower().replace("_", "-"): value for name, value in environ.items()}


def answer_back(name: str, response: HttpResponse) -> HttpResponse:
    """The response that the client gets."""
    wire = WireRequest("GET", "/", [("host", "a.example")], b"", "https", "443", "198.51.100.9")
    gateway, event = ask(name, wire)
    return pick(name).read_result(json.loads(json.dumps(gateway.write_result(response, event))))


@pytest.mark.parametrize("name", ALL)
@given(wire=requests())
def test_method_body_and_path_arrive(name: str, wire: WireRequest) -> None:
    read = read_back(name, wire)

    assert (read["REQUEST_METHOD"], read["wsgi.input"].read()) == (wire.method, wire.body)
    sent = wire.raw_target.partition("?")[0]
    assert read["SCRIPT_NAME"] + read["PATH_INFO"] == unquote_to_bytes(sent).decode("latin-1")


@pytest.mark.parametrize("name", ALL)
@given(wire=requests())
def test_headers_and_cookies_arrive(name: str, wire: WireRequest) -> None:
    read = headers_of(read_back(name, wire))

    assert {field: read.get(field) for field, _ in wire.headers} == dict(wire.headers)


@pytest.mark.parametrize("name", ALL)
@given(wire=requests())
def test_the_client_is_known_by_address_and_scheme(name: str, wire: WireRequest) -> None:
    read = read_back(name, wire)

    assert (read["REMOTE_ADDR"], read["wsgi.url_scheme"], read["SERVER_NAME"]) == (
        "198.51.100.9",
        "https",
        "shop.example",
    )


@pytest.mark.parametrize("name", ["function_url", "http_api", "lattice_v1", "edge_viewer", "edge_origin"])
@given(wire=requests())
def test_the_query_arrives_to_the_letter_where_the_gateway_gives_it_whole(name: str, wire: WireRequest) -> None:
    assert read_back(name, wire)["QUERY_STRING"] == wire.query_string


@pytest.mark.parametrize("name", ["rest_api", "http_api_v1", "alb_multi_value", "lattice_v2"])
@given(wire=requests())
def test_all_values_of_the_query_arrive_by_name(name: str, wire: WireRequest) -> None:
    read = parse_qsl(read_back(name, wire)["QUERY_STRING"], keep_blank_values=True)

    # These gateways keep no order between different names.
    sent = parse_qsl(wire.query_string, keep_blank_values=True)
    assert sorted(read, key=first) == sorted(sent, key=first)


@given(wire=requests())
def test_a_load_balancer_in_single_mode_keeps_the_last_value_to_the_letter(wire: WireRequest) -> None:
    read = read_back("alb", wire)["QUERY_STRING"]

    sent = dict(part.split("=", 1) for part in wire.query_string.split("&") if part)
    assert read == "&".join(f"{name}={value}" for name, value in sent.items())


@pytest.mark.parametrize("name", ALL)
@given(response=responses())
def test_status_body_and_headers_come_back(name: str, response: HttpResponse) -> None:
    received = answer_back(name, response)

    assert (received.status, received.body) == (response.status, response.body)
    sent = {field.lower(): value for field, value in response.headers if field != "Set-Cookie"}
    assert {field.lower(): value for field, value in received.headers if field.lower() in sent} == sent


@pytest.mark.parametrize("name", ALL)
@given(response=responses())
def test_every_cookie_comes_back_by_itself(name: str, response: HttpResponse) -> None:
    received = answer_back(name, response)

    sent = [value for field, value in response.headers if field == "Set-Cookie"]
    assert [value for field, value in received.headers if field.lower() == "set-cookie"] == sent


@pytest.mark.parametrize("name", ALL)
def test_no_mirror_refuses_what_the_adapter_writes(name: str) -> None:
    response = HttpResponse(500, "Oops", [("Content-Type", "text/html"), ("Vary", "A"), ("vary", "B")], b"\xff")

    received = answer_back(name, response)

    assert received.body == b"\xff"


def first(pair: tuple[str, str]) -> str:
    """What pairs are sorted by: the name alone, so that the order of its values counts."""
    return pair[0]
