from __future__ import annotations

import json
import logging
from collections.abc import Iterator
from contextvars import ContextVar
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from lambwsgi import current_context, current_event, make_handler
from lambwsgi.adapter.errors import EventError

EVENTS = Path(__file__).parent.parent / "events"
FIRST = {
    name: next(iter(sorted((EVENTS / name).glob("*.json")))) for name in ("function_url", "http_api", "rest_api", "alb")
}
CONTEXT = SimpleNamespace(aws_request_id="11111111-2222-4333-8444-555555555555")


def event_of(gateway: str) -> dict[str, Any]:
    event: dict[str, Any] = json.loads(FIRST[gateway].read_text())["event"]
    return event


def failing(environ: Any, start_response: Any) -> list[bytes]:
    raise RuntimeError("secret detail")


@pytest.mark.parametrize("gateway", FIRST)
def test_an_exception_becomes_a_500_with_the_request_id_and_the_traceback_only_in_the_log(
    gateway: str, caplog: pytest.LogCaptureFixture
) -> None:
    result = make_handler(failing)(event_of(gateway), CONTEXT)

    problem = json.loads(result["body"])
    assert result["statusCode"] == 500
    assert problem["request_id"] == CONTEXT.aws_request_id
    assert "secret" not in json.dumps(result)
    [record] = caplog.records
    assert record.exc_info is not None
    assert CONTEXT.aws_request_id in record.getMessage()


class FailingAtTheEnd:
    """A body whose `close()` raises; `parts` may be an exception, raised in their place."""

    def __init__(self, *parts: bytes | Exception) -> None:
        self._parts = parts

    def __iter__(self) -> Iterator[bytes]:
        for part in self._parts:
            if isinstance(part, Exception):
                raise part
            yield part

    def close(self) -> None:
        raise OSError("connection is gone")


def ending_badly(environ: Any, start_response: Any) -> FailingAtTheEnd:
    start_response("200 OK", [("Content-Type", "text/plain")])
    return FailingAtTheEnd(b"whole")


def test_what_close_raises_is_in_the_log_and_the_response_stands(caplog: pytest.LogCaptureFixture) -> None:
    result = make_handler(ending_badly)(event_of("alb"), CONTEXT)

    assert (result["statusCode"], result["body"]) == (200, "whole")
    [record] = caplog.records
    assert "connection is gone" in record.getMessage()
    assert CONTEXT.aws_request_id in record.getMessage()
    assert record.exc_info is not None


def test_what_close_raises_is_let_through_on_request() -> None:
    with pytest.raises(OSError, match="connection is gone"):
        make_handler(ending_badly, raise_errors=True)(event_of("alb"), CONTEXT)


def test_what_close_raises_does_not_hide_what_failed_before(caplog: pytest.LogCaptureFixture) -> None:
    def app(environ: Any, start_response: Any) -> FailingAtTheEnd:
        start_response("200 OK", [])
        return FailingAtTheEnd(ValueError("no such row"))

    result = make_handler(app)(event_of("alb"), CONTEXT)

    assert result["statusCode"] == 500
    assert ["connection is gone" in record.getMessage() for record in caplog.records] == [True, False]
    assert "no such row" in caplog.records[1].getMessage()


def test_a_failure_of_head_has_no_body() -> None:
    result = make_handler(failing)(event_of("alb") | {"httpMethod": "HEAD"}, CONTEXT)

    assert (result["statusCode"], result["body"]) == (500, "")


def test_an_exception_is_let_through_on_request() -> None:
    with pytest.raises(RuntimeError, match="secret detail"):
        make_handler(failing, raise_errors=True)(event_of("alb"), None)


def test_a_broken_request_is_the_clients_fault(caplog: pytest.LogCaptureFixture) -> None:
    event = event_of("function_url") | {"body": "!", "isBase64Encoded": True}

    result = make_handler(failing)(event, CONTEXT)

    assert result["statusCode"] == 400
    assert caplog.records == []


def test_a_body_that_was_cut_on_its_way_is_too_large() -> None:
    case = json.loads((EVENTS / "edge" / "body.json").read_text())
    case["event"]["Records"][0]["cf"]["request"]["body"]["inputTruncated"] = True

    result = make_handler(failing)(case["event"], CONTEXT)

    assert result["status"] == "413"


def test_an_event_without_its_parts_is_a_500_not_an_exception(caplog: pytest.LogCaptureFixture) -> None:
    result = make_handler(failing)({"version": "2.0", "requestContext": {"http": {}}}, CONTEXT)

    assert result["statusCode"] == 500
    assert caplog.records[0].levelno == logging.ERROR


def test_system_exit_is_not_swallowed() -> None:
    def leaving(environ: Any, start_response: Any) -> list[bytes]:
        raise SystemExit(3)

    with pytest.raises(SystemExit):
        make_handler(leaving)(event_of("alb"), None)


@pytest.mark.parametrize(
    ("event", "words"),
    [
        pytest.param({"Records": [{"eventSource": "aws:sqs"}]}, "its keys are: Records", id="SQS"),
        pytest.param({"version": "0", "id": "1", "detail": {}}, "its keys are: detail, id, version", id="EventBridge"),
        pytest.param({}, "its keys are: none", id="empty"),
        pytest.param([1], "the event is a list", id="no object"),
        pytest.param(
            {"type": "REQUEST", "methodArn": "arn", "httpMethod": "GET", "path": "/", "resource": "/"},
            "asks an authorizer",
            id="REST authorizer",
        ),
        pytest.param(
            {"version": "2.0", "type": "REQUEST", "routeArn": "arn", "requestContext": {"http": {"method": "GET"}}},
            "asks an authorizer",
            id="HTTP API authorizer",
        ),
        pytest.param(
            {"requestContext": {"connectionId": "c", "eventType": "CONNECT", "routeKey": "$connect"}},
            "WebSocket",
            id="WebSocket",
        ),
        pytest.param(
            {"version": "2.0", "requestContext": {"stage": "x"}, "method": "GET", "path": "/"},
            "its keys are: method, path, requestContext, version",
            id="a version 2.0 that is another's",
        ),
    ],
)
def test_what_is_not_http_is_refused_with_what_was_seen(event: Any, words: str) -> None:
    with pytest.raises(EventError, match=words):
        make_handler(failing)(event, None)


def test_event_and_context_are_at_hand_during_a_request_and_gone_after() -> None:
    event = event_of("function_url")
    seen = []

    def app(environ: Any, start_response: Any) -> list[bytes]:
        seen.append((current_event(), current_context(), environ["lambwsgi.event"], environ["lambwsgi.context"]))
        start_response("200 OK", [])
        return []

    make_handler(app)(event, CONTEXT)

    assert seen == [(event, CONTEXT, event, CONTEXT)]
    with pytest.raises(LookupError):
        current_event()


def test_what_one_request_sets_does_not_leak_into_the_next() -> None:
    user: ContextVar[str] = ContextVar("user", default="nobody")
    seen = []

    def app(environ: Any, start_response: Any) -> list[bytes]:
        seen.append(user.get())
        user.set("ada")
        start_response("200 OK", [])
        return []

    handler = make_handler(app)
    handler(event_of("function_url"), None)
    handler(event_of("function_url"), None)

    assert seen == ["nobody", "nobody"]


@pytest.mark.parametrize(
    ("path", "script_name", "path_info"),
    [("/api/x", "/api", "/x"), ("/apix", "", "/apix"), ("/api", "/api", ""), ("/a%70i/x", "/api", "/x")],
)
@pytest.mark.parametrize("gateway", ["function_url", "alb"])
def test_base_path_is_removed_only_at_a_segment_boundary(
    gateway: str, path: str, script_name: str, path_info: str
) -> None:
    seen = {}

    def app(environ: dict[str, Any], start_response: Any) -> list[bytes]:
        seen.update(environ)
        start_response("200 OK", [])
        return []

    make_handler(app, base_path="/api")(event_of(gateway) | {"rawPath": path, "path": path}, None)

    assert (seen["SCRIPT_NAME"], seen["PATH_INFO"]) == (script_name, path_info)


@pytest.mark.parametrize(("hops", "address"), [(1, "203.0.113.7"), (2, "198.51.100.1"), (3, "6.6.6.6"), (9, "6.6.6.6")])
def test_trusted_hops_count_from_the_right(hops: int, address: str) -> None:
    seen = {}

    def app(environ: dict[str, Any], start_response: Any) -> list[bytes]:
        seen.update(environ)
        start_response("200 OK", [])
        return []

    event = event_of("alb") | {"headers": {"x-forwarded-for": "6.6.6.6, 198.51.100.1, 203.0.113.7"}}
    event.pop("multiValueHeaders", None)
    make_handler(app, trusted_hops=hops)(event, None)

    assert seen["REMOTE_ADDR"] == address


@pytest.mark.parametrize(
    "options",
    [{"base_path": "api"}, {"base_path": "/api/"}, {"trusted_hops": 0}, {"gateway": "http"}, {"offload": "s3://b"}],
)
def test_options_that_make_no_sense_are_refused(options: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=next(iter(options))):
        make_handler(failing, **options)
