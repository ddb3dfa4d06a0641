"""Commands whose output comes while they run: in a function that streams, asked by the Invoke API."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator

import pytest

from lambwsgi.deploy.aws.calls import Aws
from lambwsgi.deploy.errors import InvocationError
from lambwsgi.deploy.function.command_stream import CommandStream
from lambwsgi.deploy.function.commands import CommandResult, run_in_function
from lambwsgi.local.lambda_service.invoke_api import InvokeApi
from lambwsgi.local.lambda_service.service import LambdaService
from lambwsgi.package.builders.zip_archive import build
from lambwsgi.package.platform.target import host_target
from lambwsgi.package.proof.probe import unpack
from lambwsgi.package.proof.sample import function_of
from lambwsgi.settings.model import StageSettings

APP = """\
import os, sys, time
from flask import Flask

app = Flask(__name__)

@app.get("/")
def index():
    return "shop"

@app.cli.command()
def seed():
    for number in range(3):
        print("seeded", number)
        time.sleep(0.4)
    print("no newline at the end", end="")
    sys.exit(7)

@app.cli.command()
def ask():
    input("Really? ")

@app.cli.command()
def die():
    print("last words")
    os._exit(3)
"""


@pytest.fixture(scope="module")
def settings() -> StageSettings:
    """A stage that streams and allows Flask's commands."""
    return StageSettings(
        project="shop",
        stage="dev",
        app="app:app",
        runtime=f"python3.{sys.version_info.minor}",
        commands=frozenset({"flask"}),
        streaming=True,
    )


@pytest.fixture(scope="module")
def aws(settings: StageSettings, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Aws]:
    """Where that stage's function is, and one of the same code that does not stream, under the name `shop-plain`."""
    folder = tmp_path_factory.mktemp("shop")
    (folder / "app.py").write_text(APP, "utf-8")
    (folder / "requirements.txt").write_text("flask\n", "utf-8")
    task = tmp_path_factory.mktemp("task")
    unpack(build(settings, folder, folder / "out.zip", target=host_target()).path, task)
    plain = settings.model_copy(update={"streaming": False, "stage": "plain"})
    functions = {each.function_name: function_of(each, task) for each in (settings, plain)}
    with LambdaService(lambda _function, _line: None) as service:
        api = InvokeApi(service, lambda name, _qualifier: functions.get(name))
        yield Aws(endpoint_url=api.url)
        api.close()


class Terminal:
    """Remembers what was shown, and when."""

    def __init__(self) -> None:
        self.texts: list[str] = []
        self.times: list[float] = []

    def show(self, text: str) -> None:
        self.texts.append(text)
        self.times.append(time.monotonic())


@pytest.fixture
def terminal() -> Terminal:
    return Terminal()


def test_output_is_shown_as_it_is_written_and_the_exit_status_is_the_commands(
    aws: Aws, settings: StageSettings, terminal: Terminal
) -> None:
    done = run_in_function(aws, settings, "flask", ["seed"], show=terminal.show)

    assert terminal.texts == ["seeded 0\n", "seeded 1\n", "seeded 2\n", "no newline at the end"]
    assert terminal.times[1] - terminal.times[0] > 0.2
    assert terminal.times[2] - terminal.times[1] > 0.2
    assert done == CommandResult(7, "".join(terminal.texts))


def test_advice_comes_with_the_end(aws: Aws, settings: StageSettings, terminal: Terminal) -> None:
    done = run_in_function(aws, settings, "flask", ["ask"], show=terminal.show)

    assert done.exit_code == 1
    assert done.output == "Really? \nAborted!\n"
    assert "give its answers as options" in done.advice


def test_a_function_that_ends_in_the_middle_is_an_error_after_what_it_wrote(
    aws: Aws, settings: StageSettings, terminal: Terminal
) -> None:
    with pytest.raises(InvocationError, match="shop-dev failed: "):
        run_in_function(aws, settings, "flask", ["die"], show=terminal.show)

    assert terminal.texts == ["last words\n"]


def test_a_hook_that_shows_nothing_gets_all_at_once(aws: Aws, settings: StageSettings) -> None:
    assert run_in_function(aws, settings, "flask", ["seed"]).output.startswith("seeded 0\nseeded 1\n")


def test_a_stage_that_does_not_stream_shows_it_when_the_command_is_through(
    aws: Aws, settings: StageSettings, terminal: Terminal
) -> None:
    plain = settings.model_copy(update={"streaming": False, "stage": "plain"})

    done = run_in_function(aws, plain, "flask", ["seed"], show=terminal.show)

    assert terminal.texts == [done.output]
    assert done.exit_code == 7


def test_a_deployed_function_that_does_not_stream_yet_is_understood(
    aws: Aws, settings: StageSettings, terminal: Terminal
) -> None:
    done = run_in_function(aws, settings.model_copy(update={"stage": "plain"}), "flask", ["seed"], show=terminal.show)

    assert terminal.texts == [done.output]
    assert done.exit_code == 7


@pytest.mark.parametrize("size", [1, 7, 1000])
def test_pieces_may_be_cut_anywhere(terminal: Terminal, size: int) -> None:
    payload = b'{"statusCode": 200}' + bytes(8) + '{"output": "\u00e9\\n\\u0000"}\n{"exit_code": 0}\n'.encode()
    stream = CommandStream(terminal.show)

    for begin in range(0, len(payload), size):
        stream.take(payload[begin : begin + size])
    stream.end()

    assert terminal.texts == ["\u00e9\n\0"]
    assert stream.result == {"exit_code": 0}
