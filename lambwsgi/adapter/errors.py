"""The error tree. Every error that lambwsgi raises on purpose is a `LambWSGIError`.

    LambWSGIError                 exit code 1
    ├── EventError                an event that is not a request this handler can answer
    │   └── BadRequestError       an HTTP event whose content is broken; the client gets a 400
    │       └── TooLargeError     an HTTP event whose body did not come whole; the client gets a 413
    ├── AppError                  the application broke PEP 3333
    ├── ResponseTooLargeError     the response is larger than the gateway lets through
    ├── AppImportError            the application could not be imported
    ├── SecretError               a secret that a variable refers to could not be read
    └── the errors of the rooms that stay at home: SettingsError, PackageError, DeployError, LocalError

`DeadlinePassed` stands outside of it.

A message says what, where, what was expected and what to do.
"""

from __future__ import annotations


class LambWSGIError(Exception):
    """Base of all errors. `exit_code` is what the command line ends with: 1 failed, 2 usage or settings."""

    exit_code = 1


class EventError(LambWSGIError):
    """The event is not a request that this handler can answer."""


class BadRequestError(EventError):
    """An HTTP event that carries a broken request; the client is told so with a 400."""

    status = 400
    title = "Bad Request"


class TooLargeError(BadRequestError):
    """An HTTP event whose body was cut on its way; the client is told so with a 413."""

    status = 413
    title = "Content Too Large"


class AppError(LambWSGIError):
    """The application did what PEP 3333 forbids."""


class AppImportError(LambWSGIError):
    """`module:attribute` could not be imported. `target` is the whole reference."""

    def __init__(self, message: str, *, target: str) -> None:
        super().__init__(message)
        self.target = target


class SecretError(LambWSGIError):
    """What variables refer to could not be read. The message names variables and references, never values."""


class ResponseTooLargeError(LambWSGIError):
    """The response does not fit through the gateway. `size_bytes` and `limit_bytes` are of its JSON."""

    def __init__(self, message: str, *, size_bytes: int, limit_bytes: int) -> None:
        super().__init__(message)
        self.size_bytes = size_bytes
        self.limit_bytes = limit_bytes


class DeadlinePassed(BaseException):
    """Raised inside the application when its time is up; no Exception, so that it is not caught there as an error."""
