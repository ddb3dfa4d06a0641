"""Where a client of a gateway cannot get what it would get of a server: each rule with its reason.

A rule turns the headers that the server sent into those that the gateway must send, so that nothing else may differ.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from urllib.parse import quote

from tests.differential.message import Answer, Header
from tests.differential.request_differences import ALL, EDGE, LATTICE, LOAD_BALANCER, PAYLOAD_2

Headers = Sequence[Header]

# The server's own, or about one hop; how long the body is shows in the body.
OWN = frozenset({"date", "server", "via", "connection", "keep-alive", "transfer-encoding", "content-length"})

# RFC 3986, section 2: reserved and unreserved characters, and the percent of what is escaped already.
URI_SIGNS = ":/?#[]@!$&'()*+,;=-._~%"


@dataclass(frozen=True, slots=True)
class Difference:
    """`change` turns the server's headers into those of these gateways."""

    gateways: tuple[str, ...]
    change: Callable[[Headers], Headers]
    reason: str
    source: str


def without_own(headers: Headers) -> Headers:
    return [(name, value) for name, value in headers if name not in OWN]


def escaped_location(headers: Headers) -> Headers:
    return [(name, escaped(value) if name == "location" else value) for name, value in headers]


def escaped(location: str) -> str:
    return location if location.isascii() else quote(location, safe=URI_SIGNS, encoding="latin-1")


def unicode_values(headers: Headers) -> Headers:
    return [(name, as_utf8(value)) for name, value in headers]


def as_utf8(value: str) -> str:
    try:
        value.encode("latin-1").decode()
    except UnicodeDecodeError:
        return value.encode().decode("latin-1")
    return value


def joined(headers: Headers) -> Headers:
    """Repeats as one value; cookies stay apart."""
    values: dict[str, str] = {}
    for name, value in headers:
        if name != "set-cookie":
            values[name] = f"{values[name]}, {value}" if name in values else value
    return [*values.items(), *((name, value) for name, value in headers if name == "set-cookie")]


def typed(content_type: str) -> Callable[[Headers], Headers]:
    """A rule: this type where the application names none."""

    def change(headers: Headers) -> Headers:
        return headers if "content-type" in dict(headers) else [*headers, ("content-type", content_type)]

    return change


def renamed(*names: str) -> Callable[[Headers], Headers]:
    """A rule: these headers of the application go out under another name."""

    def change(headers: Headers) -> Headers:
        return [(f"x-amzn-remapped-{name}" if name in names else name, value) for name, value in headers]

    return change


DIFFERENCES = (
    Difference(ALL, without_own, "a server's own, and what is for one hop", "RFC 9110, section 7.6.1"),
    Difference(ALL, escaped_location, "a Location is a URI, which is ASCII", "RFC 9110, section 10.2.2"),
    Difference(ALL, unicode_values, "JSON holds Unicode, not bytes", "RFC 8259, section 8.1"),
    Difference((*PAYLOAD_2, "alb", *LATTICE), joined, "a name has one value", "API Gateway, payload format 2.0"),
    Difference(("function_url",), typed("application/json"), "a type is invented", "Lambda, 'Function URLs'"),
    Difference(("http_api", "http_api_v1"), typed("text/plain; charset=utf-8"), "a type is invented", "emulators"),
    Difference(("rest_api",), typed("application/json"), "a type is invented", "payload format 1.0"),
    Difference(("function_url",), renamed("www-authenticate"), "renamed", "reports of 2026"),
    Difference(
        ("rest_api",),
        renamed("authorization", "content-md5", "expect", "host", "max-forwards", "user-agent", "www-authenticate"),
        "reserved names are renamed",
        "API Gateway, 'Important notes for REST APIs'",
    ),
)


def expected_headers(answer: Answer, gateway: str) -> list[Header]:
    """The headers that the client of that gateway must get, sorted by name, by what the server sent."""
    headers: Headers = answer.headers
    for difference in DIFFERENCES:
        if gateway in difference.gateways:
            headers = difference.change(headers)
    return sorted(headers, key=name_of)


def name_of(header: Header) -> str:
    """What headers are sorted by: the name alone, so that the order of its values counts."""
    return header[0]


def carries_reason(gateway: str) -> bool:
    """Whether the application's own reason phrase reaches the client."""
    return gateway in (*LOAD_BALANCER, *EDGE)
