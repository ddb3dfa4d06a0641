"""Hooks on this machine: commands of the settings, run by a shell. Knows nothing of the cloud."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path

from lambwsgi.package.errors import HookError
from lambwsgi.settings.model import StageSettings

# Runs a command, with these variables beside its own; gives its exit status.
Shell = Callable[[str, Mapping[str, str]], int]


def shell_in(
    directory: Path, settings: StageSettings, *, environ: Mapping[str, str], report: Callable[[str], None]
) -> Shell:
    """A shell in the project's folder that knows project and stage; `report` gets its output, a line at a time."""
    own = {**environ, "LAMBWSGI_PROJECT": settings.project, "LAMBWSGI_STAGE": settings.stage}

    def run(command: str, known: Mapping[str, str]) -> int:
        report(f"$ {command}")
        # A terminal sends its signals to all that it runs; elsewhere they come to us alone and are handed on.
        in_group = sys.platform != "win32" and not (sys.stdin and sys.stdin.isatty())
        with subprocess.Popen(  # noqa: S602 - a shell is what the settings ask for, and they are the project's own
            command,
            shell=True,
            cwd=directory,
            env={**own, **known},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
            process_group=0 if in_group else None,
        ) as process:
            try:
                for line in process.stdout or ():
                    report(line.rstrip("\n"))
            except BaseException:  # whoever stops us means what we started as well
                _end(process, in_group=in_group)
                raise
        return process.returncode

    return run


def _end(process: subprocess.Popen[str], *, in_group: bool) -> None:
    if in_group and sys.platform != "win32":
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGTERM)
    else:
        process.terminate()


def run_commands(hook: str, commands: Iterable[str], shell: Shell | None, known: Mapping[str, str]) -> None:
    """Run a hook's commands one after the other; without a shell none. Raises HookError for the first that fails."""
    if shell is None:
        return
    for command in commands:
        if status := shell(command, known):
            raise HookError(
                f"hook {hook}: {command!r} ended with exit status {status}; what it wrote is above",
                hook=hook,
                exit_status=status,
            )


@contextmanager
def package_hooks(settings: StageSettings, shell: Shell | None) -> Iterator[None]:
    """Runs what the settings want before and after the artifact is built in the block. Raises HookError."""
    run_commands("before_package", settings.hooks.before_package, shell, {})
    yield
    run_commands("after_package", settings.hooks.after_package, shell, {})
