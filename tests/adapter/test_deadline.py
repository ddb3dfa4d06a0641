from __future__ import annotations

import json
import logging
import signal
import threading
import time
from typing import Any

import pytest

from lambwsgi import make_handler
from tests.events.cases import event_of

EVENT = event_of("function_url/captured_request")

# The other way of pytest's own deadline is SIGALRM, which the handler then leaves alone.
pytestmark = pytest.mark.timeout(60, method="thread")


class Context:
    """A Lambda context that leaves so many milliseconds."""

    aws_request_id = "11111111-2222-4333-8444-555555555555"

    def __init__(self, milliseconds: int) -> None:
        self._milliseconds = milliseconds

    def get_remaining_time_in_millis(self) -> int:
        return self._milliseconds


def sleeping(environ: Any, start_response: Any) -> list[bytes]:
    try:
        time.sleep(20)
    except Exception:
        pytest.fail("the deadline was caught as an error of the application's")
    return []


def quick(environ: Any, start_response: Any) -> list[bytes]:
    start_response("200 OK", [])
    return []


def test_the_client_gets_a_504_and_the_log_the_place_where_the_application_was(
    caplog: pytest.LogCaptureFixture,
) -> None:
    result = make_handler(sleeping, deadline_margin_seconds=0.5)(EVENT, Context(250))

    assert result["statusCode"] == 504
    assert json.loads(result["body"])["request_id"] == Context.aws_request_id
    [record] = caplog.records
    assert record.levelno == logging.ERROR
    assert record.exc_text is not None
    assert "time.sleep(20)" in record.exc_text


def test_an_application_that_is_quick_enough_leaves_no_timer() -> None:
    result = make_handler(quick, deadline_margin_seconds=0.5)(EVENT, Context(30_000))

    assert result["statusCode"] == 200
    assert signal.getitimer(signal.ITIMER_REAL) == (0.0, 0.0)


def test_what_the_application_returned_is_closed_in_time(caplog: pytest.LogCaptureFixture) -> None:
    closed = []

    class Slow:
        def __iter__(self) -> Any:
            time.sleep(20)
            yield b""

        def close(self) -> None:
            closed.append(True)

    def app(environ: Any, start_response: Any) -> Any:
        start_response("200 OK", [])
        return Slow()

    make_handler(app, deadline_margin_seconds=0.5)(EVENT, Context(250))

    assert closed == [True]


def test_an_application_that_uses_the_alarm_itself_keeps_it() -> None:
    def own(signal_number: int, frame: Any) -> None: ...

    before = signal.signal(signal.SIGALRM, own)
    try:
        result = make_handler(quick, deadline_margin_seconds=0.5)(EVENT, Context(250))

        assert signal.getsignal(signal.SIGALRM) is own
        assert result["statusCode"] == 200
    finally:
        signal.signal(signal.SIGALRM, before)


@pytest.mark.parametrize("context", [None, object(), Context(0)], ids=["none", "without a clock", "no time left"])
def test_where_no_time_is_told_there_is_no_deadline(context: Any) -> None:
    assert make_handler(quick, deadline_margin_seconds=0.5)(EVENT, context)["statusCode"] == 200


def test_outside_of_the_main_thread_there_is_no_deadline() -> None:
    results = []
    handler = make_handler(quick, deadline_margin_seconds=0.5)

    thread = threading.Thread(target=lambda: results.append(handler(EVENT, Context(250))))
    thread.start()
    thread.join()

    assert results[0]["statusCode"] == 200
