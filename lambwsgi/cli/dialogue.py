"""How a deployment speaks with the person at the terminal: it shows, asks, and says why it failed."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING

import click

from lambwsgi.cli import output

if TYPE_CHECKING:
    from lambwsgi.cli.progress import Display
    from lambwsgi.deploy.aws.calls import Aws
    from lambwsgi.deploy.rollout.dialogue import Dialogue
    from lambwsgi.deploy.stack.plan import Plan
    from lambwsgi.package.hooks import Shell
    from lambwsgi.settings.model import StageSettings

_FAILURE_LINES = 30


@contextmanager
def log_of_failure(aws: Aws, settings: StageSettings) -> Iterator[None]:
    """Shows the end of the function's log when the site does not answer well: the reason is there."""
    from lambwsgi.deploy.aws.records import LogQuery
    from lambwsgi.deploy.errors import DeployError, SmokeError
    from lambwsgi.deploy.logs.reading import last_lines
    from lambwsgi.deploy.names import log_group_name

    since_ms = int(time.time() * 1000)
    try:
        yield
    except SmokeError as error:
        if error.log_tail:
            output.progress(error.log_tail.rstrip("\n"))
            raise
        # The failure is the news; that its log cannot be read is not.
        with suppress(DeployError):
            for event in last_lines(aws, LogQuery(log_group_name(settings), since_ms), _FAILURE_LINES):
                output.progress(event.message)
        raise


def refuse_to_ask_nobody(command: str, *, yes: bool) -> None:
    """Said before anything is built: nothing asks when stdin is no terminal."""
    if yes or sys.stdin.isatty():
        return
    from lambwsgi.deploy.errors import ConfirmationError

    raise ConfirmationError(
        f"{command} asks before it acts, and stdin is no terminal: add --yes to do it without asking"
    )


def make_dialogue(
    display: Display,
    confirm: Callable[[Plan], bool],
    *,
    smoke: bool = True,
    shell: Shell | None = None,
    drift: bool = False,
) -> Dialogue:
    """What a deployment says, shown; `shell` runs hooks. `drift`: CloudFormation is asked for it as well."""
    from lambwsgi.deploy.rollout.dialogue import Dialogue
    from lambwsgi.deploy.rollout.smoke import visit
    from lambwsgi.deploy.stack.drift_detection import look
    from lambwsgi.deploy.stack.following import Watch

    return Dialogue(
        confirm=confirm,
        report=display.report,
        sent=display.sent,
        visit=visit if smoke else None,
        watch=Watch(on_event=display.event),
        shell=shell,
        look=look(thorough=drift),
    )


def asker(display: Display, *, yes: bool) -> Callable[[Plan], bool]:
    """Shows the plan, and asks unless that is answered already."""
    from lambwsgi.deploy.stack.plan import plan_lines

    def ask(proposal: Plan) -> bool:
        for line in plan_lines(proposal):
            display.report(line)
        if yes:
            return True
        with display.paused():
            return click.confirm("Do this?", err=True)

    return ask
