from __future__ import annotations

from typing import Any

import pytest

from lambwsgi import make_handler
from lambwsgi.adapter.errors import EventError
from lambwsgi.events.warm import warm_event
from tests.events.cases import event_of


def never(environ: Any, start_response: Any) -> list[bytes]:
    raise AssertionError("the application was called")


@pytest.mark.parametrize(
    "event",
    [
        pytest.param(warm_event(), id="our own payload"),
        pytest.param({"source": "aws.events", "detail-type": "Scheduled Event", "detail": {}}, id="a rule"),
        pytest.param({"source": "aws.scheduler", "detail-type": "Scheduled Event", "detail": "{}"}, id="a schedule"),
        pytest.param({"source": "serverless-plugin-warmup"}, id="the serverless plugin"),
        pytest.param({"warmer": True, "concurrency": 1}, id="lambda-warmer"),
    ],
)
def test_a_warm_up_never_reaches_the_application(event: dict[str, Any]) -> None:
    assert make_handler(never)(event, None)["warm"] is True


def test_no_http_request_can_be_a_warm_up_or_a_command() -> None:
    event = event_of("function_url/captured_request")
    calls = []

    def app(environ: Any, start_response: Any) -> list[bytes]:
        calls.append(environ["PATH_INFO"])
        start_response("200 OK", [])
        return []

    handler = make_handler(app, commands=frozenset({"manage"}))
    handler(event | {"lambwsgi": {"op": "warm"}}, None)
    handler(event | {"lambwsgi": {"op": "manage", "args": ["flush"]}}, None)

    assert calls == ["/capture/space value"] * 2


def test_a_command_that_the_stage_does_not_allow_is_refused() -> None:
    with pytest.raises(EventError, match="does not allow 'manage'"):
        make_handler(never)({"lambwsgi": {"op": "manage", "args": ["check"]}}, None)


@pytest.mark.parametrize("args", [None, "migrate", [1]])
def test_arguments_that_are_no_list_of_strings_are_refused(args: Any) -> None:
    handler = make_handler(never, commands=frozenset({"manage"}))

    with pytest.raises(EventError, match="a list of strings was expected"):
        handler({"lambwsgi": {"op": "manage", "args": args}}, None)
