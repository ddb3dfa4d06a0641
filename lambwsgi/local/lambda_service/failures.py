"""What Lambda says when an invocation fails."""

from __future__ import annotations

import json
import signal
from datetime import UTC, datetime
from typing import Any

from lambwsgi.local.errors import FunctionError
from lambwsgi.local.lambda_service.model import FunctionVersion, Invocation, Outcome

# How a shell, and a sandbox, tell that what they ran was ended by a signal.
_BY_SIGNAL = 128


def timed_out(function: FunctionVersion, invocation: Invocation) -> FunctionError:
    """Lambda's error for an invocation that took longer than the function may."""
    at = datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
    message = f"{at} {invocation.request_id} Task timed out after {function.timeout_seconds}.00 seconds"
    return FunctionError(message, error_type="Sandbox.Timedout")


def error_of(outcome: Outcome, *, request_id: str = "") -> FunctionError:
    """Lambda's error for an outcome that is none of the good ones."""
    prefix = f"RequestId: {request_id} " if request_id else ""
    if outcome.kind == "exited":
        message = f"{prefix}Error: Runtime exited with error: {_how(outcome.exit_code or 0)}"
        return FunctionError(message, error_type="Runtime.ExitError")
    if outcome.kind == "truncated":
        return FunctionError(f"{prefix}Error: Response was truncated", error_type="Runtime.TruncatedResponse")
    posted = _object(outcome.payload)
    return FunctionError(
        str(posted.get("errorMessage", "")), error_type=str(posted.get("errorType", "")), payload=outcome.payload
    )


def too_large(size: int, limit: int) -> FunctionError:
    """Lambda's error for a response above its limit."""
    message = f"Response payload size ({size} bytes) exceeded maximum allowed payload size ({limit} bytes)."
    error = {"errorMessage": message, "errorType": "Function.ResponseSizeTooLarge"}
    return FunctionError(message, error_type=error["errorType"], payload=json.dumps(error).encode())


def _how(code: int) -> str:
    number = -code if code < 0 else code - _BY_SIGNAL
    try:
        return f"signal: {signal.strsignal(number) or number}".lower() if number > 0 else f"exit status {code}"
    except ValueError:
        return f"exit status {code}"


def _object(payload: bytes) -> dict[str, Any]:
    """The JSON object, or an empty one: a runtime may post whatever it likes."""
    try:
        value = json.loads(payload)
    except ValueError:
        return {}
    return value if isinstance(value, dict) else {}
