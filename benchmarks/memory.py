"""The most memory that a request of 1 MB, or an answer of 1 MB, takes beyond the event: by tracemalloc, untimed."""

from __future__ import annotations

import gc
import json
import statistics
import tracemalloc
from typing import Any

from benchmarks.applications import make_bare
from benchmarks.contenders import Handler, call_directly, environ_of, installed
from benchmarks.events import Case, make_case, shapes
from benchmarks.payloads import MIB
from benchmarks.report import Record, Result, Table
from benchmarks.verdict import RIGHT, judge, new_context

_KINDS = ("function_url", "http_api", "rest_api")
_ROUNDS = 3


def measure(*, quick: bool = False) -> Result:
    """Every gateway that lets 1 MB through, or one of them."""
    app = make_bare()
    handlers = [(contender, contender.make(app)) for contender in installed()]
    records: list[Record] = []
    for kind in _KINDS[:1] if quick else _KINDS:
        for shape in shapes():
            if shape.largest_body_bytes != MIB:
                continue
            case = make_case(kind, shape)
            labels = {"kind": kind, "shape": shape.name}
            direct = _peak_mb(call_directly(app), case, direct=True)
            records.append({**labels, "contender": "direct", "verdict": RIGHT, "peak_mb": direct})
            for contender, handler in handlers:
                verdict = judge(contender, handler, case)
                figure = {"peak_mb": _peak_mb(handler, case)} if verdict == RIGHT else {}
                records.append({**labels, "contender": contender.name, "verdict": verdict, **figure})
    return Result("memory", records, [_table(records)])


def _peak_mb(handler: Handler, case: Case, *, direct: bool = False) -> float:
    return round(statistics.median(_peak_bytes(handler, _input(case, direct=direct)) for _ in range(_ROUNDS)) / MIB, 2)


def _input(case: Case, *, direct: bool) -> Any:
    return environ_of(case.request) if direct else json.loads(case.payload)


def _peak_bytes(handler: Handler, given: Any) -> int:
    context = new_context()
    gc.collect()
    tracemalloc.start()
    try:
        before, _ = tracemalloc.get_traced_memory()
        # Kept until the peak is read, as the runtime keeps it.
        result = handler(given, context)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    del result
    return peak - before


def _table(records: list[Record]) -> Table:
    contenders = list(dict.fromkeys(record["contender"] for record in records))
    rows: dict[tuple[str, str], list[str]] = {}
    for record in records:
        cell = f"{record['peak_mb']:.2f}" if "peak_mb" in record else record["verdict"]
        rows.setdefault((record["kind"], record["shape"]), []).append(cell)
    title = "Peak memory of one request, MiB beyond the event; bare application"
    return Table(title, ["gateway", "request", *contenders], [[*key, *cells] for key, cells in rows.items()], labels=2)
