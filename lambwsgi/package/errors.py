"""What can go wrong while packaging."""

from __future__ import annotations

from lambwsgi.adapter.errors import LambWSGIError


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


class TooLargeError(PackageError):
    """The artifact is larger, unzipped, than Lambda takes."""


class SmokeError(PackageError):
    """The artifact was built, but the application in it does not start or does not answer."""
