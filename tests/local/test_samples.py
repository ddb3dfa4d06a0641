from __future__ import annotations

from datetime import UTC, datetime

import pytest

from lambwsgi.adapter.gateways.table import detect
from lambwsgi.local.errors import LocalError
from lambwsgi.local.mirror.base import Arrival
from lambwsgi.local.mirror.table import MIRRORS
from lambwsgi.local.samples import SERVICES, request_event, sample_request

ARRIVAL = Arrival(at=datetime(2026, 11, 24, 6, 5, tzinfo=UTC), request_id="r-1", trace_id="Root=1-0-0")


@pytest.mark.parametrize("gateway", MIRRORS)
def test_a_sample_is_detected_as_an_event_of_a_gateway(gateway: str) -> None:
    assert detect(request_event(gateway, sample_request("GET", "/a?b=1", (), b""), ARRIVAL)) is not None


def test_headers_replace_the_usual_ones_and_may_repeat() -> None:
    request = sample_request("GET", "/", [("Host", "shop.test"), ("X-One", "é"), ("x-one", "2")], b"")

    assert request.headers == [
        ("user-agent", "lambwsgi"),
        ("accept", "*/*"),
        ("host", "shop.test"),
        ("x-one", "\xc3\xa9"),
        ("x-one", "2"),
    ]


def test_a_target_is_spelled_as_a_client_sends_it() -> None:
    assert sample_request("GET", "über uns?q=a%20b", (), b"").raw_target == "/%C3%BCber%20uns?q=a%20b"


def test_a_body_comes_with_its_length() -> None:
    event = request_event("http_api", sample_request("POST", "/", [("content-type", "text/plain")], b"hello"), ARRIVAL)

    assert (event["body"], event["isBase64Encoded"], event["headers"]["content-length"]) == ("hello", False, "5")


@pytest.mark.parametrize(
    ("gateway", "target", "status"),
    [("alb", "/" + "a" * 20_000, 414), ("http_api", "/" + "a" * 20_000, 431)],
    ids=["load balancer", "HTTP API"],
)
def test_what_a_gateway_refuses_is_no_event(gateway: str, target: str, status: int) -> None:
    with pytest.raises(LocalError, match=f"it answers {status}"):
        request_event(gateway, sample_request("GET", target, (), b""), ARRIVAL)


# Source: EventBridge user guide, 'Events from EventBridge Scheduler and scheduled rules'.
def test_a_scheduled_event_is_that_of_a_rule() -> None:
    assert SERVICES["scheduled"](ARRIVAL) == {
        "version": "0",
        "id": "r-1",
        "detail-type": "Scheduled Event",
        "source": "aws.events",
        "account": "123456789012",
        "time": "2026-11-24T06:05:00Z",
        "region": "us-east-1",
        "resources": ["arn:aws:events:us-east-1:123456789012:rule/nightly"],
        "detail": {},
    }
