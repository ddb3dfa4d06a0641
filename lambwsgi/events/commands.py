"""Management commands, run inside the function and only by who may invoke it; never over HTTP.

The event is `{"lambwsgi": {"op": "manage", "args": ["migrate", "--noinput"]}}`, the answer
`{"exit_code": 0, "output": "..."}`. A kind of command that the stage does not allow is refused.
"""

from __future__ import annotations

import sys
from contextlib import redirect_stderr, redirect_stdout
from io import StringIO

from lambwsgi.adapter.errors import EventError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from typing import Any

    CommandResult = dict[str, Any]

# Lambda's answer holds 6 MB; the end of a long output says more than its beginning.
_OUTPUT_CHARACTERS_MOST = 1_000_000


def run_command(event: Mapping[str, Any], allowed: frozenset[str]) -> CommandResult:
    """Run the command and report its output and exit code. Raises EventError for one that is not allowed."""
    ours = event["lambwsgi"]
    kind, arguments = ours.get("op"), ours.get("args")
    if kind not in _RUNNERS:
        raise EventError(f"there is no operation {kind!r}; known are: warm, {', '.join(_RUNNERS)}")
    if kind not in allowed:
        raise EventError(f"this stage does not allow {kind!r}; add it to `commands:` in its settings and deploy again")
    if not isinstance(arguments, list) or not all(isinstance(argument, str) for argument in arguments):
        raise EventError(f"the arguments of {kind!r} are {arguments!r}; a list of strings was expected")
    output = StringIO()
    with redirect_stdout(output), redirect_stderr(output):
        exit_code = _exit_code_of(_RUNNERS[kind], arguments)
    return {"exit_code": exit_code, "output": output.getvalue()[-_OUTPUT_CHARACTERS_MOST:]}


def _exit_code_of(runner: Callable[[Sequence[str]], None], arguments: Sequence[str]) -> int:
    """What a shell would see: a command may end by itself, by `sys.exit` or by an exception."""
    try:
        runner(arguments)
    except SystemExit as stop:
        if isinstance(stop.code, str):
            print(stop.code, file=sys.stderr)
        return stop.code if isinstance(stop.code, int) else int(stop.code is not None)
    except Exception:
        import traceback  # noqa: PLC0415 - failures only

        traceback.print_exc()
        return 1
    return 0


def _run_django(arguments: Sequence[str]) -> None:
    from django.core.management import ManagementUtility  # noqa: PLC0415 - only a Django project gets here

    ManagementUtility(["manage.py", *arguments]).execute()


_RUNNERS: Mapping[str, Callable[[Sequence[str]], None]] = {"manage": _run_django}
