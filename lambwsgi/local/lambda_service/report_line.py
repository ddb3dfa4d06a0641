"""The REPORT and INIT_REPORT lines. Source: Lambda developer guide, 'Log and monitor Python functions'."""

from __future__ import annotations

import math
from dataclasses import dataclass

from lambwsgi.local.errors import FunctionError
from lambwsgi.local.lambda_service.model import FunctionVersion, Invocation


@dataclass(frozen=True, slots=True)
class Measured:
    """What an invocation took. `init_ms` is None in an environment that was there, `peak_mb` where nobody knows."""

    duration_ms: float
    init_ms: float | None
    peak_mb: int | None


def report_line(
    function: FunctionVersion, invocation: Invocation, measured: Measured, error: FunctionError | None
) -> str:
    """The line; INIT is billed too, and an error is named that the runtime could not report itself."""
    parts = [
        f"REPORT RequestId: {invocation.request_id}",
        f"Duration: {measured.duration_ms:.2f} ms",
        f"Billed Duration: {math.ceil(measured.duration_ms + (measured.init_ms or 0))} ms",
        f"Memory Size: {function.memory_mb} MB",
    ]
    if measured.peak_mb is not None:
        parts.append(f"Max Memory Used: {min(measured.peak_mb, function.memory_mb)} MB")
    if measured.init_ms is not None:
        parts.append(f"Init Duration: {measured.init_ms:.2f} ms")
    if error is not None and error.by_platform:
        parts += _status(error)
    return "\t".join(parts)


def init_report(seconds: float, error_type: str | None = None) -> str:
    """The line of an INIT that came to nothing: by this error, or because it took too long."""
    status = f"Status: error\tError Type: {error_type}" if error_type else "Status: timeout"
    return f"INIT_REPORT Init Duration: {seconds * 1000:.2f} ms\tPhase: init\t{status}"


def _status(error: FunctionError) -> list[str]:
    if error.error_type == "Sandbox.Timedout":
        return ["Status: timeout"]
    return ["Status: error", f"Error Type: {error.error_type}"]
