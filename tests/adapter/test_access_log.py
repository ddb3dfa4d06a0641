from __future__ import annotations

import json
from types import SimpleNamespace
from typing import Any

import pytest

from lambwsgi import make_handler
from tests.events.cases import event_of

EVENT = event_of("function_url/captured_request")
CONTEXT = SimpleNamespace(aws_request_id="11111111-2222-4333-8444-555555555555")


def lines_of(capsys: pytest.CaptureFixture[str]) -> list[dict[str, Any]]:
    return [json.loads(line) for line in capsys.readouterr().out.splitlines()]


def test_a_request_is_one_line_without_query_body_and_cookies(capsys: pytest.CaptureFixture[str]) -> None:
    def app(environ: Any, start_response: Any) -> list[bytes]:
        start_response("201 Created", [("Set-Cookie", "secret=1")])
        return [b"secret"]

    event = EVENT | {"rawQueryString": "token=secret", "body": "secret", "cookies": ["session=secret"]}
    make_handler(app, access_log=True)(event, CONTEXT)

    [line] = lines_of(capsys)
    assert list(line)[:4] == ["request_id", "status", "method", "path"]
    assert line["milliseconds"] >= 0
    assert line | {"milliseconds": 0, "cold": True} == {
        "request_id": "11111111-2222-4333-8444-555555555555",
        "status": 201,
        "method": "GET",
        "path": "/capture/space%20value",
        "milliseconds": 0,
        "bytes": 6,
        "address": "203.0.113.7",
        "gateway": "function_url",
        "cold": True,
    }


def test_a_failure_has_its_line_too(capsys: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture) -> None:
    def app(environ: Any, start_response: Any) -> list[bytes]:
        raise RuntimeError

    handler = make_handler(app, access_log=True)
    handler(EVENT, CONTEXT)
    handler(EVENT | {"body": "!", "isBase64Encoded": True}, CONTEXT)

    assert [line["status"] for line in lines_of(capsys)] == [500, 400]


def test_only_the_first_request_of_a_process_is_cold(capsys: pytest.CaptureFixture[str]) -> None:
    def app(environ: Any, start_response: Any) -> list[bytes]:
        start_response("200 OK", [])
        return []

    handler = make_handler(app, access_log=True)
    for _ in range(3):
        handler(EVENT, CONTEXT)

    assert [line["cold"] for line in lines_of(capsys)][1:] == [False, False]


def test_without_the_option_nothing_is_written(capsys: pytest.CaptureFixture[str]) -> None:
    def app(environ: Any, start_response: Any) -> list[bytes]:
        start_response("200 OK", [])
        return []

    make_handler(app)(EVENT, CONTEXT)

    assert capsys.readouterr().out == ""
