"""The project's own commands, Django's or Flask's, run inside a version of the function."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from lambwsgi.deploy import names
from lambwsgi.deploy.errors import DeployError, InvocationError
from lambwsgi.deploy.invoking import invoke_function, read_answer
from lambwsgi.settings.model import StageSettings

if TYPE_CHECKING:
    from lambwsgi.deploy.aws import Aws


@dataclass(frozen=True, slots=True)
class CommandResult:
    """What a command gave: its exit status, all that it wrote, and perhaps what to do otherwise the next time."""

    exit_code: int
    output: str
    advice: str = ""


def refuse_command(settings: StageSettings, kind: str) -> None:
    """Raise DeployError where the stage does not allow commands of this kind."""
    if kind not in settings.commands:
        allowed = ", ".join(sorted({kind, *settings.commands}))
        raise DeployError(
            f"stage {settings.stage!r} does not allow `lambwsgi {kind}`:"
            f" add `commands: [{allowed}]` to the settings file and deploy"
        )


def run_in_function(
    aws: Aws, settings: StageSettings, kind: str, arguments: Sequence[str], *, qualifier: str = names.ALIAS
) -> CommandResult:
    """What a command of this kind, `manage` or `flask`, gives, run inside a version, by default the one that serves.

    Its time is limited by the stage's timeout, its output by what one invocation may answer.
    """
    event = json.dumps({"lambwsgi": {"op": kind, "args": list(arguments)}})
    answer = read_answer(_invoke(aws, settings, event, qualifier))
    if not isinstance(answer, dict) or not isinstance(answer.get("exit_code"), int):
        raise InvocationError(
            f"{settings.function_name} did not answer as a command does: is the deployed stage older than the setting"
            f" `commands`? `lambwsgi deploy {settings.stage}` brings it up to date"
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
