"""The function's timeout, as each gateway answers it."""

from __future__ import annotations

import threading
from typing import Any

import pytest
from werkzeug.test import Client

from lambwsgi.local.context import FunctionIdentity, LambdaContext
from lambwsgi.local.errors import FunctionError
from lambwsgi.local.gateway import EmulatedGateway
from lambwsgi.local.mirror.table import MIRRORS, pick
from lambwsgi.local.timeout import with_timeout

CONTEXT = LambdaContext("11111111-2222-3333-4444-555555555555", FunctionIdentity(), deadline_ms=0)


def test_what_is_in_time_comes_through() -> None:
    assert with_timeout(lambda event, _context: event, 60)({"a": 1}, CONTEXT) == {"a": 1}


def test_an_error_comes_through() -> None:
    def fail(_event: Any, _context: Any) -> object:
        raise ValueError("boom")

    with pytest.raises(ValueError, match="boom"):
        with_timeout(fail, 60)({}, CONTEXT)


def test_what_takes_too_long_is_reported_as_lambda_does() -> None:
    released = threading.Event()

    with pytest.raises(FunctionError) as caught:
        with_timeout(lambda _event, _context: released.wait(30), 0.01)({}, CONTEXT)
    released.set()

    assert caught.value.error_type == "Sandbox.Timedout"
    assert caught.value.error_message == f"{CONTEXT.aws_request_id} Task timed out after 0.01 seconds"


@pytest.mark.parametrize(
    ("name", "status"),
    [
        *(("function_url", 502), ("http_api", 500), ("http_api_v1", 500), ("rest_api", 502)),
        *(("alb", 502), ("alb_multi_value", 502), ("lattice_v1", 502), ("lattice_v2", 502)),
        *(("edge_viewer", 503), ("edge_origin", 503)),
    ],
)
def test_the_functions_own_timeout_is_answered_as_its_gateway_does(name: str, status: int) -> None:
    released = threading.Event()
    handler = with_timeout(lambda _event, _context: released.wait(30), 0.01)

    response = Client(EmulatedGateway(handler, pick(name), impatient=True)).get("/")
    released.set()

    assert response.status_code == status


def test_each_gateway_that_stops_waiting_says_what_it_answers() -> None:
    waiting = {name: mirror.timeout_seconds for name, mirror in MIRRORS.items() if mirror.timed_out is not None}

    assert waiting == {"rest_api": 29, "http_api": 30, "http_api_v1": 30, "edge_viewer": 5, "edge_origin": 30}
