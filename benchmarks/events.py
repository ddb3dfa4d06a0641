"""The requests that are measured, and the events that AWS makes of them, by the mirrors that the local gateway uses."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime

from benchmarks.applications import greeting
from benchmarks.payloads import MEDIA_TYPES, SIZES, payload, receipt
from lambwsgi.local.mirror.base import Arrival, Mirror, WireRequest
from lambwsgi.local.mirror.table import MIRRORS

KINDS = ("function_url", "http_api", "rest_api", "alb", "alb_multi_value")
_STAGE = "live"
_API_DOMAIN = "lambwsgi00.execute-api.us-east-1.amazonaws.com"
_HOSTS = {"function_url": "lambwsgi00.lambda-url.us-east-1.on.aws", "http_api": _API_DOMAIN, "rest_api": _API_DOMAIN}
_REGION = "eu-west"

# What a browser sends with a request of a page's script; with what gateways add, a GET has 20 headers or 21.
_BROWSER_HEADERS = [
    ("user-agent", "Mozilla/5.0 (X11; Linux x86_64; rv:145.0) Gecko/20100101 Firefox/145.0"),
    ("accept", "application/json, text/plain;q=0.9, */*;q=0.8"),
    ("accept-language", "en-GB,en;q=0.8,de;q=0.5"),
    ("accept-encoding", "gzip, deflate, br, zstd"),
    ("cookie", "sessionid=5f2b7c1d9e4a48d3b6c0; csrftoken=Zk3vQw8TnBhYpLx1; theme=dark"),
    ("referer", "https://www.example.com/shop/baskets/12?sort=name"),
    ("origin", "https://www.example.com"),
    ("authorization", "Bearer eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiI0MiJ9.c2lnbmF0dXJlLW9mLW5vdGhpbmc"),
    ("cache-control", "no-cache"),
    ("pragma", "no-cache"),
    ("dnt", "1"),
    ("sec-fetch-dest", "empty"),
    ("sec-fetch-mode", "cors"),
    ("sec-fetch-site", "same-origin"),
    ("x-requested-with", "XMLHttpRequest"),
    ("x-shop-region", _REGION),
]


@dataclass(frozen=True, slots=True)
class Shape:
    """A request apart from the gateway, and the answer that is right. `form`: of what it sends, if it sends a body."""

    name: str
    method: str
    target: str
    answer: bytes = field(repr=False)
    form: str = ""
    body: bytes = field(default=b"", repr=False)
    status: int = 200

    @property
    def largest_body_bytes(self) -> int:
        """The larger of what goes in and what comes out."""
        return max(len(self.body), len(self.answer))


@dataclass(frozen=True, slots=True)
class Case:
    """A shape behind a gateway: the request on the wire, and the JSON that Lambda hands to the function."""

    mirror: Mirror
    shape: Shape
    request: WireRequest
    payload: bytes = field(repr=False)

    @property
    def kind(self) -> str:
        """The gateway's name."""
        return self.mirror.name


def shapes() -> Iterator[Shape]:
    """All shapes: no body, bodies that go in, bodies that come out."""
    hello = greeting("World", _REGION).encode()
    yield Shape("GET, small answer", "GET", "/hello?name=World&page=2&sort=name", hello)
    yield Shape("DELETE, 204", "DELETE", "/nothing", b"", status=204)
    for form in MEDIA_TYPES:
        for label, size in SIZES.items():
            body = payload(form, size)
            yield Shape(f"POST {form} {label}", "POST", "/take", receipt(body), form=form, body=body)
    for form in MEDIA_TYPES:
        for label, size in SIZES.items():
            yield Shape(f"GET {form} {label}", "GET", f"/give/{form}/{size}", payload(form, size))


def passes(kind: str, shape: Shape) -> bool:
    """Whether the gateway lets bodies of this size through; a load balancer's 1 MB are too few for 1 MB as JSON."""
    return shape.largest_body_bytes * 4 // 3 < min(
        MIRRORS[kind].response_limit_bytes, MIRRORS[kind].request_limit_bytes
    )


def make_case(kind: str, shape: Shape) -> Case:
    """The case of a shape behind a gateway."""
    mirror = MIRRORS[kind]
    request = _request(kind, shape)
    return Case(mirror, shape, request, json.dumps(mirror.write_event(request, _arrival(kind))).encode())


def _request(kind: str, shape: Shape) -> WireRequest:
    content = (
        [("content-type", MEDIA_TYPES[shape.form]), ("content-length", str(len(shape.body)))] if shape.form else []
    )
    return WireRequest(
        method=shape.method,
        raw_target=f"/{_STAGE}{shape.target}" if kind == "rest_api" else shape.target,
        headers=[("host", _HOSTS.get(kind, "www.example.com")), *_BROWSER_HEADERS, *content],
        body=shape.body,
        scheme="https",
        server_port="443",
        remote_addr="198.51.100.9",
    )


def _arrival(kind: str) -> Arrival:
    return Arrival(
        at=datetime(2026, 11, 24, 6, 5, tzinfo=UTC),
        request_id="11111111-2222-3333-4444-555555555555",
        trace_id="Root=1-6a1b2c3d-0123456789abcdef01234567",
        stage=_STAGE if kind == "rest_api" else "",
    )
