"""A request shows the application the same through every gateway as through a server, but for listed differences."""

from __future__ import annotations

import json
import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lambwsgi import make_handler
from lambwsgi.local.gateway import EmulatedGateway
from lambwsgi.local.mirror.table import MIRRORS, pick
from tests.differential.applications import application
from tests.differential.message import Request, send
from tests.differential.request_differences import DIFFERENCES, Difference, Environ, expected_environ

GATEWAYS = sorted(MIRRORS)
SERVERS = ["gunicorn", "waitress"]
FORM = ("Content-Type", "application/x-www-form-urlencoded")
MULTIPART = ("Content-Type", "multipart/form-data; boundary=x")
UPLOAD = b'--x\r\nContent-Disposition: form-data; name="f"; filename="a"\r\n\r\n\x00\xff\r\n--x--\r\n'
# Keys that PEP 3333 and RFC 3875 define, and the target, which servers spell in two ways.
DEFINED = frozenset(
    {"REQUEST_METHOD", "SCRIPT_NAME", "PATH_INFO", "QUERY_STRING", "CONTENT_TYPE", "CONTENT_LENGTH", "SERVER_NAME"}
    | {"SERVER_PORT", "SERVER_PROTOCOL", "REMOTE_ADDR", "REMOTE_USER", "wsgi.url_scheme", "REQUEST_URI", "body"}
)
# An environ says nothing by these, as by their absence (RFC 3875, section 4.1).
NOTHING = {("CONTENT_LENGTH", ""), ("CONTENT_LENGTH", "0"), ("CONTENT_TYPE", "")}

PATHS = st.text(st.sampled_from("ab/%25FfC3.;:@!$&'()*+,=~-_[]{}|\\^`<>\""), max_size=20).map(lambda rest: f"/{rest}")
QUERIES = st.none() | st.text(st.sampled_from("ab=&&%25FfC3+.;:@!$'()*,~?/[]{}|\\^`<>\""), max_size=25)
# Field values of RFC 9110, section 5.5: what is visible, bytes above ASCII too, with blanks in between.
VALUES = st.text(st.characters(min_codepoint=0x20, max_codepoint=0xFF, exclude_categories=["Cc"]), max_size=12).map(
    str.strip
)
HEADERS = st.lists(
    st.tuples(st.sampled_from(["X-A", "x-b", "X-C-d", "Accept", "Referer", "X_A", "Proxy", "X-Forwarded-For"]), VALUES),
    max_size=6,
)
COOKIES = st.lists(
    st.text(st.sampled_from('ab=;,% "\\'), max_size=12).map(lambda value: ("Cookie", f"n={value}".strip())), max_size=2
)
TYPES = st.sampled_from(["text/plain", "application/json", "image/png", "application/x-www-form-urlencoded", "TEXT/X"])

CASES = {
    "root": Request("/"),
    "path": Request("/a/b.html"),
    "trailing slash": Request("/a/b/"),
    "encoded blank": Request("/a%20b"),
    "encoded slash": Request("/a%2Fb"),
    "encoded question mark": Request("/a%3Fb/c?d=e"),
    "encoded percent": Request("/a%2541/100%25"),
    "encoded utf-8": Request("/caf%C3%A9/%E2%82%AC"),
    "encoded bytes that are not utf-8": Request("/%FF%FE"),
    "bare percent": Request("/100%/%zz"),
    "plus in a path": Request("/a+b%2Bc"),
    "unreserved and sub-delimiters": Request("/-._~!$&'()*+,;=:@"),
    "double slashes": Request("/a//b///"),
    "leading double slash": Request("//a.example/b"),
    "dot segments": Request("/a/./b/../c"),
    "semicolon parameters": Request("/a;b=c/d;e"),
    "absolute form": Request("http://shop.example/a%20b?c=d", headers=[("Host", "shop.example")]),
    "query": Request("/?a=1&b=2"),
    "repeated names": Request("/?a=1&b=2&a=3"),
    "encoded query": Request("/?url=https%3A%2F%2Fa.example%2F%3Fx%3D1&p=a+b&q=a%2Bb"),
    "name without a value": Request("/?flag&other=&=x"),
    "empty parts of a query": Request("/?&a=1&&b=2&"),
    "lone question mark": Request("/a?"),
    "two question marks": Request("/a??b=1"),
    "question marks in a query": Request("/?a=?&b=??"),
    "query that is not utf-8": Request("/?a=%FF%FE"),
    "query with bare percent and brackets": Request("/?a[]=100%&b[c]=%zz"),
    "several equal signs": Request("/?a=b=c==&d"),
    "cookies": Request("/", headers=[("Cookie", "a=1; b=x%20y; c=\"q,r\"")]),
    "two cookie headers": Request("/", headers=[("Cookie", "a=1"), ("Cookie", "b=2; c=3")]),
    "repeated header": Request("/", headers=[("Accept", "text/html"), ("X-A", "1"), ("accept", "*/*")]),
    "empty header": Request("/", headers=[("X-Empty", "")]),
    "utf-8 header": Request("/", headers=[("X-Name", "Zo\u00c3\u00ab")]),
    "latin-1 header": Request("/", headers=[("X-Name", "Zo\u00eb")]),
    "underscore header": Request("/", headers=[("X_Admin", "1"), ("X-Admin", "0")]),
    "httpoxy": Request("/", headers=[("Proxy", "http://evil.example")]),
    "forwarded by someone": Request("/", headers=[("X-Forwarded-For", "203.0.113.7"), ("Forwarded", "for=_a")]),
    "conditional and range": Request("/", headers=[("If-None-Match", 'W/"1", "2"'), ("Range", "bytes=0-3,5-")]),
    "authorization": Request("/", headers=[("Authorization", "Basic YTpi")]),
    "host with another port": Request("/", headers=[("Host", "shop.example:8443")]),
    "hop-by-hop": Request("/", headers=[("Connection", "close, te"), ("TE", "trailers"), ("Keep-Alive", "9")]),
    "max-forwards": Request("/", "OPTIONS", [("Max-Forwards", "3")]),
    "http/1.0": Request("/", headers=[("Host", "127.0.0.1:80")], protocol="HTTP/1.0"),
    "options": Request("/a", "OPTIONS"),
    "delete": Request("/a", "DELETE"),
    "unusual method": Request("/a", "PROPFIND"),
    "form": Request("/", "POST", [FORM], b"a=1&b=%C3%A9+x"),
    "upload": Request("/", "POST", [MULTIPART], UPLOAD),
    "json": Request("/", "PUT", [("Content-Type", "application/json")], '{"a": "é"}'.encode()),
    "text that is not utf-8": Request("/", "POST", [("Content-Type", "text/plain")], b"caf\xe9\x00"),
    "bytes without a type": Request("/", "PATCH", body=bytes(range(256))),
    "body with a coding": Request("/", "POST", [("Content-Type", "text/plain"), ("Content-Encoding", "x-odd")], b"abc"),
    "body of a GET": Request("/", "GET", [FORM], b"a=1"),
    "post without a body": Request("/", "POST"),
    "large body": Request("/", "POST", [("Content-Type", "image/png")], bytes(range(250)) * 2_000),
    "chunked": Request("/", "POST", [FORM], b"a=1&b=2&c=" + b"x" * 40, chunked=True),
    "chunked and empty": Request("/", "POST", [FORM], chunked=True),
    "expect": Request("/", "POST", [FORM, ("Expect", "100-continue")], b"a=1"),
}  # fmt: skip
# Of a larger body CloudFront hands over the beginning only (CloudFront, 'Quotas on Lambda@Edge').
FITTING = [
    pytest.param(case, gateway, id=f"{name}-{gateway}")
    for name, case in CASES.items()
    for gateway in GATEWAYS
    if (name, gateway) != ("large body", "edge_viewer")
]


def defined(environ: Environ) -> Environ:
    """What a specification defines, in one spelling: repeats with a bare comma, nothing where nothing is said."""
    environ = {"REQUEST_URI": environ.get("RAW_URI", ""), **environ}
    kept = {key: value for key, value in environ.items() if key in DEFINED or key.startswith("HTTP_")}
    spelled = {key: re.sub(", *", ",", value) if key.startswith("HTTP_") else value for key, value in kept.items()}
    return {key: value for key, value in spelled.items() if (key, value) not in NOTHING}


def behind_gateway(request: Request, port: int, gateway: str) -> Environ:
    """The environ that the application shows behind that gateway, without what the gateway invents."""
    answer = EmulatedGateway(make_handler(application), pick(gateway)).answer(request.to_wire(port))
    environ: Environ = json.loads(answer.body)
    environ.pop("HTTP_X_AMZN_TRACE_ID", None)
    return defined(environ)


def behind_server(request: Request, port: int, gateway: str) -> Environ:
    """The environ that the application shows behind that server, with the differences of the gateway."""
    shown = defined(json.loads(send(request, port).body))
    return defined(expected_environ(shown, request, gateway))


@pytest.mark.parametrize("server", SERVERS)
@pytest.mark.parametrize(("case", "gateway"), FITTING)
def test_the_environ_is_that_of_a_server(case: Request, gateway: str, server: str, ports: dict[str, int]) -> None:
    request = case.framed(ports[server])

    assert behind_gateway(request, ports[server], gateway) == behind_server(request, ports[server], gateway)


@st.composite
def generated(draw: st.DrawFn) -> Request:
    """A request of any bytes that RFC 9112 allows, and of some that clients send all the same."""
    path, query = draw(PATHS), draw(QUERIES)
    body = draw(st.binary(max_size=60))
    return Request(
        target=path if query is None else f"{path}?{query}",
        method=draw(st.sampled_from(["GET", "POST", "PUT", "DELETE", "OPTIONS"])),
        headers=[*draw(HEADERS), *draw(COOKIES), *([("Content-Type", draw(TYPES))] if body else [])],
        body=body,
        chunked=draw(st.booleans()),
    )


@given(request=generated())
@settings(deadline=None)
def test_the_environ_of_any_request_is_that_of_a_server(request: Request, ports: dict[str, int]) -> None:
    port = ports["gunicorn"]
    request = request.framed(port)

    seen = {gateway: behind_gateway(request, port, gateway) for gateway in GATEWAYS}

    shown = defined(json.loads(send(request, port).body))
    assert seen == {gateway: defined(expected_environ(shown, request, gateway)) for gateway in GATEWAYS}


@pytest.fixture(scope="module")
def all_shown(ports: dict[str, int]) -> list[tuple[Request, Environ]]:
    requests = [(case.framed(port), port) for case in CASES.values() for port in ports.values()]
    return [(request, defined(json.loads(send(request, port).body))) for request, port in requests]


@pytest.mark.parametrize("difference", DIFFERENCES, ids=lambda difference: difference.show.__qualname__)
def test_every_listed_difference_is_met(difference: Difference, all_shown: list[tuple[Request, Environ]]) -> None:
    changed = [dict(environ) for _, environ in all_shown]
    for environ, (request, _) in zip(changed, all_shown, strict=True):
        difference.show(environ, request)

    assert changed != [environ for _, environ in all_shown]
