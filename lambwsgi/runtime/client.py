"""Lambda's Runtime API, version 2018-06-01, from the runtime's side.

Source: Lambda developer guide, 'Using the Lambda runtime API for custom runtimes'.
"""

from __future__ import annotations

from lambwsgi.runtime.connection import Connection, RuntimeApiError
from lambwsgi.runtime.marshal import to_json
from lambwsgi.runtime.stream import ResponseStream

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

    from lambwsgi.runtime.connection import Reply

    # errorMessage, errorType, requestId, stackTrace
    ErrorResult = Mapping[str, Any]

_PREFIX = "/2018-06-01/runtime"
_ERROR_TYPE = "Lambda-Runtime-Function-Error-Type"
# A larger cause would not get through as a header.
_CAUSE_BYTES_MOST = 1024 * 1024


class Invocation:
    """One event, and what the Runtime API told of it in headers; what it did not tell is None.

    The deadline is in epoch milliseconds; client context and Cognito identity are JSON.
    """

    def __init__(self, reply: Reply) -> None:
        told = reply.headers.get
        self.event = reply.body
        self.content_type = told("content-type")
        self.request_id = told("lambda-runtime-aws-request-id", "")
        self.deadline_ms = int(told("lambda-runtime-deadline-ms", "0"))
        self.arn = told("lambda-runtime-invoked-function-arn")
        self.trace_id = told("lambda-runtime-trace-id")
        self.client_context = told("lambda-runtime-client-context")
        self.cognito_identity = told("lambda-runtime-cognito-identity")
        self.tenant_id = told("lambda-runtime-aws-tenant-id")
        # Lambda Managed Instances tell it and want it back.
        self.invocation_id = told("lambda-runtime-invocation-id")


class RuntimeApi:
    """The API at `host:port`. Everything raises RuntimeApiError where the API cannot be reached or refuses."""

    def __init__(self, address: str) -> None:
        self._address = address
        self._connection = Connection(address)

    def next(self) -> Invocation:
        """The next event; waits for it as long as it takes."""
        return Invocation(self._ask("GET", "/invocation/next", expected=200))

    def respond(self, invocation: Invocation, payload: bytes, content_type: str) -> None:
        """Answer with a result that is whole."""
        headers = {"Content-Type": content_type, **_echo(invocation)}
        self._ask("POST", f"/invocation/{invocation.request_id}/response", headers, payload, expected=202)

    def stream(self, invocation: Invocation, content_type: str) -> ResponseStream:
        """Begin an answer that is sent while it is made."""
        path = f"{_PREFIX}/invocation/{invocation.request_id}/response"
        return ResponseStream(self._address, path, {"Content-Type": content_type, **_echo(invocation)})

    def fail(self, invocation: Invocation, error: ErrorResult, cause: Mapping[str, Any]) -> None:
        """Answer that the function failed; `cause` is the same as X-Ray wants it."""
        headers = {"Content-Type": "application/json", **_echo(invocation)}
        cause_json = to_json(cause)
        if len(cause_json) < _CAUSE_BYTES_MOST:
            headers["Lambda-Runtime-Function-XRay-Error-Cause"] = cause_json.decode()
        path = f"/invocation/{invocation.request_id}/error"
        self._ask("POST", path, headers, to_json(error), expected=202)

    def fail_init(self, error: ErrorResult, error_type: str | None = None) -> None:
        """Tell that INIT failed; the process is to end after it."""
        headers = {_ERROR_TYPE: error_type or str(error["errorType"])}
        self._ask("POST", "/init/error", headers, to_json(error), expected=202)

    def wait_for_restore(self) -> None:
        """Let Lambda take the snapshot; comes back in the environment that was restored from it."""
        self._ask("GET", "/restore/next", expected=200)

    def fail_restore(self, error: ErrorResult, error_type: str) -> None:
        """Tell that what follows a restore failed; the process is to end after it."""
        self._ask("POST", "/restore/error", {_ERROR_TYPE: error_type}, to_json(error), expected=202)

    def _ask(
        self,
        method: str,
        path: str,
        headers: Mapping[str, str] | None = None,
        body: bytes | None = None,
        *,
        expected: int,
    ) -> Reply:
        reply = self._connection.ask(method, _PREFIX + path, headers or {}, body)
        if reply.status != expected:
            told = reply.body[:300].decode("utf-8", "replace")
            raise RuntimeApiError(
                f"{method} {path} of the Runtime API answers {reply.status} instead of {expected}: {told}",
                status=reply.status,
            )
        return reply


def _echo(invocation: Invocation) -> dict[str, str]:
    return {"Lambda-Runtime-Invocation-Id": invocation.invocation_id} if invocation.invocation_id else {}
