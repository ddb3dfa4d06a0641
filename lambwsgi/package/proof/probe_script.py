"""Runs in a process of its own, as a script: starts the handler of an artifact as Lambda would and asks it.

Takes a JSON file {"path": [...], "events": {gateway: {...}}, "lent": folder or null, "profile": whether} and writes its
findings, as JSON, to a second one: when the first event is answered, and again when the others are. Imports nothing of
lambwsgi but what the artifact brings; has to run on every Python that Lambda has.
"""

from __future__ import annotations

import faulthandler
import importlib
import json
import os
import sys
import time
import traceback
from collections.abc import Callable, Iterator
from importlib.machinery import ModuleSpec, PathFinder
from pathlib import Path
from types import FrameType, ModuleType, SimpleNamespace, TracebackType
from typing import Any

# What Lambda's Python has beside the standard library. Source: Lambda developer guide, 'Packaging your function'.
_PREINSTALLED = (
    "boto3", "botocore", "s3transfer", "jmespath", "dateutil", "urllib3", "six",
    "awslambdaric", "simplejson", "snapshot_restore_py",
)  # fmt: skip


# Between these two lines of the log stand the imports of INIT.
BEGIN, END = "lambwsgi: INIT begins", "lambwsgi: INIT ends"
# What the events after the first have altogether: a page that is slow, or hangs, is not waited for again.
_ELSEWHERE_SECONDS = 2.0


class Lender:
    """Finds the packages that Lambda brings, and no others, in a folder of this machine."""

    def __init__(self, folder: str) -> None:
        self._folder = folder

    def find_spec(self, name: str, path: Any = None, target: ModuleType | None = None) -> ModuleSpec | None:
        """The spec of a preinstalled package; None for all others."""
        return PathFinder.find_spec(name, [self._folder], target) if name in _PREINSTALLED and path is None else None


def probe(order: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """What happened: `failed` and a `traceback`, or the proxy `result` and the seconds that the import took.

    Then the same with what was made `elsewhere` of the events after the first.
    """
    sys.path[:0] = order["path"]
    if order["lent"]:
        sys.meta_path.append(Lender(order["lent"]))
    _mark(order, BEGIN)
    began = time.perf_counter()
    try:
        handler = _start()
    except BaseException as error:  # an application may call sys.exit() too
        yield _failure("import", error, order["path"])
        return
    import_seconds = time.perf_counter() - began
    _mark(order, END)
    first, *others = order["events"].items()
    called: set[str] = set()
    try:
        result = _profiled(handler, first[1], called) if order["profile"] else handler(first[1], _context())
    except BaseException as error:
        yield _failure("answer", error, order["path"])
        return
    found = {"result": result, "import_seconds": import_seconds, "called": sorted(called)}
    yield found
    if others:
        _be_quiet_and_quick()
        yield {**found, "elsewhere": {gateway: _ask(handler, event) for gateway, event in others}}


def _profiled(handler: Callable[[Any, Any], Any], event: Any, called: set[str]) -> Any:
    """The result; the modules of all functions that are called for it are added to `called`."""
    sys.setprofile(_noting(called))
    try:
        return handler(event, _context())
    finally:
        sys.setprofile(None)


def _be_quiet_and_quick() -> None:
    """Say no more, so that the log is that of the first event; and end soon, whatever the application does."""
    sys.stdout.flush()
    sys.stderr.flush()
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 1)
    os.dup2(nowhere, 2)
    faulthandler.dump_traceback_later(_ELSEWHERE_SECONDS, exit=True)


def _ask(handler: Callable[[Any, Any], Any], event: Any) -> dict[str, Any]:
    """The proxy `result`, or the name of the `error`."""
    try:
        return {"result": handler(event, _context())}
    except BaseException as error:
        return {"error": type(error).__name__}


def _mark(order: dict[str, Any], text: str) -> None:
    if order["profile"]:
        print(text, file=sys.stderr, flush=True)


def _noting(called: set[str]) -> Callable[[FrameType, str, Any], None]:
    """A profile function that notes the modules of all functions that are called."""

    def note(frame: FrameType, event: str, argument: Any) -> None:
        module = frame.f_globals.get("__name__") if event == "call" else getattr(argument, "__module__", None)
        if isinstance(module, str):
            called.add(module)

    return note


def _start() -> Callable[[Any, Any], Any]:
    """The handler that Lambda calls. Raises what the application raised while it was imported.

    In Lambda the handler lives on after a failed import and tries again; here the first failure is what counts.
    """
    configure = importlib.import_module("lambwsgi.events.configure")
    import_app, failures = configure.import_at_init, []

    def import_and_note(target: str) -> Any:
        try:
            return import_app(target)
        except Exception as error:
            failures.append(error)
            raise

    configure.import_at_init = import_and_note  # type: ignore[attr-defined]
    handler: Callable[[Any, Any], Any] = importlib.import_module("lambwsgi.entrypoint").handler
    if failures:
        raise failures[0]
    return handler


def _failure(during: str, error: BaseException, roots: list[str]) -> dict[str, Any]:
    missing = error.name if isinstance(error, ModuleNotFoundError) else None
    frames = _frames_of_the_application(error.__traceback__, roots)
    said = "".join(traceback.format_exception_only(type(error), error)).strip().removeprefix("lambwsgi.adapter.errors.")
    if isinstance(error, SyntaxError):
        # It stands in the file that was to be read, not in a frame.
        said = f"{type(error).__name__}: {error.msg}"
        name = _name_in_artifact(error.filename or "", roots) or error.filename
        frames.append(f"{name}:{error.lineno}: {(error.text or '').strip()}")
    return {"failed": during, "error": said, "missing": missing, "traceback": frames}


def _frames_of_the_application(trace: TracebackType | None, roots: list[str]) -> list[str]:
    """`shop/models.py:3 in <module>: import nosuch`, without frames of Python's and of lambwsgi's own."""
    named = ((_name_in_artifact(frame.filename, roots), frame) for frame in traceback.extract_tb(trace))
    return [
        f"{name}:{frame.lineno} in {frame.name}: {frame.line}"
        for name, frame in named
        if name and not name.startswith("lambwsgi/")
    ]


def _name_in_artifact(path: str, roots: list[str]) -> str:
    """The path below the artifact's folder; empty for a file from elsewhere."""
    root = next((root for root in roots if path.startswith(root + os.sep)), None)
    return Path(path).relative_to(root).as_posix() if root else ""


def _context() -> SimpleNamespace:
    return SimpleNamespace(
        aws_request_id="00000000-0000-4000-8000-000000000000",
        function_name=os.environ["AWS_LAMBDA_FUNCTION_NAME"],
        function_version="$LATEST",
        invoked_function_arn=f"arn:aws:lambda:us-east-1:123456789012:function:{os.environ['AWS_LAMBDA_FUNCTION_NAME']}",
        memory_limit_in_mb=os.environ["AWS_LAMBDA_FUNCTION_MEMORY_SIZE"],
        log_group_name=os.environ["AWS_LAMBDA_LOG_GROUP_NAME"],
        log_stream_name=os.environ["AWS_LAMBDA_LOG_STREAM_NAME"],
        identity=None,
        client_context=None,
        get_remaining_time_in_millis=lambda: 30_000,
    )


if __name__ == "__main__":
    for findings in probe(json.loads(Path(sys.argv[1]).read_bytes())):
        # Whole or not at all: what comes after may end the process at any moment.
        partial = Path(f"{sys.argv[2]}.partial")
        partial.write_text(json.dumps(findings), "utf-8")
        partial.replace(sys.argv[2])
