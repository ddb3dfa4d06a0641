"""What the inspector knows of the invocations of this run: a record of each, and the log of the last of them."""

from __future__ import annotations

import itertools
import json
import queue
import threading
from collections import deque
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from enum import Enum
from typing import Any, Literal

Origin = Literal["request", "replay", "edit", "compare"]


class Notice(Enum):
    """What a subscriber is told besides new records."""

    CLEARED = "all records were forgotten"
    END = "nothing more will come"


News = queue.SimpleQueue["Record | Notice"]


@dataclass(frozen=True, slots=True)
class Stream:
    """An answer that went out in parts: its prelude, how much there was of it, and its first bytes."""

    prelude: Mapping[str, Any]
    chunks: int
    size_bytes: int
    first_chunk_ms: float | None
    beginning: bytes


@dataclass(frozen=True, slots=True, eq=False)
class Record:
    """One invocation. `event` and `result` are the handler's own objects, not copies: who reads them changes nothing.

    `at` is in seconds since 1970. `origin` is who asked, and `source` the number of the record that was asked again.
    `error` is the traceback of a handler that raised; `result` is None then, and where the answer was streamed.
    `peak_memory_mb` is that of the process so far, None where the system does not tell.
    """

    number: int
    at: float
    origin: Origin
    source: int | None
    event: Any
    result: Any
    error: str | None
    stream: Stream | None
    is_cold: bool
    init_ms: float | None
    duration_ms: float
    peak_memory_mb: float | None
    billed_ms: int
    usd: float

    @property
    def size_bytes(self) -> int:
        """About what the record holds in memory, without looking closely."""
        return _size_of(self.event) + _size_of(self.result) + (len(self.stream.beginning) if self.stream else 0)


def _size_of(message: object) -> int:
    """The body makes a message large, wherever a gateway has it."""
    if isinstance(message, (bytes, str)):
        return len(message)
    if not isinstance(message, Mapping):
        return 0
    body = message.get("body")
    return len(body) if isinstance(body, str) else _size_at_edge(message)


def _size_at_edge(message: Mapping[str, Any]) -> int:
    """The same of an event of CloudFront, which has the request deeper in."""
    try:
        return len(message["Records"][0]["cf"]["request"]["body"]["data"])
    except (KeyError, IndexError, TypeError):
        return 0


def plain(value: object) -> Any:
    """A handler's result as JSON has it; what is no JSON, which the gateway will not take either, by its `repr`."""
    try:
        return json.loads(value) if isinstance(value, bytes) else json.loads(json.dumps(value))
    except (TypeError, ValueError):
        return repr(value)


class Log:
    """The last records, oldest first; safe to use from several threads."""

    def __init__(self, *, most: int = 200, most_bytes: int = 64 * 1024 * 1024) -> None:
        self._most = most
        self._most_bytes = most_bytes
        self._records: deque[Record] = deque()
        self._size_bytes = 0
        self._numbers = itertools.count(1)
        self._subscribers: list[News] = []
        self._lock = threading.Lock()

    def next_number(self) -> int:
        """A number that no other record of this run has."""
        with self._lock:
            return next(self._numbers)

    def add(self, record: Record) -> None:
        """Keep a record and tell all who listen."""
        with self._lock:
            self._keep(record)
            for subscriber in self._subscribers:
                subscriber.put(record)

    def restore(self, records: Iterable[Record]) -> None:
        """Keep the records of an earlier process; the numbers go on behind theirs."""
        with self._lock:
            for record in records:
                self._keep(record)
                self._numbers = itertools.count(record.number + 1)

    def _keep(self, record: Record) -> None:
        self._records.append(record)
        self._size_bytes += record.size_bytes
        while len(self._records) > 1 and (len(self._records) > self._most or self._size_bytes > self._most_bytes):
            self._size_bytes -= self._records.popleft().size_bytes

    def all(self) -> list[Record]:
        """What is kept at this moment."""
        with self._lock:
            return list(self._records)

    def find(self, number: int) -> Record | None:
        """The record of that number, while it is kept."""
        return next((record for record in self.all() if record.number == number), None)

    def clear(self) -> None:
        """Forget all records; the numbers go on."""
        with self._lock:
            self._records.clear()
            self._size_bytes = 0
            for subscriber in self._subscribers:
                subscriber.put(Notice.CLEARED)

    @contextmanager
    def subscription(self) -> Iterator[News]:
        """A queue that gets each record from now on."""
        subscriber: News = queue.SimpleQueue()
        with self._lock:
            self._subscribers.append(subscriber)
        try:
            yield subscriber
        finally:
            with self._lock:
                self._subscribers.remove(subscriber)
