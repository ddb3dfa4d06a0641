"""One execution environment: a process of the function's runtime with a Runtime API of its own, one event at a time."""

from __future__ import annotations

import math
import os
import signal
import threading
import time
from collections.abc import Callable
from concurrent.futures import Future
from contextlib import suppress
from pathlib import Path

from lambwsgi.local.lambda_service import launch
from lambwsgi.local.lambda_service.failures import error_of, timed_out
from lambwsgi.local.lambda_service.memory import MemoryWatch
from lambwsgi.local.lambda_service.model import Begin, FunctionVersion, Invocation, Outcome
from lambwsgi.local.lambda_service.output import LineReader
from lambwsgi.local.lambda_service.receiving import Collector, Receiver
from lambwsgi.local.lambda_service.runtime_api import RuntimeApi
from lambwsgi.local.lambda_service.sandbox import Sandbox
from lambwsgi.local.process import Child, Program

# The runtime asks for its next event at once; only a machine that is very busy keeps it from that.
_NEXT_POLL_SECONDS = 5.0
# What a process said before it ended is on its way for no longer than this.
_LAST_WORDS_SECONDS = 1.0
_POLL_SECONDS = 0.05
# Whoever waits for an outcome notices the end of the time first, and tells of it.
_OVERDUE_SECONDS = 0.5
# The outcomes after which the runtime goes on.
_BETWEEN_EVENTS = {"response", "error", "ended", "failed"}


class Environment:
    """A started process; `report` gets the lines it writes. `usable` is whether it may be given another event."""

    def __init__(
        self,
        function: FunctionVersion,
        runtime_dir: Path,
        report: Callable[[str], None],
        sandbox: Sandbox | None = None,
    ) -> None:
        self._function = function
        self._api = RuntimeApi(restores=function.snap_start)
        self._started = time.perf_counter()
        self._works = True
        self._deadline = math.inf
        self.usable = True
        self._process, self._memory, self._output = self._start(self._program(runtime_dir, sandbox), report)

    def wait_until_ready(self, timeout_seconds: float) -> float:
        """The milliseconds that INIT took. Raises `FunctionError` for a failed INIT, `TimeoutError` for a slow one."""
        outcome = self._api.outcomes.get(timeout_seconds)
        self._works = False
        if outcome.kind != "ready":
            raise error_of(outcome)
        return (time.perf_counter() - self._started) * 1000

    def invoke(self, invocation: Invocation) -> bytes:
        """The whole payload of the response. Raises `FunctionError`, with the message that Lambda gives."""
        collector = Collector()
        self.stream(invocation, collector)
        return collector.payload

    def stream(self, invocation: Invocation, begin: Begin) -> None:
        """Pass on the response as it comes. Raises `FunctionError`, before `begin` is called or after it."""
        receiver = Receiver(begin)
        self._deadline = invocation.deadline_ms / 1000
        self.usable, self._works = False, True
        self._api.offer(invocation)
        try:
            outcome = self._follow(receiver)
        except TimeoutError as error:
            raise timed_out(self._function, invocation) from error
        finally:
            self._works = False
            self._output.settle()
        if outcome.kind in _BETWEEN_EVENTS:
            self.usable = not self._memory.is_exceeded()
            outcome = outcome if self.usable else self._killed()
        if outcome.kind == "response":
            receiver.begin("application/json")
            receiver.take(outcome.payload)
        elif outcome.kind != "ended":
            raise error_of(outcome, request_id=invocation.request_id)

    def asks_again(self) -> bool:
        """Whether the runtime, after an invocation, asks for the next event; it does at once unless it died."""
        with suppress(TimeoutError):
            return self._api.outcomes.get(_NEXT_POLL_SECONDS).kind == "ready"
        return False

    def peak_memory_mb(self) -> int | None:
        """The most memory the environment has used, in MB; None where the system does not tell."""
        return self._memory.peak_mb

    def close(self) -> None:
        """Kill the process and all that it started, and take down its Runtime API. A second time does nothing."""
        if self._process.kill():
            self._output.join()
            self._api.close()

    def _program(self, runtime_dir: Path, sandbox: Sandbox | None) -> Program:
        if sandbox is None:
            return launch.program(self._function, runtime_dir, self._api.address)
        return sandbox.program(self._function, runtime_dir, self._api.address)

    def _start(self, program: Program, report: Callable[[str], None]) -> tuple[Child, MemoryWatch, LineReader]:
        read_end, write_end = os.pipe()
        born: Future[tuple[Child, MemoryWatch]] = Future()
        threading.Thread(target=self._live, args=(program, write_end, born), daemon=True).start()
        try:
            return *born.result(), LineReader(read_end, report)
        except OSError:
            os.close(read_end)
            self._api.close()
            raise
        finally:
            os.close(write_end)

    def _live(self, program: Program, output: int, born: Future[tuple[Child, MemoryWatch]]) -> None:
        """Start the process and watch it until it ends.

        In one thread, since the kernel ends a sandbox together with the thread that started it, not the process.
        """
        try:
            process = Child(program, output)
        except OSError as error:
            born.set_exception(error)
            return
        memory = MemoryWatch(process.pid, self._function.memory_mb)
        born.set_result((process, memory))
        while not process.ended_within(_POLL_SECONDS):
            if self._works and (memory.is_exceeded() or self._is_overdue()):
                process.shoot()
        self._api.settle(_LAST_WORDS_SECONDS)
        self._api.outcomes.put(Outcome("exited", exit_code=process.wait()))

    def _is_overdue(self) -> bool:
        """Whether the function still answers after its time, which nobody notices while a client takes nothing."""
        return time.time() > self._deadline + _OVERDUE_SECONDS and self._api.state.owes_an_answer

    def _killed(self) -> Outcome:
        """What comes of too much memory that was given back before anybody looked."""
        self._process.shoot()
        return Outcome("exited", exit_code=-signal.SIGKILL)

    def _follow(self, receiver: Receiver) -> Outcome:
        """The outcome that ends the invocation; what comes before it goes to the receiver. Raises `TimeoutError`."""
        while True:
            outcome = self._api.outcomes.get(self._deadline - time.time())
            if outcome.kind == "began":
                receiver.begin(outcome.content_type)
            elif outcome.kind == "piece":
                receiver.take(outcome.payload)
            elif outcome.kind in {"truncated", "exited"} and time.time() > self._deadline:
                raise TimeoutError
            elif outcome.kind == "truncated":
                return self._why_truncated(outcome)
            else:
                return outcome

    def _why_truncated(self, truncated: Outcome) -> Outcome:
        """That the runtime ended, which is told a moment later, or else that it let go of the connection."""
        with suppress(TimeoutError):
            return self._api.outcomes.get(_LAST_WORDS_SECONDS)
        return truncated
