"""Docker as a subprocess, where it is."""

from __future__ import annotations

import subprocess
from pathlib import Path

from lambwsgi.package.errors import PackageError
from lambwsgi.settings.model import Architecture

# What images call the processors that Lambda has.
ARCHITECTURES = {Architecture.X86_64: "amd64", Architecture.ARM64: "arm64"}
_ANSWER_SECONDS = 10


def is_here() -> bool:
    """Whether there is a Docker on PATH whose daemon answers."""
    try:
        done = subprocess.run(["docker", "version"], capture_output=True, check=False, timeout=_ANSWER_SECONDS)
    except (OSError, subprocess.SubprocessError):
        return False
    return done.returncode == 0


def build_command(folder: Path, name: str, architecture: Architecture) -> list[str]:
    """The command that builds the image of that folder, in the form that Lambda takes.

    Without `--provenance=false` the result is an index of several manifests, which Lambda refuses.
    Source: Lambda developer guide, 'Create a Lambda function using a container image'.
    """
    plain = ["--platform", f"linux/{ARCHITECTURES[architecture]}", "--provenance=false"]
    return ["docker", "build", *plain, "--tag", name, str(folder)]


def run_build(command: list[str]) -> None:
    """Build, with Docker's own progress. Raises PackageError."""
    try:
        subprocess.run(command, check=True)
    except (OSError, subprocess.SubprocessError) as error:
        raise PackageError(
            f"docker could not build the image ({error}); what it said stands above, and the folder is complete, so"
            f" '{' '.join(command)}' tries again"
        ) from error
