"""What a runtime may do next: the states of Lambda's Runtime API, and what it answers to a wrong step.

Source: the states are those of AWS's Runtime Interface Emulator.
"""

from __future__ import annotations

import json
import threading
from enum import Enum

from lambwsgi.local.errors import LocalError


class State(Enum):
    """Where the runtime is; the value is the name in AWS's messages."""

    STARTED = "Started"
    INIT_ERROR = "InitError"
    RESTORING = "Restoring"
    RESTORE_ERROR = "RuntimeRestoreErrorState"
    READY = "Ready"
    RUNNING = "Running"
    RESPONDING = "InvocationResponse"
    REPORTING = "InvocationErrorResponse"
    SENT = "RuntimeResponseSentState"


# A step, and from where it may be taken. A runtime that asks again for an event which it has gets it again.
_STEPS = {
    State.INIT_ERROR: {State.STARTED},
    State.RESTORING: {State.STARTED},
    State.RESTORE_ERROR: {State.RESTORING},
    State.READY: {State.STARTED, State.RESTORING, State.READY, State.SENT},
    State.RUNNING: {State.READY},
    State.RESPONDING: {State.RUNNING},
    State.REPORTING: {State.RUNNING},
    State.SENT: {State.RESPONDING, State.REPORTING},
}


class RefusedError(LocalError):
    """An answer to the runtime that is no success. `body` is the JSON of it."""

    def __init__(self, status: int, error_type: str, message: str) -> None:
        super().__init__(message)
        self.status = status
        self.body = json.dumps({"errorMessage": message, "errorType": error_type}).encode()


class RuntimeState:
    """The state of one runtime, safe to use from several threads."""

    def __init__(self) -> None:
        self._state = State.STARTED
        self._request_id = ""
        self._lock = threading.Lock()

    @property
    def is_running(self) -> bool:
        """Whether an event has been handed out and not been answered."""
        return self._state is State.RUNNING

    @property
    def owes_an_answer(self) -> bool:
        """Whether an event has been handed out and the answer to it is not complete."""
        return self._state in {State.RUNNING, State.RESPONDING, State.REPORTING}

    def step(self, to: State) -> None:
        """Go there. Raises `RefusedError` where that is not allowed."""
        with self._lock:
            self._step(to)

    def run(self, request_id: str) -> None:
        """An event has been handed out."""
        with self._lock:
            self._step(State.RUNNING)
            self._request_id = request_id

    def answer(self, to: State, request_id: str) -> None:
        """Begin the answer to an event, which has to be the one that is out. Raises `RefusedError`."""
        with self._lock:
            if self._state is State.RUNNING and request_id != self._request_id:
                raise RefusedError(400, "InvalidRequestID", "Invalid request ID")
            self._step(to)

    def _step(self, to: State) -> None:
        if self._state not in _STEPS[to]:
            raise RefusedError(
                403,
                "InvalidStateTransition",
                f"State transition from {self._state.value} to {to.value} failed for runtime."
                " Error: State transition is not allowed",
            )
        self._state = to
