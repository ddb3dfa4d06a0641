"""A Python on this machine that can stand for the one in Lambda."""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from lambwsgi.package.platform.target import Target, runs_here


@dataclass(frozen=True, slots=True)
class Interpreter:
    """A Python that works: its program and its version, as in `3.13`."""

    program: Path
    version: str

    def matches(self, target: Target) -> bool:
        """Whether what was installed for the target can be imported by this very Python."""
        return self.version == target.python_version and runs_here(target)


THIS = Interpreter(Path(sys.executable), f"{sys.version_info.major}.{sys.version_info.minor}")


def find_interpreter(version: str) -> Interpreter:
    """A Python of this version, from PATH if it is not the one that runs this; else the one that runs this."""
    if THIS.version == version:
        return THIS
    for folder in os.environ.get("PATH", "").split(os.pathsep):
        program = Path(folder, f"python{version}")
        if os.access(program, os.X_OK) and (real := _real_program(program, version)):
            return Interpreter(real, version)
    return THIS


def _real_program(program: Path, version: str) -> Path | None:
    """Where the program really is, which a version manager's shim does not show; None when it does not work."""
    question = "import sys; print(sys.executable, '%d.%d' % sys.version_info[:2], sep='\\n')"
    try:
        done = subprocess.run([program, "-I", "-c", question], capture_output=True, text=True, timeout=10, check=True)
    except (OSError, subprocess.SubprocessError):
        return None
    path, _, found = done.stdout.strip().partition("\n")
    return Path(path) if found == version else None
