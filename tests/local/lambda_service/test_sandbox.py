"""The sandbox: what the function sees of this machine, and where it may write."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from lambwsgi.local.lambda_service.model import FunctionVersion
from lambwsgi.local.lambda_service.service import LambdaService

Invoke = Callable[..., Any]

CODE = """\
import errno, os, socket

def handler(event, context):
    return globals()[event["do"]](**event.get("with", {}))

def write(path, mb=0):
    try:
        with open(path, "wb") as file:
            for _ in range(mb):
                file.write(bytes(1024 * 1024))
    except OSError as error:
        return errno.errorcode[error.errno]
    return "written"

def exists(path):
    return os.path.exists(path)

def environment():
    return dict(os.environ)

def place():
    return {"cwd": os.getcwd(), "user": os.getuid(), "group": os.getgid(), "host": socket.gethostname(),
            "root": sorted(os.listdir("/"))}

def processes():
    return sorted(int(name) for name in os.listdir("/proc") if name.isdigit())
"""


@pytest.fixture
def service() -> Iterator[LambdaService]:
    """A local Lambda with a sandbox."""
    with LambdaService(lambda _function, _line: None) as running:
        if running.note:
            pytest.skip(running.note)
        yield running


@pytest.fixture
def function(function: FunctionVersion) -> FunctionVersion:
    """A function that looks around."""
    (function.task_root / "app.py").write_text(CODE, "utf-8")
    return function


@pytest.mark.parametrize("path", ["/var/task/x", "/x", "/var/runtime/x", "/opt/x", "/etc/x", "/dev/shm/x"])
def test_nothing_but_tmp_can_be_written_to(function: FunctionVersion, invoke: Invoke, path: str) -> None:
    assert invoke(function, do="write", **{"with": {"path": path}}) == "EROFS"


def test_tmp_is_the_environments_own_and_has_a_size(function: FunctionVersion, invoke: Invoke) -> None:
    small = replace(function, ephemeral_storage_mb=64)

    assert invoke(small, do="write", **{"with": {"path": "/tmp/x", "mb": 63}}) == "written"
    assert invoke(small, do="write", **{"with": {"path": "/tmp/y", "mb": 2}}) == "ENOSPC"
    assert not Path("/tmp/y").exists()


@pytest.mark.parametrize("path", [str(Path.home()), __file__], ids=["home", "this file"])
def test_this_machines_files_are_not_to_be_seen(function: FunctionVersion, invoke: Invoke, path: str) -> None:
    assert not invoke(function, do="exists", **{"with": {"path": path}})


def test_paths_user_and_variables_are_lambdas(function: FunctionVersion, invoke: Invoke) -> None:
    place, environment = invoke(function, do="place"), invoke(function, do="environment")

    assert (place["cwd"], place["user"], place["group"], place["host"]) == ("/var/task", 993, 990, "lambda")
    assert {"tmp", "opt", "var"} < set(place["root"])
    assert "root" not in place["root"]
    assert environment["LAMBDA_TASK_ROOT"] == "/var/task"
    assert environment["LAMBDA_RUNTIME_DIR"] == "/var/runtime"
    assert environment["PATH"].startswith("/var/lang/bin:")
    assert environment["SECRET"] == "1"


def test_secrets_do_not_stand_on_a_command_line(function: FunctionVersion, invoke: Invoke) -> None:
    invoke(replace(function, environment={"SECRET": "do-not-show-me"}), do="place")

    shown = [line for each in Path("/proc").glob("[0-9]*/cmdline") if (line := command_line(each))]
    assert any(b"/var/task" in line for line in shown)
    assert not any(b"do-not-show-me" in line for line in shown)


def test_other_processes_are_not_to_be_seen(function: FunctionVersion, invoke: Invoke) -> None:
    assert invoke(function, do="processes") == [1, 2]


def test_a_function_may_be_left_out_of_the_sandbox(function: FunctionVersion, invoke: Invoke) -> None:
    place = invoke(replace(function, sandboxed=False), do="place")

    assert place["cwd"] == str(function.task_root)
    assert place["user"] == os.getuid()


def test_where_there_is_no_sandbox_it_is_said_what_to_do(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))

    with LambdaService(lambda _function, _line: None) as running:
        note = running.note

    assert note == (
        "functions run without a sandbox: they can write to their code folder, fill the disk and read your files;"
        " bwrap is not installed; on Linux it comes with the package bubblewrap"
    )


def test_a_bwrap_that_may_not_make_one_is_said_too(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "bwrap").write_text("#!/bin/sh\necho 'setting up uid map: Permission denied' >&2\nexit 1\n", "utf-8")
    (tmp_path / "bwrap").chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))

    with LambdaService(lambda _function, _line: None) as running:
        note = running.note

    assert note is not None
    assert note.endswith("bwrap cannot make one here: setting up uid map: Permission denied")


@pytest.mark.skipif(os.getuid() != 0, reason="only root can become another user")
def test_an_ordinary_user_has_a_sandbox_too(service: LambdaService) -> None:
    interpreter = Path(sys.base_prefix).resolve()
    if shutil.which("setpriv") is None or not is_for_all(interpreter):
        pytest.skip("no setpriv, or a Python that only root can read")
    code = "import sys; sys.path += sys.argv[1:]\nfrom lambwsgi.local.lambda_service.service import LambdaService\n"
    code += "with LambdaService(print) as running: print(running.note)"
    done = subprocess.run(
        ["setpriv", "--reuid=65534", "--clear-groups", sys.executable, "-c", code, *sys.path],
        capture_output=True,
        text=True,
        check=True,
    )

    assert done.stdout == "None\n"


def command_line(path: Path) -> bytes:
    """What a process was started with; nothing when it has ended."""
    try:
        return path.read_bytes()
    except OSError:
        return b""


def is_for_all(path: Path) -> bool:
    """Whether everybody may read what lies there."""
    return all(each.stat().st_mode & 0o005 == 0o005 for each in (path, *path.parents))
