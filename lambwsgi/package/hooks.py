"""Hooks on this machine: commands of the settings, run by a shell. Knows nothing of the cloud."""

from __future__ import annotations

import subprocess
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
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
        ) as process:
            for line in process.stdout or ():
                report(line.rstrip("\n"))
        return process.returncode

    return run


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
