"""The project's own commands, Django's or Flask's, run inside a version of the function."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from lambwsgi.deploy import names
from lambwsgi.deploy.aws.calls import Aws
from lambwsgi.deploy.errors import DeployError, InvocationError
from lambwsgi.deploy.function.command_stream import CommandStream
from lambwsgi.deploy.function.invocation import invoke_function, invoke_streamed, read_answer
from lambwsgi.events.commands import SCRIPT
from lambwsgi.settings.messages import did_you_mean
from lambwsgi.settings.model import StageSettings


@dataclass(frozen=True, slots=True)
class CommandResult:
    """What a command gave: its exit status, all that it wrote, and perhaps what to do otherwise the next time."""

    exit_code: int
    output: str
    advice: str = ""


def refuse_command(settings: StageSettings, kind: str, arguments: Sequence[str]) -> None:
    """Raise DeployError where the stage does not allow commands of this kind, or has no script of that name."""
    if kind == SCRIPT:
        _refuse_script(settings, arguments[0])
    elif kind not in settings.commands:
        allowed = ", ".join(sorted({kind, *settings.commands}))
        raise DeployError(
            f"stage {settings.stage!r} does not allow `lambwsgi {kind}`:"
            f" add `commands: [{allowed}]` to the settings file and deploy"
        )


def _refuse_script(settings: StageSettings, name: str) -> None:
    if name not in settings.scripts:
        hint = did_you_mean(name, settings.scripts) or f": add `scripts: {{{name}: 'module:function'}}` and deploy"
        raise DeployError(f"stage {settings.stage!r} has no script {name!r}{hint}")


def run_in_function(
    aws: Aws,
    settings: StageSettings,
    kind: str,
    arguments: Sequence[str],
    *,
    qualifier: str = names.ALIAS,
    show: Callable[[str], None] | None = None,
) -> CommandResult:
    """What a command of this kind, as `manage`, gives, run inside a version, by default the one that serves.

    `show` gets the output: as it is written where the stage streams, else when the command is through.
    Its time is limited by the stage's timeout, its output by what one invocation may answer.
    """
    order = {"op": kind, "args": list(arguments)}
    if show is not None and settings.streaming:
        return _run_streamed(aws, settings, order, qualifier, show)
    result = _result(settings, read_answer(_invoke(aws, settings, order, qualifier)))
    if show is not None:
        show(result.output)
    return result


def _run_streamed(
    aws: Aws, settings: StageSettings, order: Mapping[str, Any], qualifier: str, show: Callable[[str], None]
) -> CommandResult:
    stream = CommandStream(show)
    event = json.dumps({"lambwsgi": {**order, "stream": True}})
    with _too_late(settings):
        invoke_streamed(aws, settings, event, stream.take, qualifier=qualifier)
    stream.end()
    return _result(settings, {**stream.result, "output": stream.output})


def _result(settings: StageSettings, answer: Any) -> CommandResult:
    if not isinstance(answer, dict) or not isinstance(answer.get("exit_code"), int):
        raise InvocationError(
            f"{settings.function_name} did not answer as a command does: either it stopped in the middle, as"
            f" `lambwsgi logs {settings.stage}` shows, or the deployed stage is older than its settings `commands` and"
            f" `scripts`, and `lambwsgi deploy {settings.stage}` brings it up to date"
        )
    return CommandResult(answer["exit_code"], str(answer.get("output", "")), str(answer.get("advice", "")))


def _invoke(aws: Aws, settings: StageSettings, order: Mapping[str, Any], qualifier: str) -> str:
    with _too_late(settings):
        return invoke_function(aws, settings, json.dumps({"lambwsgi": order}), qualifier=qualifier).payload


@contextmanager
def _too_late(settings: StageSettings) -> Iterator[None]:
    """A command that cannot be stopped in time, in a C extension for example, is ended by Lambda itself."""
    try:
        yield
    except InvocationError as error:
        if "timed out" not in str(error):
            raise
        raise InvocationError(
            f"{error}; raise `timeout_seconds` of stage {settings.stage!r} (900 at most) and deploy,"
            " or give the command less to do at once",
            log_tail=error.log_tail,
        ) from error
