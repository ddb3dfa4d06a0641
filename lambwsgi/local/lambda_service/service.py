"""A Lambda on this machine: versions of functions, the environments they run in, and the platform's log lines."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from functools import partial
from typing import Self

from lambwsgi.adapter.limits import SYNC_PAYLOAD_BYTES
from lambwsgi.local.errors import FunctionError, LocalError, ThrottledError
from lambwsgi.local.lambda_service.failures import too_large
from lambwsgi.local.lambda_service.installation import Installation
from lambwsgi.local.lambda_service.model import INIT_TIMEOUT_SECONDS, Begin, FunctionVersion, Invocation
from lambwsgi.local.lambda_service.pool import Log, Pool, Taken
from lambwsgi.local.lambda_service.receiving import Collector
from lambwsgi.local.lambda_service.report_line import Measured, report_line

Report = Callable[[FunctionVersion, str], None]


class LambdaService:
    """Invokes versions of functions; a new environment is started when all of a version's are busy.

    `report` gets every log line, the function's and the platform's, from several threads. Close it, or use `with`.
    An INIT that takes longer than `init_seconds` is begun again as a part of the invocation, as on AWS.
    Without `sandboxed` no function gets a sandbox.
    """

    def __init__(
        self,
        report: Report,
        *,
        concurrency: int = 10,
        init_seconds: float = INIT_TIMEOUT_SECONDS,
        sandboxed: bool = True,
    ) -> None:
        self._report = report
        self._concurrency = concurrency
        self._lock = threading.Lock()
        self._running = 0
        self._installation = Installation(sandboxed=sandboxed)
        self._pool = Pool(self._installation, init_seconds)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    @property
    def running(self) -> int:
        """How many invocations run at this moment."""
        with self._lock:
            return self._running

    @property
    def note(self) -> str | None:
        """What is not enforced here and what to do about it; None when all is."""
        return self._installation.note

    def invoke(self, function: FunctionVersion, invocation: Invocation, *, hear: Log | None = None) -> bytes:
        """The payload of the response, put together where it was streamed. Raises as `stream` does."""
        collector = Collector()
        self.stream(function, invocation, collector, hear=hear)
        if collector.size > SYNC_PAYLOAD_BYTES:
            raise too_large(collector.size, SYNC_PAYLOAD_BYTES)
        return collector.payload

    def stream(
        self, function: FunctionVersion, invocation: Invocation, begin: Begin, *, hear: Log | None = None
    ) -> None:
        """Pass on the response as it comes: `begin` is called once with its type, what it returns gets each piece.

        A response that is not streamed is one piece of JSON. `hear` gets the log lines of this invocation.
        Raises `FunctionError` when the function fails, after `begin` for a stream that breaks off, and `ThrottledError`
        when all is busy.
        """
        if len(invocation.event) > SYNC_PAYLOAD_BYTES:
            raise LocalError(
                f"the event has {len(invocation.event)} bytes, above the {SYNC_PAYLOAD_BYTES} that Lambda takes"
            )
        with self._slot(function):
            self._run(function, invocation, begin, self._log(function, hear))

    def close(self) -> None:
        """Kill all environments; what is running fails."""
        self._pool.close()
        self._installation.close()

    def _log(self, function: FunctionVersion, hear: Log | None) -> Log:
        if hear is None:
            return partial(self._report, function)

        def log(line: str) -> None:
            self._report(function, line)
            hear(line)

        return log

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

    def _run(self, function: FunctionVersion, invocation: Invocation, begin: Begin, log: Log) -> None:
        taken: Taken | None = None
        failure: FunctionError | None = None
        started = time.perf_counter()
        try:
            try:
                taken = self._pool.take(function, invocation, log)
            finally:
                log(f"START RequestId: {invocation.request_id} Version: {function.version}")
            started = time.perf_counter()
            taken.environment.stream(_in_time(invocation, taken), begin)
        except FunctionError as error:
            failure = error
            if error.by_platform:
                log(error.error_message)
            raise
        finally:
            duration_ms = (time.perf_counter() - started) * 1000
            log(f"END RequestId: {invocation.request_id}")
            log(report_line(function, invocation, _measured(taken, duration_ms), failure))
            if taken is not None:
                self._pool.give_back(taken, partial(self._report, function))


def _in_time(invocation: Invocation, taken: Taken) -> Invocation:
    """The invocation with all of its time, which begins after INIT."""
    extra_ms = int(taken.init_ms or 0) if taken.init_is_extra else 0
    return replace(invocation, deadline_ms=invocation.deadline_ms + extra_ms) if extra_ms else invocation


def _measured(taken: Taken | None, duration_ms: float) -> Measured:
    if taken is None:
        return Measured(duration_ms, init_ms=None, peak_mb=None)
    return Measured(duration_ms, taken.init_ms, taken.environment.peak_memory_mb())
