"""Warm-ups in one environment; several at once are in tests/deploy/embedded/test_local_stage.py."""

from __future__ import annotations

import json
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from lambwsgi import make_handler
from lambwsgi.adapter.errors import EventError
from lambwsgi.events.warm import warm_event
from tests.events.cases import event_of


@dataclass(frozen=True)
class Context:
    """What Lambda's context tells of the environment."""

    log_stream_name: str
    aws_request_id: str = "11111111-2222-3333-4444-555555555555"
    function_name: str = "shop-dev"


def never(environ: Any, start_response: Any) -> list[bytes]:
    raise AssertionError("the application was called")


def health(environ: Any, start_response: Any) -> list[bytes]:
    """Answers with what it was asked."""
    body = environ["wsgi.input"].read().decode()
    asked = [environ[name] for name in ("REQUEST_METHOD", "PATH_INFO", "QUERY_STRING", "HTTP_HOST")]
    start_response("204 No Content" if environ["PATH_INFO"] == "/health" else "418 No", [])
    SEEN.append((*asked, body))
    return []


SEEN: list[tuple[str, ...]] = []


def test_only_the_first_event_of_an_environment_finds_it_cold() -> None:
    handler = make_handler(never)

    first, second = handler(warm_event(), None), handler(warm_event(), None)

    assert (first["cold"], second["cold"]) == (True, False)
    assert first["environment"] == second["environment"]


def test_a_request_makes_an_environment_warm_as_well() -> None:
    handler = make_handler(health)
    handler(event_of("function_url/captured_request"), None)

    assert handler(warm_event(), None)["cold"] is False


@pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="the start of the process is read in /proc")
def test_init_is_told_once_and_lasted_no_longer_than_the_process_has() -> None:
    handler = make_handler(never)
    before = time.perf_counter()

    first, second = handler(warm_event(), None), handler(warm_event(), None)

    assert first["init_ms"] > 0
    assert first["init_ms"] < (time.perf_counter() - before + time.monotonic()) * 1000
    assert "init_ms" not in second


def test_nothing_but_its_own_line_is_logged(capsys: pytest.CaptureFixture[str]) -> None:
    make_handler(never, access_log=True)(warm_event(schedule="day"), None)

    line = json.loads(capsys.readouterr().out)
    assert line == {
        "type": "lambwsgi.warm",
        "schedule": "day",
        "distinct": 1,
        "cold": 1,
        "asked": 1,
        "errors": [],
    }


def test_a_path_is_asked_of_the_application() -> None:
    SEEN.clear()
    handler = make_handler(health)

    result = handler(warm_event(path="/health?deep=1"), Context("stream"))

    assert result["status"] == 204
    [(method, path, query, host, body)] = SEEN
    assert (method, path, query, body) == ("GET", "/health", "deep=1", "")
    assert host.startswith("shop-dev.lambda-url.")


def test_a_payload_is_posted_as_json() -> None:
    SEEN.clear()

    make_handler(health)(warm_event(path="/health", payload={"pools": ["db"]}), Context("stream"))

    [(method, _, _, _, body)] = SEEN
    assert (method, json.loads(body)) == ("POST", {"pools": ["db"]})


def test_an_application_that_fails_is_a_status_and_no_failed_warm_up(caplog: pytest.LogCaptureFixture) -> None:
    assert make_handler(never)(warm_event(path="/"), Context("stream"))["status"] == 500


def test_one_that_was_sent_holds_and_sends_no_others(capsys: pytest.CaptureFixture[str]) -> None:
    started = time.perf_counter()

    # Sending one would fail: this context has no ARN, and there is no AWS.
    result = make_handler(never)(warm_event(concurrency=5, hold_ms=50, sent_by="the first"), Context("stream"))

    assert time.perf_counter() - started >= 0.05
    assert "environments" not in result
    assert capsys.readouterr().out == ""


@pytest.mark.parametrize(
    "wish", [{"concurrency": "5"}, {"hold_ms": -1}, {"concurrency": True}, {"concurrency": 101}], ids=str
)
def test_a_wish_that_makes_no_sense_is_refused(wish: dict[str, Any]) -> None:
    with pytest.raises(EventError, match="a whole number from 0 to"):
        make_handler(never)(warm_event(**wish), None)
