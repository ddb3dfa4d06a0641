"""The environments of all functions: those that wait for an event, and those that are started for one."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, replace

from lambwsgi.local.errors import FunctionError, LocalError
from lambwsgi.local.lambda_service.environment import Environment
from lambwsgi.local.lambda_service.failures import timed_out
from lambwsgi.local.lambda_service.installation import Installation
from lambwsgi.local.lambda_service.model import FunctionVersion, Invocation
from lambwsgi.local.lambda_service.report_line import init_report

Log = Callable[[str], None]


class _Switch:
    """Where an environment's lines go: to the log of the invocation that it was last given."""

    def __init__(self, log: Log) -> None:
        self.log = log

    def __call__(self, line: str) -> None:
        """Pass on a line."""
        self.log(line)


@dataclass(frozen=True, slots=True)
class Taken:
    """An environment in use. `init_ms` is what its INIT took, when it was started for this.

    `init_is_extra`: the INIT came before the invocation and takes nothing of its time.
    """

    function: FunctionVersion
    environment: Environment
    switch: _Switch
    init_ms: float | None = None
    init_is_extra: bool = False


class Pool:
    """Takes environments out and takes them back. An INIT longer than `init_seconds` is begun again."""

    def __init__(self, installation: Installation, init_seconds: float) -> None:
        self._installation = installation
        self._init_seconds = init_seconds
        self._lock = threading.Lock()
        self._environments: set[Environment] = set()
        self._idle: dict[tuple[str, str], list[Taken]] = {}
        self._closed = False

    def take(self, function: FunctionVersion, invocation: Invocation, log: Log) -> Taken:
        """An idle environment, or a new one. Raises `FunctionError` when it fails to start."""
        while (taken := self._pop_idle(function)) is not None:
            if taken.environment.asks_again():
                taken.switch.log = log
                return taken
            self._discard(taken.environment)
        started = time.perf_counter()
        try:
            return replace(self._start(function, self._init_seconds, log), init_is_extra=True)
        except FunctionError as error:
            log(init_report(time.perf_counter() - started, error.error_type))
            raise
        except TimeoutError:
            log(init_report(self._init_seconds))
        try:
            return self._start(function, max(0.0, invocation.deadline_ms / 1000 - time.time()), log)
        except TimeoutError as error:
            raise timed_out(function, invocation) from error

    def give_back(self, taken: Taken, log: Log) -> None:
        """Keep the environment for the next event, where it is fit for one. `log` gets what it writes until then."""
        if not taken.environment.usable:
            self._discard(taken.environment)
            return
        taken.switch.log = log
        with self._lock:
            waiting = Taken(taken.function, taken.environment, taken.switch)
            self._idle.setdefault(taken.function.key, []).append(waiting)

    def close(self) -> None:
        """Kill all environments; what is running fails."""
        with self._lock:
            self._closed = True
            environments = tuple(self._environments)
        for environment in environments:
            environment.close()

    def _start(self, function: FunctionVersion, timeout_seconds: float, log: Log) -> Taken:
        switch = _Switch(log)
        with self._lock:
            if self._closed:
                raise LocalError("the local Lambda is shut down")
            sandbox = self._installation.sandbox_for(function)
            environment = Environment(function, self._installation.runtime_dir, switch, sandbox)
            self._environments.add(environment)
        try:
            return Taken(function, environment, switch, environment.wait_until_ready(timeout_seconds))
        except (FunctionError, TimeoutError):
            self._discard(environment)
            raise

    def _pop_idle(self, function: FunctionVersion) -> Taken | None:
        with self._lock:
            idle = self._idle.get(function.key)
            return idle.pop() if idle else None

    def _discard(self, environment: Environment) -> None:
        with self._lock:
            self._environments.discard(environment)
        environment.close()
