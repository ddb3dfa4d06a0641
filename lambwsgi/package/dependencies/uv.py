"""uv as a subprocess. The only place that starts it."""

from __future__ import annotations

import subprocess
from collections.abc import Sequence
from pathlib import Path

from uv import find_uv_bin


class UvFailedError(Exception):
    """uv refused; `words` is what it printed."""

    def __init__(self, words: str) -> None:
        super().__init__(words)
        self.words = words


def run_uv(arguments: Sequence[str], directory: Path) -> str:
    """What uv prints, started in that folder. Raises UvFailedError."""
    # Before the arguments: what follows the name of a tool that uv runs belongs to that tool.
    command = [find_uv_bin(), "--color", "never", "--no-progress", "--no-python-downloads", *arguments]
    done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=directory)
    if done.returncode:
        raise UvFailedError(done.stderr)
    return done.stdout


def repeated(option: str, values: Sequence[str]) -> list[str]:
    """The arguments that give the option once for each value."""
    return [argument for value in values for argument in (option, value)]
