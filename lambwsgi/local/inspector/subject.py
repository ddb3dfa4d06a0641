"""What is inspected: the application's handler as it was set up, and how to call it as a gateway would."""

from __future__ import annotations

import time
import uuid
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

from lambwsgi.adapter.options import HandlerOptions
from lambwsgi.local.context import FunctionIdentity, LambdaContext
from lambwsgi.local.errors import LocalError
from lambwsgi.local.inspector.recorder import Call, Handler, Recorder, Sink, Terms
from lambwsgi.local.inspector.records import Log, Origin, Record


@dataclass(frozen=True, slots=True)
class Subject:
    """The application as `module:attribute`, the gateway before it, its function, and the options of `make_handler`."""

    target: str
    gateway: str
    function: FunctionIdentity = field(default_factory=FunctionIdentity)
    options: Mapping[str, Any] = field(default_factory=dict)
    architecture: str = "x86_64"

    @property
    def reading_options(self) -> HandlerOptions:
        """The options by which events are read."""
        return HandlerOptions(**{name: value for name, value in self.options.items() if name != "commands"})

    @property
    def streams(self) -> bool:
        """Whether the application streams where its gateway can."""
        return bool(self.options.get("streaming"))

    @property
    def terms(self) -> Terms:
        """What its invocations are billed by."""
        return Terms(self.function.memory_mb, self.architecture)


class Inspector:
    """The subject, its log, and its handler once there is one."""

    def __init__(self, subject: Subject, log: Log) -> None:
        self.subject = subject
        self.log = log
        self.recorder = Recorder(_fail, log, subject.terms)

    def record(self, handler: Handler, *, init_ms: float | None = None) -> Handler:
        """The same handler, watched; `init_ms` is how long it took to make it."""
        self.recorder = Recorder(handler, self.log, self.subject.terms, init_ms=init_ms)
        return self.recorder

    def invoke(self, event: Any, origin: Origin, source: Record) -> int:
        """The number of the record that comes of calling the handler with the event, whatever it does."""
        call = Call(self.log.next_number(), origin, source.number)
        with suppress(Exception):  # the record has the traceback
            self.call(event, self._context(), call)
        return call.number

    def call(self, event: Any, context: Any, call: Call) -> object:
        """What the handler returns, called with a context that cannot stream; what it streams goes to the log only."""
        return self.recorder.invoke(event, Sink(context) if self.subject.streams else context, call)

    def _context(self) -> LambdaContext:
        function = self.subject.function
        return LambdaContext(
            str(uuid.uuid4()), function, deadline_ms=int((time.time() + function.timeout_seconds) * 1000)
        )


def _fail(_event: Any, _context: Any) -> object:
    raise LocalError("the application could not be imported; its own page and the terminal show why")
