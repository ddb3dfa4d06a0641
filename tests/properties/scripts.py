"""Applications made of steps, in the order and with the mistakes that somebody's application may have."""

from __future__ import annotations

import sys
from asyncio import CancelledError
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

from hypothesis import strategies as st

Environ = dict[str, Any]
StartResponse = Callable[..., Callable[[Any], Any]]

GOOD_STATUSES = st.sampled_from(
    ["200 OK", "201 Created", "299 Odd", "404 Not Found", "418 I'm a teapot", "599 X", "200 "]
)
STATUSES = GOOD_STATUSES | st.sampled_from(
    ["200", "99 x", "1000 y", "100 Continue", "abc", "", "200 a\r\nb", "\u0662\u0660\u0660 OK"]
)
GOOD_NAMES = st.sampled_from(["X-A", "x-a", "Set-Cookie", "set-cookie", "Vary", "Location", "ETag", "Content-Language"])
GOOD_VALUES = st.text(st.characters(min_codepoint=0x20, max_codepoint=0xFF, exclude_categories=["Cc"]), max_size=8)
TYPES = st.sampled_from(["text/plain", "TEXT/HTML; charset=utf-16", "image/png", "application/a+json", ";;;", ""])
ODD_NAMES = st.sampled_from(
    ["", "X:Y", "X Y", "X\r\nY", "caf\u00e9", "\u2028", "Connection", "Transfer-Encoding", "Content-Length"]
)
ODD_VALUES = st.sampled_from(["a\r\nb", "\0", "\u0100", "\ud800", "-1", "x" * 9_000, None, 5, b"x", 1.5, True])
GOOD_HEADERS = st.lists(
    st.tuples(GOOD_NAMES, GOOD_VALUES) | st.tuples(st.just("Content-Type"), TYPES),
    max_size=5,
    unique_by=lambda pair: pair,
)
HEADERS = st.lists(st.tuples(GOOD_NAMES | ODD_NAMES, GOOD_VALUES | ODD_VALUES), max_size=5) | st.sampled_from(
    [None, 5, [5]]
)
GOOD_CHUNKS = st.binary(max_size=12) | st.text(max_size=4).map(str.encode)
CHUNKS = GOOD_CHUNKS | st.sampled_from(["text", None, 5, bytearray(b"x"), memoryview(b"y"), [b"z"]])


@dataclass(slots=True)
class Scripted:
    """An application that does its steps lazily, and counts how often what it returned was closed.

    A step is a name and its arguments: `start` (status, headers), `restart` (the same, with exc_info), `write`,
    `give` (a chunk), `fail` (a kind of exception). `fails_at_close` says so.
    """

    steps: list[tuple[Any, ...]]
    fails_at_close: bool = False
    closed: int = 0
    write: Callable[[Any], Any] = field(default=lambda chunk: None, repr=False)

    def __call__(self, environ: Environ, start_response: StartResponse) -> Steps:
        return Steps(self, start_response)

    def act(self, step: tuple[Any, ...], start_response: StartResponse) -> None:
        """Whatever a step does besides giving a chunk."""
        name, *arguments = step
        if name == "start":
            self.write = start_response(*arguments)
        elif name == "restart":
            try:
                raise LookupError("restarted")
            except LookupError:
                self.write = start_response(*arguments, sys.exc_info())
        elif name == "write":
            self.write(arguments[0])
        elif name == "fail":
            raise arguments[0]("on purpose")


class Steps:
    """What the application returns: an iterator with a `close`."""

    def __init__(self, script: Scripted, start_response: StartResponse) -> None:
        self._script = script
        self._chunks = self._run(start_response)

    def _run(self, start_response: StartResponse) -> Iterator[Any]:
        for step in self._script.steps:
            if step[0] == "give":
                yield step[1]
            else:
                self._script.act(step, start_response)

    def __iter__(self) -> Iterator[Any]:
        return self._chunks

    def close(self) -> None:
        self._script.closed += 1
        if self._script.fails_at_close:
            raise OSError("on purpose, at close")


ERRORS = st.sampled_from(
    [ValueError, OSError, StopIteration, RecursionError, MemoryError, GeneratorExit, CancelledError]
)
STARTS = st.tuples(st.sampled_from(["start", "restart"]), STATUSES | st.sampled_from([200, None, b"200 OK"]), HEADERS)
STEPS = st.one_of(STARTS, st.tuples(st.sampled_from(["write", "give"]), CHUNKS), st.tuples(st.just("fail"), ERRORS))
GOOD_GIVEN = st.lists(st.tuples(st.just("give"), GOOD_CHUNKS), max_size=4)
GOOD_STEPS = st.builds(
    lambda status, headers, written, given: [("start", status, headers), *written, *given],
    GOOD_STATUSES,
    GOOD_HEADERS,
    st.lists(st.tuples(st.just("write"), GOOD_CHUNKS), max_size=2),
    GOOD_GIVEN,
)
ANY = st.builds(
    Scripted,
    st.lists(STEPS, max_size=6)
    | st.lists(STEPS, max_size=5).map(lambda rest: [("start", "200 OK", [("Content-Type", "text/plain")]), *rest]),
    st.booleans(),
)
GOOD = st.builds(Scripted, GOOD_STEPS)
