"""Management commands and scripts, run inside the function and only by who may invoke it; never over HTTP.

The event is `{"lambwsgi": {"op": "manage", "args": ["migrate", "--noinput"]}}`, the answer
`{"exit_code": 0, "output": "..."}`, with `advice` where something can be done better. With `"stream": true` a function
that streams sends the output while it is written. A kind of command that the stage does not allow is refused, and so is
a script, `{"op": "run", "args": ["cleanup"]}`, that it does not name.
"""

from __future__ import annotations

import sys
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from io import StringIO, TextIOBase

from lambwsgi.adapter.deadline import answer_in_time
from lambwsgi.adapter.errors import DeadlinePassed, EventError
from lambwsgi.events.command_output import SentOutput

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from typing import Any

    from lambwsgi.adapter.wsgi import Environ, WsgiApp

    CommandResult = dict[str, Any]
    Runner = Callable[[WsgiApp, Sequence[str]], None]

# The operation that is no framework's, and allowed script by script.
SCRIPT = "run"
# Lambda's answer holds 6 MB; the end of a long output says more than its beginning.
_OUTPUT_CHARACTERS_MOST = 1_000_000
# So that what the command had written so far still gets out.
_MARGIN_SECONDS = 1.0
# What the shell command `timeout` ends with.
_TOO_LATE = 124

_ADVICE_TOO_LATE = (
    "the command was stopped, since the function's time was up; what it had committed stays."
    " Raise `timeout_seconds` (900 at most) and deploy, or give it less to do at once"
)
_ADVICE_ASKED = (
    "the command looked for somebody to answer it, and inside the function there is nobody:"
    " give its answers as options, as `--noinput` in Django or `--yes` do"
)


def run_command(
    event: Mapping[str, Any], allowed: frozenset[str], scripts: Mapping[str, str], app: WsgiApp, context: Any
) -> CommandResult:
    """Run the command and report its output and exit code. Raises EventError for one that is not allowed."""
    ours = event["lambwsgi"]
    kind, arguments = ours.get("op"), ours.get("args")
    _refuse_kind(kind, allowed)
    if not isinstance(arguments, list) or not all(isinstance(argument, str) for argument in arguments):
        raise EventError(f"the arguments of {kind!r} are {arguments!r}; a list of strings was expected")
    runner = _runner_of(kind, arguments, scripts)

    def run(_environ: Environ) -> int:
        return _exit_code_of(runner, app, arguments)

    begin_response = getattr(context, "begin_response", None) if ours.get("stream") else None
    output = StringIO() if begin_response is None else SentOutput(begin_response)
    nobody = _Nobody()
    with redirect_stdout(output), redirect_stderr(output), _stdin(nobody):
        exit_code = _in_time(run, context)
    advice = _ADVICE_TOO_LATE if exit_code == _TOO_LATE else _ADVICE_ASKED if nobody.was_asked else None
    result: CommandResult = {"exit_code": exit_code, **({"advice": advice} if advice else {})}
    if isinstance(output, SentOutput):
        output.finish(result)
        return result
    return {**result, "output": output.getvalue()[-_OUTPUT_CHARACTERS_MOST:]}


def _refuse_kind(kind: object, allowed: frozenset[str]) -> None:
    if kind not in (*_RUNNERS, SCRIPT):
        raise EventError(f"there is no operation {kind!r}; known are: warm, {', '.join(_RUNNERS)}, {SCRIPT}")
    if kind in _RUNNERS and kind not in allowed:
        raise EventError(f"this stage does not allow {kind!r}; add it to `commands:` in its settings and deploy again")


def _runner_of(kind: str, arguments: Sequence[str], scripts: Mapping[str, str]) -> Runner:
    if kind != SCRIPT:
        return _RUNNERS[kind]
    from lambwsgi.events.scripts import refuse_unknown, run_script  # noqa: PLC0415 - few stages have any

    refuse_unknown(scripts, arguments)
    return lambda _app, given: run_script(scripts, given)


class _Nobody(TextIOBase):
    """Standard input where nobody answers: at its end from the beginning. It remembers whether it was looked at."""

    was_asked = False

    def isatty(self) -> bool:
        self.was_asked = True
        return False

    def readline(self, size: int = -1, /) -> str:  # type: ignore[override]
        self.was_asked = True
        return ""

    def read(self, size: int | None = -1, /) -> str:
        return self.readline()


@contextmanager
def _stdin(stream: _Nobody) -> Iterator[None]:
    before, sys.stdin = sys.stdin, stream
    try:
        yield
    finally:
        sys.stdin = before


def _in_time(run: Callable[[Environ], int], context: Any) -> int:
    """The exit code; that of `timeout` when the command had to be stopped, with the place where it was."""
    try:
        return answer_in_time(run, _MARGIN_SECONDS)({"lambwsgi.context": context})
    except DeadlinePassed:
        import traceback  # noqa: PLC0415 - failures only

        traceback.print_exc()
        return _TOO_LATE


def _exit_code_of(runner: Runner, app: WsgiApp, arguments: Sequence[str]) -> int:
    """What a shell would see: a command may end by itself, by `sys.exit` or by an exception."""
    try:
        runner(app, arguments)
    except SystemExit as stop:
        if isinstance(stop.code, str):
            print(stop.code, file=sys.stderr)
        return stop.code if isinstance(stop.code, int) else int(stop.code is not None)
    except Exception:
        import traceback  # noqa: PLC0415 - failures only

        traceback.print_exc()
        return 1
    return 0


def _run_django(_app: WsgiApp, arguments: Sequence[str]) -> None:
    from django.apps import apps  # noqa: PLC0415 - only a Django project gets here
    from django.core.management import ManagementUtility  # noqa: PLC0415
    from django.db import connections  # noqa: PLC0415

    # The server may have hung up while the environment was frozen; Django looks at that before requests only.
    for connection in connections.all(initialized_only=True) if apps.ready else ():
        if not connection.in_atomic_block:
            connection.close()
    ManagementUtility(["manage.py", *arguments]).execute()


def _run_flask(app: WsgiApp, arguments: Sequence[str]) -> None:
    """The application that serves runs its own commands, so a factory is not called a second time."""
    from flask import Flask  # noqa: PLC0415 - only a Flask project gets here
    from flask.cli import FlaskGroup  # noqa: PLC0415

    if not isinstance(app, Flask):
        sys.exit(
            f"the stage's application is a {type(app).__name__}, but Flask's commands need the Flask object;"
            " put middleware around `app.wsgi_app`, or see the log if the application could not be imported"
        )
    group = FlaskGroup(create_app=lambda: app, load_dotenv=False, set_debug_flag=False)
    group.main(args=list(arguments), prog_name="flask")


_RUNNERS: Mapping[str, Runner] = {"manage": _run_django, "flask": _run_flask}
