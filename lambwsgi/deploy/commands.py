"""The project's own commands, Django's or Flask's, run inside a version of the function."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from lambwsgi.deploy import names
from lambwsgi.deploy.errors import DeployError, InvocationError
from lambwsgi.deploy.invoking import invoke_function, read_answer
from lambwsgi.events.commands import SCRIPT
from lambwsgi.settings.model import StageSettings
from lambwsgi.settings.words import did_you_mean

if TYPE_CHECKING:
    from lambwsgi.deploy.aws import Aws


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
    aws: Aws, settings: StageSettings, kind: str, arguments: Sequence[str], *, qualifier: str = names.ALIAS
) -> CommandResult:
    """What a command of this kind, as `manage`, gives, run inside a version, by default the one that serves.

    Its time is limited by the stage's timeout, its output by what one invocation may answer.
    """
    event = json.dumps({"lambwsgi": {"op": kind, "args": list(arguments)}})
    answer = read_answer(_invoke(aws, settings, event, qualifier))
    if not isinstance(answer, dict) or not isinstance(answer.get("exit_code"), int):
        raise InvocationError(
            f"{settings.function_name} did not answer as a command does: is the deployed stage older than the settings"
            f" `commands` and `scripts`? `lambwsgi deploy {settings.stage}` brings it up to date"
        )
    return CommandResult(answer["exit_code"], str(answer.get("output", "")), str(answer.get("advice", "")))


def _invoke(aws: Aws, settings: StageSettings, payload: str, qualifier: str) -> str:
    """The answer. A command that cannot be stopped in time, in a C extension for example, is ended by Lambda itself."""
    try:
        return invoke_function(aws, settings, payload, qualifier=qualifier).payload
    except InvocationError as error:
        if "timed out" not in str(error):
            raise
        raise InvocationError(
            f"{error}; raise `timeout_seconds` of stage {settings.stage!r} (900 at most) and deploy,"
            " or give the command less to do at once",
            log_tail=error.log_tail,
        ) from error
