"""What can go wrong while packaging."""

from __future__ import annotations

import errno
import tempfile
from collections.abc import Sequence

from lambwsgi.adapter.errors import LambWSGIError

_SHOWN = 10


def disk_words(error: OSError) -> str:
    """What the disk said, with the file where it named one, and what to do where it is full."""
    if error.errno == errno.ENOSPC:
        named = error.filename or f"its folder or {tempfile.gettempdir()}"
        return f"no space is left on the disk ({named}); make room there"
    return f"{error.strerror} ({error.filename})" if error.filename else str(error.strerror)


class PackageError(LambWSGIError):
    """The artifact could not be built; nothing was left under its name."""


class SelectError(PackageError):
    """A file of the project cannot go into the artifact. `path` is below the project's folder."""

    def __init__(self, message: str, *, path: str) -> None:
        super().__init__(f"{path}: {message}")
        self.path = path


class ResolveError(PackageError):
    """The dependencies could not be installed. `distribution` is the one to blame, when it is known."""

    def __init__(self, message: str, *, distribution: str | None = None) -> None:
        super().__init__(message)
        self.distribution = distribution


class RegistryError(PackageError):
    """A container registry did not give or take what it was asked."""


class TooLargeError(PackageError):
    """The artifact is larger, unzipped, than Lambda takes."""


class BinaryError(PackageError):
    """Compiled files would not run in Lambda. `problems` has a line for each."""

    def __init__(self, problems: Sequence[str], advice: str) -> None:
        shown = "\n  ".join(problems[:_SHOWN])
        more = f"\n  and {len(problems) - _SHOWN} more" if len(problems) > _SHOWN else ""
        super().__init__(f"compiled files would not run in Lambda:\n  {shown}{more}\n{advice}")
        self.problems = tuple(problems)


class HookError(PackageError):
    """A command of the settings' hooks failed. `hook` is its name, `exit_status` that of the command, if it had one."""

    def __init__(self, message: str, *, hook: str, exit_status: int | None) -> None:
        super().__init__(message)
        self.hook = hook
        self.exit_status = exit_status


class SmokeError(PackageError):
    """The artifact was built, but the application in it does not start or does not answer."""
