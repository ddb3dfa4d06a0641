"""One execution environment: a process of AWS's runtime client with a Runtime API of its own, one event at a time."""

from __future__ import annotations

import json
import os
import queue
import signal
import sys
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path

from lambwsgi.local.errors import FunctionError
from lambwsgi.local.lambda_service.model import FunctionVersion, Invocation, Outcome
from lambwsgi.local.lambda_service.output import LineReader
from lambwsgi.local.lambda_service.runtime_api import RuntimeApi
from lambwsgi.local.process import Child, Command

# The runtime asks for its next event at once; only a machine that is very busy keeps it from that.
_NEXT_POLL_SECONDS = 5.0


class Environment:
    """A started process; `report` gets the lines it writes. `usable` is whether it may be given another event."""

    def __init__(self, function: FunctionVersion, runtime_dir: Path, report: Callable[[str], None]) -> None:
        self._function = function
        self._api = RuntimeApi()
        self._started = time.perf_counter()
        self.usable = True
        command = Command(
            module="awslambdaric",
            arguments=[function.handler],
            cwd=function.task_root,
            environment=environment_variables(function, runtime_dir, self._api.address),
            import_paths=(str(function.task_root), str(runtime_dir)),
            isolated=True,
        )
        read_end, write_end = os.pipe()
        self._process = Child(command, write_end)
        os.close(write_end)
        self._output = LineReader(read_end, report)
        threading.Thread(target=self._watch, daemon=True).start()

    def wait_until_ready(self, timeout_seconds: float) -> float:
        """The milliseconds that INIT took. Raises `FunctionError` for a failed INIT, `TimeoutError` for a slow one."""
        outcome = self._outcome(timeout_seconds)
        if outcome.kind != "ready":
            raise _error_of(outcome)
        return (time.perf_counter() - self._started) * 1000

    def invoke(self, invocation: Invocation) -> bytes:
        """The JSON of the result. Raises `FunctionError`, with the message that Lambda gives."""
        self._api.offer(invocation)
        self.usable = False
        try:
            outcome = self._outcome(max(0.0, invocation.deadline_ms / 1000 - time.time()))
        except TimeoutError as error:
            raise timed_out(self._function, invocation) from error
        finally:
            self._output.settle()
        self.usable = outcome.kind in {"response", "error"}
        if outcome.kind != "response":
            raise _error_of(outcome, request_id=invocation.request_id)
        return outcome.payload

    def asks_again(self) -> bool:
        """Whether the runtime, after an invocation, asks for the next event; it does at once unless it died."""
        with suppress(TimeoutError):
            return self._outcome(_NEXT_POLL_SECONDS).kind == "ready"
        return False

    def peak_memory_mb(self) -> int | None:
        """The most memory the process has used, in MB; None where the system does not tell."""
        with suppress(OSError):
            for line in Path(f"/proc/{self._process.pid}/status").read_text(encoding="utf-8").splitlines():
                if line.startswith("VmHWM:"):
                    return int(line.split()[1]) // 1024
        return None

    def close(self) -> None:
        """Kill the process and all that it started, and take down its Runtime API. A second time does nothing."""
        if self._process.kill():
            self._output.join()
            self._api.close()

    def _watch(self) -> None:
        self._api.outcomes.put(Outcome("exited", exit_code=self._process.wait()))

    def _outcome(self, timeout_seconds: float) -> Outcome:
        try:
            return self._api.outcomes.get(timeout=timeout_seconds)
        except queue.Empty:
            raise TimeoutError from None


def environment_variables(function: FunctionVersion, runtime_dir: Path, runtime_api: str) -> dict[str, str]:
    """The variables that Lambda sets, then the function's own; nothing of this machine's.

    Source: Lambda developer guide, 'Using Lambda environment variables'.
    """
    today = datetime.now(UTC)
    return {
        "AWS_DEFAULT_REGION": function.region,
        "AWS_EXECUTION_ENV": f"AWS_Lambda_python{sys.version_info.major}.{sys.version_info.minor}",
        "AWS_LAMBDA_FUNCTION_MEMORY_SIZE": str(function.memory_mb),
        "AWS_LAMBDA_FUNCTION_NAME": function.name,
        "AWS_LAMBDA_FUNCTION_VERSION": function.version,
        "AWS_LAMBDA_INITIALIZATION_TYPE": "on-demand",
        "AWS_LAMBDA_LOG_GROUP_NAME": f"/aws/lambda/{function.name}",
        "AWS_LAMBDA_LOG_STREAM_NAME": f"{today:%Y/%m/%d}/[{function.version}]{os.urandom(16).hex()}",
        "AWS_LAMBDA_RUNTIME_API": runtime_api,
        "AWS_REGION": function.region,
        "LAMBDA_RUNTIME_DIR": str(runtime_dir),
        "LAMBDA_TASK_ROOT": str(function.task_root),
        "LANG": "en_US.UTF-8",
        "PATH": "/usr/local/bin:/usr/bin:/bin",
        "TZ": ":UTC",
        "_HANDLER": function.handler,
        **function.environment,
    }


def timed_out(function: FunctionVersion, invocation: Invocation) -> FunctionError:
    """Lambda's error for an invocation that took longer than the function may."""
    at = datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
    message = f"{at} {invocation.request_id} Task timed out after {function.timeout_seconds}.00 seconds"
    return FunctionError(message, error_type="Sandbox.Timedout")


def _error_of(outcome: Outcome, *, request_id: str = "") -> FunctionError:
    if outcome.kind == "exited":
        code = outcome.exit_code or 0
        how = f"exit status {code}" if code >= 0 else f"signal: {signal.strsignal(-code) or -code}".lower()
        prefix = f"RequestId: {request_id} " if request_id else ""
        return FunctionError(f"{prefix}Error: Runtime exited with error: {how}", error_type="Runtime.ExitError")
    posted = json.loads(outcome.payload)
    return FunctionError(
        str(posted.get("errorMessage", "")), error_type=str(posted.get("errorType", "")), payload=outcome.payload
    )
