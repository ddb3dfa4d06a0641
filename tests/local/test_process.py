"""Child processes, and that they do not outlive the parent."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from lambwsgi.local.process import Child, Command

FOREVER = "import time\nprint('up', flush=True)\ntime.sleep(600)\n"
# A parent that starts a child, tells its pid, and then does nothing.
PARENT = """\
import sys, time
from pathlib import Path
from lambwsgi.local.process import Child, Command
child = Child(Command("forever", [], Path("."), {}, import_paths=(sys.argv[1], "")), 2)
print(child.pid, flush=True)
time.sleep(600)
"""


@pytest.fixture
def modules(tmp_path: Path) -> Path:
    """A folder with modules to run."""
    (tmp_path / "forever.py").write_text(FOREVER, "utf-8")
    (tmp_path / "told.py").write_text("import os, sys\nprint(sys.argv[1:], sorted(os.environ), sys.stdin.read())\n")
    (tmp_path / "seeing.py").write_text("import sys\nprint(sys.path[0])\nimport pytest\n")
    return tmp_path


def run(command: Command, folder: Path) -> tuple[int, str]:
    """Exit code and output of a command that ends by itself."""
    with (folder / "output.txt").open("wb") as output:
        child = Child(command, output.fileno())
    code = child.wait()
    child.kill()
    return code, (folder / "output.txt").read_text("utf-8")


def test_a_module_gets_its_arguments_and_only_the_variables_it_is_given(modules: Path) -> None:
    command = Command("told", ["a", "b"], modules, {"ONLY": "1"}, import_paths=(str(modules), ""))

    code, output = run(command, modules)

    assert code == 0
    assert output.startswith("['a', 'b'] [")
    assert "'ONLY'" in output
    assert "'PATH'" not in output


def test_an_isolated_module_sees_its_folders_and_the_standard_library(modules: Path) -> None:
    command = Command("seeing", [], modules, {}, import_paths=(str(modules), ""), isolated=True)

    code, output = run(command, modules)

    assert code == 1
    assert output.startswith(f"{modules}\n")
    assert "No module named 'pytest'" in output


def test_kill_ends_it_once(modules: Path) -> None:
    with (modules / "output.txt").open("wb") as output:
        child = Child(Command("forever", [], modules, {}, import_paths=(str(modules), "")), output.fileno())

    assert child.is_running()
    assert child.kill()
    assert not child.is_running()
    assert not child.kill()


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM, signal.SIGINT])
def test_a_child_ends_with_its_parent_however_that_ends(modules: Path, number: signal.Signals) -> None:
    parent = subprocess.Popen(
        [sys.executable, "-c", PARENT, str(modules)], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    )
    with parent:
        assert parent.stdout is not None
        child = int(parent.stdout.readline())
        assert is_alive(child)
        parent.send_signal(number)

    wait_for(lambda: not is_alive(child))


def is_alive(pid: int) -> bool:
    """Whether the process runs; one that only waits to be collected does not."""
    try:
        os.kill(pid, 0)
        return ") Z " not in Path(f"/proc/{pid}/stat").read_text("utf-8")
    except (ProcessLookupError, FileNotFoundError):
        return False


def wait_for(condition: Callable[[], bool]) -> None:
    """Return when the condition holds; fail after ten seconds."""
    deadline = time.monotonic() + 10
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.02)
