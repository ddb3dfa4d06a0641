"""The request that all mirrors are shown, and the moment at which it comes in."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from lambwsgi.local.mirror.base import Arrival, WireRequest


@pytest.fixture
def arrival() -> Arrival:
    """A request behind a custom domain, with no stage in its URL."""
    return Arrival(
        at=datetime(2026, 11, 24, 6, 5, 0, 123_000, tzinfo=UTC),
        request_id="11111111-2222-3333-4444-555555555555",
        trace_id="Root=1-6a1b2c3d-0123456789abcdef01234567",
    )


@pytest.fixture
def wire() -> WireRequest:
    """A request with all that gateways treat differently: encoded path, plus signs, repeats, cookies, bytes."""
    query = "repeat=one&repeat=two&url=https%3A%2F%2Fa.example&plus=a+b&encoded=a%2Bb&empty=&bare"
    return WireRequest(
        method="POST",
        raw_target=f"/capture/space%20value?{query}",
        headers=[
            ("host", "shop.example"),
            ("user-agent", "test/1.0"),
            ("accept", "text/html"),
            ("accept", "*/*"),
            ("cookie", "a=1; b=2"),
            ("connection", "keep-alive"),
            ("x-forwarded-for", "203.0.113.7"),
            ("x-name", "Zo\u00c3\u00ab"),
            ("content-type", "application/json; charset=utf-8"),
            ("content-length", "12"),
        ],
        body='{"a": "\u00eb"}\n'.encode(),
        scheme="https",
        server_port="443",
        protocol="HTTP/1.1",
        remote_addr="198.51.100.9",
    )
