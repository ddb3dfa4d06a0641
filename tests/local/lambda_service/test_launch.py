"""Which runtime runs a function: AWS's, or what `AWS_LAMBDA_EXEC_WRAPPER` names."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from lambwsgi.local.errors import FunctionError
from lambwsgi.local.lambda_service.model import FunctionVersion
from tests.local.lambda_service.invoking import wait_for
from tests.local.lambda_service.wrappers import ship_runtime, write_wrapper

Invoke = Callable[..., Any]

# A parent that invokes once and then does nothing.
PARENT = """\
import json, sys, time
from pathlib import Path
from lambwsgi.local.lambda_service.model import FunctionVersion, Invocation
from lambwsgi.local.lambda_service.service import LambdaService
service = LambdaService(lambda function, line: None, sandboxed=sys.argv[2] == "True")
function = FunctionVersion("f", "1", "arn", "app.handler", Path(sys.argv[1]))
service.invoke(function, Invocation(b"{}", int(time.time() * 1000) + 20_000, "arn"))
print("up", flush=True)
time.sleep(600)
"""


def wrapped(function: FunctionVersion, wrapper: str) -> FunctionVersion:
    """The function with this wrapper."""
    return replace(function, environment={"AWS_LAMBDA_EXEC_WRAPPER": wrapper})


def test_the_wrappers_interpreter_runs_a_script_with_lambdas_import_path(
    function: FunctionVersion, invoke: Invoke
) -> None:
    ship_runtime(function.task_root)

    told = invoke(wrapped(function, "/var/task/runtime/bootstrap"), greeting=1)

    assert told["event"] == {"greeting": 1}
    assert told["argv"][0].endswith("/runtime/client.py")
    assert told["path"][0] in {"/var/task", str(function.task_root)}
    assert told["path"][-1].endswith("/runtime")
    assert told["isolated"]


def test_a_wrapper_may_go_on_to_awss_runtime_with_other_options(function: FunctionVersion, invoke: Invoke) -> None:
    write_wrapper(
        function.task_root / "wrapper",
        '#!/bin/sh\npython=$1; shift\nexport ADDED=1\nexec "$python" -X utf8 -W error::UserWarning "$@"\n',
    )
    function = wrapped(function, "/var/task/wrapper")

    assert invoke(function, greeting=2)["event"] == {"greeting": 2}
    assert invoke(function, do="variables")["ADDED"] == "1"


@pytest.mark.parametrize(
    ("text", "mode", "code"), [(None, 0, 127), ("#!/bin/sh\n", 0o644, 126), ("#!/bin/sh\nexit 5", 0o755, 5)]
)
def test_a_wrapper_that_does_not_start_is_an_exit_error(
    function: FunctionVersion, invoke: Invoke, text: str | None, mode: int, code: int
) -> None:
    path = function.task_root / "wrapper"
    if text is not None:
        write_wrapper(path, text)
        path.chmod(mode)

    with pytest.raises(FunctionError, match=f"Runtime exited with error: exit status {code}") as caught:
        invoke(wrapped(function, "/var/task/wrapper"))

    assert caught.value.error_type == "Runtime.ExitError"


@pytest.mark.parametrize("sandboxed", [True, False])
def test_environments_end_with_us_however_that_happens(
    function: FunctionVersion, tmp_path: Path, sandboxed: bool
) -> None:
    command = [sys.executable, "-c", PARENT, str(function.task_root), str(sandboxed)]
    # Who is killed leaves its folder behind.
    environment = {**os.environ, "TMPDIR": str(tmp_path)}
    parent = subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, text=True)
    with parent:
        assert parent.stdout is not None
        assert parent.stdout.readline() == "up\n"
        running = processes_below(parent.pid)
        parent.send_signal(signal.SIGKILL)

    assert running
    wait_for(lambda: not any(Path(f"/proc/{pid}").exists() for pid in running))


def processes_below(pid: int) -> set[int]:
    """The numbers of all descendants."""
    found = set()
    for thread in os.listdir(f"/proc/{pid}/task"):
        for child in Path(f"/proc/{pid}/task/{thread}/children").read_text("ascii").split():
            found |= {int(child)} | processes_below(int(child))
    return found


def test_a_snapshot_is_restored_before_the_first_event(function: FunctionVersion, invoke: Invoke) -> None:
    code = """
from snapshot_restore_py import register_after_restore, register_before_snapshot
seen = []
register_before_snapshot(seen.append, "before")
register_after_restore(seen.append, "after")
def handler(event, context):
    return seen
"""
    (function.task_root / "app.py").write_text(code, "utf-8")

    assert invoke(replace(function, snap_start=True)) == ["before", "after"]
    assert invoke(replace(function, version="8")) == []


def test_a_failed_restore_fails_the_invocation(function: FunctionVersion, invoke: Invoke) -> None:
    code = """
from snapshot_restore_py import register_after_restore
def fail():
    raise ValueError("not restored")
register_after_restore(fail)
def handler(event, context):
    return None
"""
    (function.task_root / "app.py").write_text(code, "utf-8")

    with pytest.raises(FunctionError) as caught:
        invoke(replace(function, snap_start=True))

    assert "not restored" in json.loads(caught.value.payload)["errorMessage"]
