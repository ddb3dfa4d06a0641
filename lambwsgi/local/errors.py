"""Errors of `local`: the emulated gateway, the local Lambda, the development server."""

from __future__ import annotations

import json

from lambwsgi.adapter.errors import LambWSGIError


class LocalError(LambWSGIError):
    """Something that runs on this machine in place of AWS could not be done."""


class PortInUseError(LocalError):
    """Another program listens on the port. `host` and `port` are where."""

    def __init__(self, host: str, port: int) -> None:
        super().__init__(
            f"port {port} on {host} is taken by another program; choose another with --port (0: any that is free)"
        )
        self.host = host
        self.port = port


class FunctionError(LocalError):
    """The function answered with an error instead of a result.

    `error_type` is what Lambda calls it; `payload` is the JSON that Invoke answers with. `by_platform`: the runtime was
    in no state to report the error itself.
    """

    def __init__(self, message: str, *, error_type: str, payload: bytes | None = None) -> None:
        super().__init__(f"{error_type}: {message}")
        self.error_type = error_type
        self.error_message = message
        self.by_platform = payload is None
        self.payload = payload or json.dumps({"errorMessage": message, "errorType": error_type}).encode()


class CutOffError(LocalError, ConnectionError):
    """A response ended before its end, after its head had gone. A server drops the connection, as the gateway does."""


class ThrottledError(LocalError):
    """All environments that the function may have are busy."""
