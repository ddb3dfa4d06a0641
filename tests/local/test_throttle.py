"""The gateway's throttle, by a clock that the test sets."""

from __future__ import annotations

import pytest
from werkzeug.test import Client

from lambwsgi.local.errors import LocalError
from lambwsgi.local.gateway import EmulatedGateway
from lambwsgi.local.mirror.table import MIRRORS, pick
from lambwsgi.local.throttle import Throttle

THROTTLING = ["function_url", "http_api", "http_api_v1", "rest_api"]


class Clock:
    """Seconds that pass when they are told to."""

    def __init__(self) -> None:
        self.at = 0.0

    def __call__(self) -> float:
        return self.at


def let_through(throttle: Throttle, count: int) -> list[bool]:
    return [throttle.refusal() is None for _ in range(count)]


def test_as_many_at_once_as_in_a_second_are_let_through() -> None:
    throttle = Throttle(pick("http_api"), 2, Clock())

    assert let_through(throttle, 3) == [True, True, False]


def test_time_gives_back_what_the_rate_allows_and_no_more_than_a_second_of_it() -> None:
    clock = Clock()
    throttle = Throttle(pick("http_api"), 2, clock)
    let_through(throttle, 2)

    clock.at = 0.5
    after_half_a_second = let_through(throttle, 2)
    clock.at = 100
    after_a_long_time = let_through(throttle, 3)

    assert after_half_a_second == [True, False]
    assert after_a_long_time == [True, True, False]


def test_a_rate_below_one_lets_one_through_now_and_then() -> None:
    clock = Clock()
    throttle = Throttle(pick("rest_api"), 0.5, clock)

    at_first = let_through(throttle, 2)
    clock.at = 2
    later = let_through(throttle, 2)

    assert (at_first, later) == ([True, False], [True, False])


def test_without_a_rate_everything_is_let_through() -> None:
    assert all(let_through(Throttle(pick("alb"), 0, Clock()), 100))


@pytest.mark.parametrize("name", THROTTLING)
def test_what_is_throttled_never_reaches_the_function_and_gets_a_429(name: str) -> None:
    calls: list[object] = []

    def handler(event: object, _context: object) -> object:
        calls.append(event)
        return {"statusCode": 200, "body": ""}

    client = Client(EmulatedGateway(handler, pick(name), throttle_per_second=0.01))
    statuses = [client.get("/").status_code for _ in range(3)]

    assert statuses == [200, 429, 429]
    assert len(calls) == 1


@pytest.mark.parametrize("name", sorted(MIRRORS.keys() - THROTTLING))
def test_a_gateway_without_a_throttle_says_so(name: str) -> None:
    with pytest.raises(LocalError, match=f"gateway '{name}' has no throttle"):
        Throttle(pick(name), 5)
