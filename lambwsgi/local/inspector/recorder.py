"""A handler that is watched: each invocation becomes a record.

Only times and references are taken while the application is waited for; what is shown of them is made later.
"""

from __future__ import annotations

import math
import sys
import threading
import time
import traceback
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from lambwsgi.local.inspector.records import Log, Origin, Record, Stream
from lambwsgi.local.prices import invocation_usd

Handler = Callable[[Any, Any], object]
Send = Callable[[bytes], object]

# Of a streamed answer no more is kept.
BEGINNING_BYTES = 64 * 1024


@dataclass(frozen=True, slots=True)
class Terms:
    """What an invocation is billed by: the function's memory and its processor."""

    memory_mb: int = 512
    architecture: str = "x86_64"


@dataclass(frozen=True, slots=True)
class Call:
    """The number that an invocation is known by, who asks, and the number of the record that is asked again."""

    number: int
    origin: Origin = "request"
    source: int | None = None


@dataclass(frozen=True, slots=True)
class _Start:
    is_cold: bool
    at: float
    counter: float


class Recorder:
    """The handler, called as before. The first call of this process is the cold one; `init_ms` is what INIT took."""

    def __init__(self, handler: Handler, log: Log, terms: Terms, *, init_ms: float | None = None) -> None:
        self._handler = handler
        self._log = log
        self._terms = terms
        self._init_ms = init_ms
        self._is_cold = True
        self._lock = threading.Lock()

    def __call__(self, event: Any, context: Any) -> object:
        return self.invoke(event, context, Call(self._log.next_number()))

    def invoke(self, event: Any, context: Any, call: Call) -> object:
        """What the handler returns; what it raises is raised. Either way the log has the record of that number."""
        tap = None if getattr(context, "begin_response", None) is None else Tap(context)
        start = self._start()
        try:
            result = self._handler(event, tap or context)
        except BaseException:
            self._record(call, start, event, tap, error=traceback.format_exc())
            raise
        self._record(call, start, event, tap, result=result)
        return result

    def _start(self) -> _Start:
        with self._lock:
            was_cold, self._is_cold = self._is_cold, False
        return _Start(was_cold, time.time(), time.perf_counter())

    def _record(
        self, call: Call, start: _Start, event: Any, tap: Tap | None, *, result: object = None, error: str | None = None
    ) -> None:
        duration_ms = (time.perf_counter() - start.counter) * 1000
        # INIT is billed too. Source: Lambda developer guide, 'Log and monitor Python functions'.
        init_ms = self._init_ms if start.is_cold else None
        billed_ms = math.ceil(duration_ms + (init_ms or 0))
        self._log.add(
            Record(
                number=call.number,
                at=start.at,
                origin=call.origin,
                source=call.source,
                event=event,
                result=result,
                error=error,
                stream=tap.stream(start.counter) if tap else None,
                is_cold=start.is_cold,
                init_ms=init_ms,
                duration_ms=duration_ms,
                peak_memory_mb=peak_memory_mb(),
                billed_ms=billed_ms,
                usd=invocation_usd(billed_ms, memory_mb=self._terms.memory_mb, architecture=self._terms.architecture),
            )
        )


class Tap:
    """A context that can stream, and what went through it. It is the context itself in everything else."""

    def __init__(self, context: Any) -> None:
        self._context = context
        self._prelude: Mapping[str, Any] | None = None
        self._chunks = 0
        self._size_bytes = 0
        self._first_at: float | None = None
        self._beginning = bytearray()

    def __getattr__(self, name: str) -> Any:
        return getattr(self._context, name)

    def begin_response(self, prelude: Mapping[str, Any]) -> Send:
        """Begin to stream; gives what sends the parts."""
        self._prelude = prelude
        onward: Send = self._context.begin_response(prelude)

        def send(chunk: bytes) -> object:
            self._note(chunk)
            return onward(chunk)

        return send

    def _note(self, chunk: bytes) -> None:
        if not chunk:
            return
        if self._first_at is None:
            self._first_at = time.perf_counter()
        self._chunks += 1
        self._size_bytes += len(chunk)
        self._beginning += chunk[: max(0, BEGINNING_BYTES - len(self._beginning))]

    def stream(self, started: float) -> Stream | None:
        """What was streamed since the invocation started; None where nothing began."""
        if self._prelude is None:
            return None
        first_ms = None if self._first_at is None else (self._first_at - started) * 1000
        return Stream(self._prelude, self._chunks, self._size_bytes, first_ms, bytes(self._beginning))


class Sink:
    """A context that streams to nobody, for an application that streams and that the inspector asks."""

    def __init__(self, context: Any) -> None:
        self._context = context

    def __getattr__(self, name: str) -> Any:
        return getattr(self._context, name)

    def begin_response(self, _prelude: Mapping[str, Any]) -> Send:
        """Begin to stream; what is sent is dropped."""
        return lambda _chunk: None


def peak_memory_mb() -> float | None:
    """The most memory that this process has had so far; None where the system has no `resource` module (Windows)."""
    try:
        import resource  # noqa: PLC0415 - there is none on Windows
    except ImportError:
        return None
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    # Bytes on macOS, KB elsewhere.
    return peak / (1024 * 1024 if sys.platform == "darwin" else 1024)
