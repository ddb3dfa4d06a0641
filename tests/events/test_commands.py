"""Flask's commands inside the function. Those of Django are run by the example's journey, in a process of its own."""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable
from typing import Any

import click
import pytest
from flask import Flask, current_app
from werkzeug.middleware.proxy_fix import ProxyFix

from lambwsgi import make_handler
from lambwsgi.adapter.errors import LambWSGIError

Invoke = Callable[..., dict[str, Any]]


class Context:
    """A Lambda context that leaves so many milliseconds."""

    def __init__(self, milliseconds: int) -> None:
        self._milliseconds = milliseconds

    def get_remaining_time_in_millis(self) -> int:
        return self._milliseconds


def make_app() -> Flask:
    app = Flask(__name__)

    @app.cli.command("words", context_settings={"ignore_unknown_options": True})
    @click.argument("words", nargs=-1, type=click.UNPROCESSED)
    def words(words: tuple[str, ...]) -> None:
        print(json.dumps([current_app.name, *words]))

    @app.cli.command("end")
    @click.argument("code", type=int)
    def end(code: int) -> None:
        sys.exit(code)

    @app.cli.command("ask")
    def ask() -> None:
        click.confirm("Really?", abort=True)

    @app.cli.command("wait")
    def wait() -> None:
        print("begun")
        time.sleep(20)

    return app


@pytest.fixture
def invoke() -> Invoke:
    """Runs a command of Flask's as an invocation of the function."""
    handler = make_handler(make_app(), commands=frozenset({"flask"}))

    def call(*words: str, context: Any = None) -> dict[str, Any]:
        return handler({"lambwsgi": {"op": "flask", "args": list(words)}}, context)

    return call


def test_a_command_of_the_applications_gets_its_arguments_as_typed(invoke: Invoke) -> None:
    typed = ["a b", "", "--x=1", "é\n", "'", "$HOME"]

    assert json.loads(invoke("words", *typed)["output"]) == [__name__, *typed]


def test_flasks_own_commands_are_there(invoke: Invoke) -> None:
    answer = invoke("routes")

    assert answer["exit_code"] == 0
    assert "/static/<path:filename>" in answer["output"]


@pytest.mark.parametrize(
    ("words", "code"), [(["end", "0"], 0), (["end", "7"], 7), (["end", "x"], 2), (["no-such-command"], 2)]
)
def test_the_exit_code_is_the_commands(invoke: Invoke, words: list[str], code: int) -> None:
    assert invoke(*words)["exit_code"] == code


def test_a_command_that_asks_is_told_to_be_given_its_answers(invoke: Invoke) -> None:
    answer = invoke("ask")

    assert (answer["exit_code"], answer["output"]) == (1, "Really? [y/N]: Aborted!\n")
    assert "give its answers as options" in answer["advice"]


def test_a_command_that_does_not_ask_gets_no_advice(invoke: Invoke) -> None:
    assert invoke("words").keys() == {"exit_code", "output"}


# The other way of pytest's own deadline is SIGALRM, which the command then cannot have.
@pytest.mark.timeout(60, method="thread")
def test_a_command_that_takes_too_long_is_stopped_and_shows_where_it_was(invoke: Invoke) -> None:
    answer = invoke("wait", context=Context(200))

    assert answer["exit_code"] == 124
    assert answer["output"].startswith("begun\n")
    assert "time.sleep(20)" in answer["output"]
    assert "Raise `timeout_seconds`" in answer["advice"]


def test_what_the_command_changes_of_standard_input_is_undone(invoke: Invoke) -> None:
    before = sys.stdin
    invoke("ask")

    assert sys.stdin is before


class Streaming(Context):
    """A context of a runtime that streams, and that takes no more after so many parts."""

    def __init__(self, parts_most: int = 1000) -> None:
        super().__init__(60_000)
        self.sent: list[bytes] = []
        self._parts_most = parts_most

    def begin_response(self, _prelude: dict[str, Any]) -> Callable[[bytes], None]:
        return self._send

    def _send(self, part: bytes) -> None:
        if len(self.sent) == self._parts_most:
            raise LambWSGIError("nobody listens")
        self.sent.append(part)


def test_output_is_streamed_where_that_is_asked_for_and_the_runtime_can() -> None:
    context = Streaming()
    handler = make_handler(make_app(), commands=frozenset({"flask"}))

    handler({"lambwsgi": {"op": "flask", "args": ["words", "a"], "stream": True}}, context)

    assert [json.loads(part) for part in context.sent] == [
        {"output": f'["{__name__}", "a"]\n'},
        {"exit_code": 0},
    ]


def test_without_being_asked_to_a_runtime_that_can_stream_answers_at_once(invoke: Invoke) -> None:
    context = Streaming()

    assert invoke("words", context=context)["exit_code"] == 0
    assert context.sent == []


@pytest.mark.timeout(60, method="thread")
def test_a_command_goes_on_when_nobody_listens_any_more() -> None:
    context = Streaming(parts_most=0)
    handler = make_handler(make_app(), commands=frozenset({"flask"}))

    answer = handler({"lambwsgi": {"op": "flask", "args": ["end", "7"], "stream": True}}, context)

    assert answer["exit_code"] == 7


def test_an_application_that_is_wrapped_says_how_to_wrap_it() -> None:
    handler = make_handler(ProxyFix(make_app()), commands=frozenset({"flask"}))

    answer = handler({"lambwsgi": {"op": "flask", "args": ["routes"]}}, None)

    assert answer["exit_code"] == 1
    assert "is a ProxyFix" in answer["output"]
    assert "put middleware around `app.wsgi_app`" in answer["output"]
