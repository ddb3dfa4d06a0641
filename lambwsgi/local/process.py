"""A child process that does not outlive us, in a process group of its own."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

CHILD = Path(__file__).with_name("child_script.py")


class Startable(Protocol):
    """What a process is made from."""

    @property
    def argv(self) -> Sequence[str]:
        """The program and its arguments."""

    @property
    def cwd(self) -> Path:
        """Where it starts."""

    @property
    def environment(self) -> Mapping[str, str]:
        """All its variables."""


@dataclass(frozen=True, slots=True)
class Program:
    """Any program; it ought to end by itself when its standard input does."""

    argv: Sequence[str]
    cwd: Path
    environment: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Command:
    """`python -m module arguments`, in `cwd`, with exactly these variables.

    `import_paths` are the first and the last folder of the import path. `isolated`: besides those the module sees the
    standard library only, not this Python's site-packages.
    """

    module: str
    arguments: Sequence[str]
    cwd: Path
    environment: Mapping[str, str]
    import_paths: tuple[str, str] = ("", "")
    isolated: bool = False

    @property
    def argv(self) -> Sequence[str]:
        """This Python, tied to us, with the module."""
        flags = ["-S"] if self.isolated else []
        return [sys.executable, *flags, str(CHILD), *self.import_paths, "-m", self.module, *self.arguments]


class Child:
    """The running process. `output` is the file descriptor that both its output streams go to."""

    def __init__(self, command: Startable, output: int) -> None:
        self._ending = threading.Lock()
        self._process = subprocess.Popen(
            command.argv,
            cwd=command.cwd,
            env={**_loader_variables(), **command.environment},
            stdin=subprocess.PIPE,
            stdout=output,
            stderr=output,
            start_new_session=True,
        )

    @property
    def pid(self) -> int:
        """The process, which leads its group."""
        return self._process.pid

    def is_running(self) -> bool:
        """Whether it still runs."""
        return self._process.poll() is None

    def wait(self) -> int:
        """The exit code, when it has ended; negative for a signal."""
        return self._process.wait()

    def ended_within(self, seconds: float) -> bool:
        """Whether it has ended; waits so long for that."""
        try:
            self._process.wait(seconds)
        except subprocess.TimeoutExpired:
            return False
        return True

    def shoot(self) -> None:
        """Kill it and its group, without waiting for the end and without cleaning up."""
        with suppress(ProcessLookupError):
            os.killpg(self.pid, signal.SIGKILL)

    def kill(self) -> bool:
        """End it and all that it started; False when that was done before."""
        if not self._ending.acquire(blocking=False):
            return False
        self.shoot()
        self._process.wait()
        if self._process.stdin is not None:
            self._process.stdin.close()
        return True


def _loader_variables() -> dict[str, str]:
    """A Python that was moved from where it was built finds its own library by this variable only."""
    return {name: os.environ[name] for name in ("LD_LIBRARY_PATH",) if name in os.environ}
