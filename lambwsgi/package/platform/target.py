"""What the artifact is built for: a Python and a platform."""

from __future__ import annotations

import platform
import sys
from dataclasses import dataclass

from lambwsgi.settings.model import Architecture, StageSettings

# Lambda's Python 3.11 lives on Amazon Linux 2 with glibc 2.26, later ones on Amazon Linux 2023 with glibc 2.34. The
# older tag, given for a newer runtime, would silently choose old releases: new wheels are tagged 2_27 or 2_28.
# uv's list of platforms is closed, with nothing between 2_17 and 2_28 (uv#4956); when it has 2_26, _OLD's tag is that.
# Source: Lambda developer guide, 'Lambda runtimes'.
_OLD, _NEW = (2, 26), (2, 34)
_GLIBC = {"3.11": _OLD}
_TAGS = {_OLD: "manylinux_2_17", _NEW: "manylinux_2_34"}
_MACHINES = {Architecture.X86_64: "x86_64", Architecture.ARM64: "aarch64"}


@dataclass(frozen=True, slots=True)
class Target:
    """`python_version` as in `3.13`; `platform` is uv's name for it, None for the machine that this runs on."""

    python_version: str
    architecture: Architecture
    platform: str | None

    @property
    def glibc(self) -> tuple[int, int] | None:
        """The version of glibc there; None for the machine that this runs on."""
        return _GLIBC.get(self.python_version, _NEW) if self.platform else None

    def __str__(self) -> str:
        where = f"Lambda {self.architecture}" if self.platform else "this machine"
        return f"Python {self.python_version} on {where}"


def target_of(settings: StageSettings) -> Target:
    """What the stage's runtime and architecture ask for."""
    version = settings.python_version
    tag = _TAGS[_GLIBC.get(version, _NEW)]
    return Target(version, settings.architecture, f"{_MACHINES[settings.architecture]}-{tag}")


def host_target(python_version: str | None = None) -> Target:
    """This machine, with this Python or another version of it."""
    version = python_version or f"{sys.version_info.major}.{sys.version_info.minor}"
    return Target(version, host_architecture(), None)


def host_architecture() -> Architecture:
    """The processor of this machine."""
    arm = platform.machine().lower() in ("arm64", "aarch64")
    return Architecture.ARM64 if arm else Architecture.X86_64


def runs_here(target: Target) -> bool:
    """Whether what is built for the target can be run on this machine by the right Python."""
    if target.platform is None:
        return True
    return sys.platform == "linux" and target.architecture == host_architecture()
