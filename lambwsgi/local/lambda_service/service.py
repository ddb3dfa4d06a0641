"""A Lambda on this machine: versions of functions, the environments they run in, and the platform's log lines."""

from __future__ import annotations

import math
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Self

from lambwsgi.adapter.limits import SYNC_PAYLOAD_BYTES
from lambwsgi.local.errors import FunctionError, LocalError, ThrottledError
from lambwsgi.local.lambda_service import runtime_packages
from lambwsgi.local.lambda_service.environment import Environment, timed_out
from lambwsgi.local.lambda_service.model import INIT_TIMEOUT_SECONDS, FunctionVersion, Invocation

Report = Callable[[FunctionVersion, str], None]


class LambdaService:
    """Invokes versions of functions; a new environment is started when all of a version's are busy.

    `report` gets every log line, the function's and the platform's, from several threads. Close it, or use `with`.
    An INIT that takes longer than `init_seconds` is begun again as a part of the invocation, as on AWS.
    """

    def __init__(self, report: Report, *, concurrency: int = 10, init_seconds: float = INIT_TIMEOUT_SECONDS) -> None:
        self._report = report
        self._concurrency = concurrency
        self._init_seconds = init_seconds
        self._lock = threading.Lock()
        self._environments: set[Environment] = set()
        self._idle: dict[tuple[str, str], list[Environment]] = {}
        self._running = 0
        self._closed = False
        self._folder = tempfile.TemporaryDirectory(prefix="lambwsgi-runtime-")
        try:
            runtime_packages.lay_out(Path(self._folder.name))
        except LocalError:
            self._folder.cleanup()
            raise

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    @property
    def running(self) -> int:
        """How many invocations run at this moment."""
        with self._lock:
            return self._running

    def invoke(self, function: FunctionVersion, invocation: Invocation) -> bytes:
        """The JSON of the result. Raises `FunctionError` when the function fails, `ThrottledError` when all is busy."""
        if len(invocation.event) > SYNC_PAYLOAD_BYTES:
            raise LocalError(
                f"the event has {len(invocation.event)} bytes, above the {SYNC_PAYLOAD_BYTES} that Lambda takes"
            )
        with self._slot(function):
            return self._run(function, invocation)

    def close(self) -> None:
        """Kill all environments; what is running fails."""
        with self._lock:
            self._closed = True
            environments = tuple(self._environments)
        for environment in environments:
            environment.close()
        self._folder.cleanup()

    @contextmanager
    def _slot(self, function: FunctionVersion) -> Iterator[None]:
        with self._lock:
            if self._running >= self._concurrency:
                raise ThrottledError(f"{function.name} already runs {self._concurrency} invocations at once")
            self._running += 1
        try:
            yield
        finally:
            with self._lock:
                self._running -= 1

    def _run(self, function: FunctionVersion, invocation: Invocation) -> bytes:
        environment, init_ms, started = None, None, time.perf_counter()
        try:
            try:
                environment, init_ms = self._take(function, invocation)
            finally:
                self._report(function, f"START RequestId: {invocation.request_id} Version: {function.version}")
            started = time.perf_counter()
            return environment.invoke(invocation)
        except FunctionError as error:
            if error.by_platform:
                self._report(function, error.error_message)
            raise
        finally:
            duration_ms = (time.perf_counter() - started) * 1000
            self._report(function, f"END RequestId: {invocation.request_id}")
            self._report(function, _report_line(function, invocation, environment, duration_ms, init_ms))
            if environment is not None:
                self._give_back(function, environment)

    def _take(self, function: FunctionVersion, invocation: Invocation) -> tuple[Environment, float | None]:
        """An idle environment, or a new one with the milliseconds of its INIT."""
        while (environment := self._pop_idle(function)) is not None:
            if environment.asks_again():
                return environment, None
            self._discard(environment)
        try:
            return self._start(function, self._init_seconds)
        except TimeoutError:
            line = f"INIT_REPORT Init Duration: {self._init_seconds * 1000:.2f} ms\tPhase: init\tStatus: timeout"
            self._report(function, line)
        try:
            return self._start(function, max(0.0, invocation.deadline_ms / 1000 - time.time()))
        except TimeoutError as error:
            raise timed_out(function, invocation) from error

    def _start(self, function: FunctionVersion, timeout_seconds: float) -> tuple[Environment, float]:
        with self._lock:
            if self._closed:
                raise LocalError("the local Lambda is shut down")
            environment = Environment(function, Path(self._folder.name), partial(self._report, function))
            self._environments.add(environment)
        try:
            return environment, environment.wait_until_ready(timeout_seconds)
        except (FunctionError, TimeoutError):
            self._discard(environment)
            raise

    def _pop_idle(self, function: FunctionVersion) -> Environment | None:
        with self._lock:
            idle = self._idle.get(function.key)
            return idle.pop() if idle else None

    def _give_back(self, function: FunctionVersion, environment: Environment) -> None:
        if not environment.usable:
            self._discard(environment)
            return
        with self._lock:
            self._idle.setdefault(function.key, []).append(environment)

    def _discard(self, environment: Environment) -> None:
        with self._lock:
            self._environments.discard(environment)
        environment.close()


def _report_line(
    function: FunctionVersion,
    invocation: Invocation,
    environment: Environment | None,
    duration_ms: float,
    init_ms: float | None,
) -> str:
    """The REPORT line; INIT is billed too. Source: Lambda developer guide, 'Log and monitor Python functions'."""
    parts = [
        f"REPORT RequestId: {invocation.request_id}",
        f"Duration: {duration_ms:.2f} ms",
        f"Billed Duration: {math.ceil(duration_ms + (init_ms or 0))} ms",
        f"Memory Size: {function.memory_mb} MB",
    ]
    peak_mb = environment.peak_memory_mb() if environment else None
    if peak_mb is not None:
        parts.append(f"Max Memory Used: {peak_mb} MB")
    if init_ms is not None:
        parts.append(f"Init Duration: {init_ms:.2f} ms")
    return "\t".join(parts)
