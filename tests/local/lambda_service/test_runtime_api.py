"""The Runtime API, asked by hand: its states and errors are AWS's."""

from __future__ import annotations

import json
import socket
from collections.abc import Iterator
from http.client import HTTPConnection
from typing import Any

import pytest

from lambwsgi.local.lambda_service.model import Invocation
from lambwsgi.local.lambda_service.runtime_api import RuntimeApi

PREFIX = "/2018-06-01/runtime/"


class Runtime:
    """A runtime that says what the test tells it to."""

    def __init__(self, address: str) -> None:
        self._connection = HTTPConnection(address, timeout=10)

    def get(self, call: str) -> tuple[int, bytes]:
        """Status and body."""
        return self._ask("GET", call, None)

    def post(self, call: str, body: bytes = b"{}", **headers: str) -> tuple[int, Any]:
        """Status and decoded body."""
        status, answer = self._ask("POST", call, body, headers)
        return status, json.loads(answer)

    def close(self) -> None:
        """Go away."""
        self._connection.close()

    def _ask(
        self, method: str, call: str, body: bytes | None, headers: dict[str, str] | None = None
    ) -> tuple[int, bytes]:
        self._connection.request(method, PREFIX + call, body, headers or {})
        answer = self._connection.getresponse()
        return answer.status, answer.read()


@pytest.fixture
def api() -> Iterator[RuntimeApi]:
    """The API of an environment that is started from a snapshot, which has all calls."""
    made = RuntimeApi(restores=True)
    yield made
    made.close()


@pytest.fixture
def runtime(api: RuntimeApi) -> Iterator[Runtime]:
    """A runtime that has just been started."""
    made = Runtime(api.address)
    yield made
    made.close()


@pytest.fixture
def busy(api: RuntimeApi, runtime: Runtime) -> Runtime:
    """A runtime that has been given the event with the id `one`."""
    offer(api, "one")
    runtime.get("invocation/next")
    return runtime


def offer(api: RuntimeApi, request_id: str) -> None:
    """Give the environment an event."""
    api.offer(Invocation(b'{"number": 1}', 0, "arn", request_id=request_id))


def test_an_event_is_answered_and_the_next_one_asked_for(api: RuntimeApi, runtime: Runtime) -> None:
    offer(api, "one")
    offer(api, "two")

    assert runtime.get("invocation/next") == (200, b'{"number": 1}')
    assert runtime.post("invocation/one/response") == (202, {"status": "OK"})
    assert runtime.get("invocation/next")[0] == 200
    assert runtime.post("invocation/two/error") == (202, {"status": "OK"})
    assert [api.outcomes.get(1).kind for _ in range(4)] == ["ready", "response", "ready", "error"]


def test_a_runtime_that_asks_again_without_an_answer_gets_the_same_event(busy: Runtime) -> None:
    assert busy.get("invocation/next") == (200, b'{"number": 1}')
    assert busy.post("invocation/one/response")[0] == 202


@pytest.mark.parametrize("call", ["response", "error"])
def test_an_unknown_request_id_is_refused_and_the_event_can_still_be_answered(busy: Runtime, call: str) -> None:
    refused = {"errorMessage": "Invalid request ID", "errorType": "InvalidRequestID"}

    assert busy.post(f"invocation/other/{call}") == (400, refused)
    assert busy.post("invocation/one/response")[0] == 202


@pytest.mark.parametrize("call", ["response", "error"])
def test_a_second_answer_is_a_wrong_state(busy: Runtime, call: str) -> None:
    busy.post("invocation/one/response")

    status, told = busy.post(f"invocation/one/{call}")

    assert (status, told["errorType"]) == (403, "InvalidStateTransition")
    assert told["errorMessage"].startswith("State transition from RuntimeResponseSentState to Invocation")


@pytest.mark.parametrize("call", ["invocation/one/response", "invocation/one/error", "restore/error"])
def test_nothing_is_answered_before_it_was_asked(runtime: Runtime, call: str) -> None:
    status, told = runtime.post(call)

    assert (status, told["errorType"]) == (403, "InvalidStateTransition")


def test_a_failed_init_is_told_once_and_nothing_comes_after_it(api: RuntimeApi, runtime: Runtime) -> None:
    assert runtime.post("init/error", b'{"errorType": "E"}') == (202, {"status": "OK"})
    assert runtime.post("init/error")[0] == 403
    assert runtime.get("invocation/next")[0] == 403
    assert api.outcomes.get(1).payload == b'{"errorType": "E"}'


def test_init_cannot_fail_after_it_has_ended(busy: Runtime) -> None:
    assert busy.post("init/error")[0] == 403


def test_a_runtime_is_restored_once_and_then_asks_for_events(api: RuntimeApi, runtime: Runtime) -> None:
    offer(api, "one")

    assert runtime.get("restore/next") == (200, b"")
    assert runtime.get("restore/next")[0] == 403
    assert runtime.get("invocation/next")[0] == 200


def test_a_failed_restore_is_a_failed_init(api: RuntimeApi, runtime: Runtime) -> None:
    runtime.get("restore/next")

    assert runtime.post("restore/error", b'{"errorType": "E"}')[0] == 202
    assert api.outcomes.get(1).kind == "init_error"


@pytest.mark.parametrize("call", ["restore/next", "nothing"])
def test_a_call_that_is_not_there_is_not_found(call: str) -> None:
    api = RuntimeApi()
    runtime = Runtime(api.address)
    status, _ = runtime.get(call)
    runtime.close()
    api.close()

    assert status == 404


def test_a_response_above_6_mb_is_refused_and_was_an_answer(api: RuntimeApi, busy: Runtime) -> None:
    status, told = busy.post("invocation/one/response", b"x" * 6_291_557)

    assert (status, told["errorType"]) == (413, "RequestEntityTooLarge")
    assert busy.post("invocation/one/error")[0] == 403
    assert [api.outcomes.get(1).kind for _ in range(2)] == ["ready", "error"]


def test_a_post_that_stops_in_the_middle_is_truncated(api: RuntimeApi, busy: Runtime) -> None:
    host, port = api.address.split(":")
    with socket.create_connection((host, int(port))) as connection:
        connection.sendall(b"POST /2018-06-01/runtime/invocation/one/response HTTP/1.1\r\nContent-Length: 9\r\n\r\n{}")
        connection.shutdown(socket.SHUT_WR)
        answer = connection.makefile("rb").read()

    assert b"400 Bad Request" in answer
    assert b'"errorType": "TruncatedHTTPRequest"' in answer
    assert [api.outcomes.get(1).kind for _ in range(2)] == ["ready", "truncated"]


def test_what_an_event_comes_with_is_in_headers(api: RuntimeApi) -> None:
    api.offer(Invocation(b"{}", 17, "arn:a", request_id="one", trace_id="Root=1", client_context='{"custom":{}}'))
    connection = HTTPConnection(api.address, timeout=10)
    connection.request("GET", PREFIX + "invocation/next")
    headers = dict(connection.getresponse().headers)
    connection.close()

    told = {name: value for name, value in headers.items() if name.startswith("Lambda-Runtime-")}
    assert told == {
        "Lambda-Runtime-Aws-Request-Id": "one",
        "Lambda-Runtime-Deadline-Ms": "17",
        "Lambda-Runtime-Invoked-Function-Arn": "arn:a",
        "Lambda-Runtime-Trace-Id": "Root=1",
        "Lambda-Runtime-Client-Context": '{"custom":{}}',
    }
