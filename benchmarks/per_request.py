"""What an adapter adds to a request: the time of handler(event, context), in ratio to calling the application directly.

All contenders of a cell are measured in turn, in an order that changes, until the cell's time is up. Before each
call its event is decoded from JSON, after it the result is encoded, as Lambda's runtime does; neither is timed.
"""

from __future__ import annotations

import gc
import json
import random
import statistics
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from benchmarks.applications import APPLICATIONS, WsgiApp
from benchmarks.contenders import CONTENDERS, Handler, call_directly, environ_of, installed
from benchmarks.events import KINDS, Case, make_case, passes, shapes
from benchmarks.per_request_tables import tables
from benchmarks.report import Record, Result, spread
from benchmarks.verdict import RIGHT, closes, judge, new_context

DIRECT = "direct"
_QUICK_SHAPES = frozenset({"GET, small answer", "POST binary 64 KB", "GET text 64 KB"})
_CELL_SECONDS = 1.0
_FEWEST_ROUNDS = 5
# Calls in a row, the same number for all adapters: a few, since a busy function has its code at hand.
_BATCH_SECONDS, _LARGEST_BATCH = 0.001, 16
_MICROSECOND = 1e-6


@dataclass(frozen=True, slots=True)
class Runner:
    """Somebody to be timed: a handler, where its input comes from and where its result goes."""

    name: str
    handler: Handler
    make_input: Callable[[], Any]
    take_result: Callable[[Any], object]

    def seconds_per_call(self, calls: int) -> float:
        """The mean of some calls in a row, each between the steps that a runtime takes, which are not timed."""
        context, handler, seconds = new_context(), self.handler, 0.0
        for _ in range(calls):
            given = self.make_input()
            start = time.perf_counter()
            result = handler(given, context)
            seconds += time.perf_counter() - start
            self.take_result(result)
        return seconds / calls


def measure(*, quick: bool = False) -> Result:
    """All cells, or the few that show most."""
    records: list[Record] = []
    for app_name, make_app in APPLICATIONS.items():
        app = make_app()
        handlers = {contender.name: contender.make(app) for contender in installed()}
        # What there is by now would be looked through again and again while others are timed.
        gc.collect()
        gc.freeze()
        for case in _cases(app_name, quick=quick):
            labels = {"app": app_name, "kind": case.kind, "shape": case.shape.name}
            records += [{**labels, **figure} for figure in measure_cell(app, handlers, case, _CELL_SECONDS)]
    unclosed = [contender.name for contender in installed() if not closes(contender)]
    return Result("per_request", records, tables(records, [contender.name for contender in installed()], unclosed))


def _cases(app_name: str, *, quick: bool) -> Iterator[Case]:
    for kind in KINDS:
        for shape in shapes():
            wanted = not quick or (shape.name in _QUICK_SHAPES and (app_name == "bare" or kind == "http_api"))
            if wanted and passes(kind, shape):
                yield make_case(kind, shape)


def measure_cell(app: WsgiApp, handlers: dict[str, Handler], case: Case, seconds: float) -> list[Record]:
    """One record for each contender: its verdict and, where that is right, its times in microseconds."""
    runners = [Runner(DIRECT, call_directly(app), lambda: environ_of(case.request), len)]
    verdicts = {DIRECT: RIGHT}
    for contender in CONTENDERS:
        if contender.name not in handlers:
            continue
        verdict = judge(contender, handlers[contender.name], case)
        verdicts[contender.name] = verdict
        if verdict == RIGHT:
            handler = handlers[contender.name]
            runners.append(Runner(contender.name, handler, lambda: json.loads(case.payload), json.dumps))
    times = _time_in_turn(runners, seconds)
    direct = spread(times[DIRECT], unit=_MICROSECOND)
    return [_record(name, verdict, times.get(name), direct) for name, verdict in verdicts.items()]


def _time_in_turn(runners: Sequence[Runner], seconds: float) -> dict[str, list[float]]:
    times: dict[str, list[float]] = {runner.name: [] for runner in runners}
    typical = statistics.median(runner.seconds_per_call(2) for runner in runners)
    calls = dict.fromkeys(times, max(1, min(_LARGEST_BATCH, round(_BATCH_SECONDS / typical))))
    calls[DIRECT] = _LARGEST_BATCH
    order, shuffle = list(runners), random.Random(len(runners)).shuffle
    end, rounds = time.perf_counter() + seconds, 0
    while rounds < _FEWEST_ROUNDS or time.perf_counter() < end:
        shuffle(order)
        for runner in order:
            times[runner.name].append(runner.seconds_per_call(calls[runner.name]))
        rounds += 1
    return times


def _record(name: str, verdict: str, times: list[float] | None, direct: Record) -> Record:
    record: Record = {"contender": name, "verdict": verdict}
    if times:
        figures = spread(times, unit=_MICROSECOND)
        record |= {f"{key}_us" if key != "rounds" else key: round(value, 3) for key, value in figures.items()}
        record["added_us"] = round(figures["median"] - direct["median"], 3)
        record["ratio"] = round(figures["median"] / direct["median"], 4)
        record["ratio_of_minima"] = round(figures["minimum"] / direct["minimum"], 4)
    return record
