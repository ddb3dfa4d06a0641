"""Figures as tables: for the eye, as Markdown, and as JSON with what they were measured on."""

from __future__ import annotations

import json
import os
import platform
import statistics
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

Record = dict[str, Any]

_PACKAGES = (
    *("lambwsgi", "apig-wsgi", "serverless-wsgi", "awsgi2", "zappa", "mangum", "a2wsgi"),
    *("flask", "django", "werkzeug", "awslambdaric"),
)


@dataclass(frozen=True, slots=True)
class Table:
    """A table; the first `labels` columns are words, the others figures. `notes` stand below it."""

    title: str
    columns: Sequence[str]
    rows: Sequence[Sequence[str]]
    labels: int = 1
    notes: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class Result:
    """What a part measured: one record for each figure, and the tables that a reader wants."""

    part: str
    records: Sequence[Record] = field(repr=False)
    tables: Sequence[Table] = field(repr=False)


def spread(seconds: Iterable[float], *, unit: float) -> Record:
    """Median and minimum of measurements, in units of so many seconds."""
    values = [value / unit for value in seconds]
    return {"median": statistics.median(values), "minimum": min(values), "rounds": len(values)}


def as_text(table: Table) -> str:
    """The table in columns of even width."""
    lines = [table.columns, *table.rows]
    widths = [max(len(line[column]) for line in lines) for column in range(len(table.columns))]
    body = ["  ".join(_aligned(line, widths, table.labels)).rstrip() for line in lines]
    return "\n".join([table.title, *body, *table.notes, ""])


def _aligned(line: Sequence[str], widths: Sequence[int], labels: int) -> list[str]:
    return [
        cell.ljust(width) if column < labels else cell.rjust(width)
        for column, (cell, width) in enumerate(zip(line, widths, strict=True))
    ]


def as_markdown(table: Table) -> str:
    """The same in Markdown."""
    rule = ["---" if column < table.labels else "---:" for column in range(len(table.columns))]
    lines = [f"| {' | '.join(line)} |" for line in [table.columns, rule, *table.rows]]
    notes = ["", *table.notes] if table.notes else []
    return "\n".join([f"### {table.title}", "", *lines, *notes, ""])


def surroundings() -> Record:
    """When, where and with which versions: what a figure is worth nothing without."""
    return {
        "date": datetime.now(UTC).isoformat(timespec="seconds"),
        "python": platform.python_version(),
        "machine": platform.machine(),
        "processor": _processor(),
        "cpus": os.cpu_count(),
        "load": [round(value, 2) for value in os.getloadavg()],
        "versions": {name: found for name in _PACKAGES if (found := _version(name))},
    }


def _processor() -> str:
    for line in (
        Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines() if Path("/proc/cpuinfo").exists() else ()
    ):
        if line.startswith("model name"):
            return line.partition(":")[2].strip()
    return platform.processor()


def _version(name: str) -> str | None:
    try:
        return version(name)
    except PackageNotFoundError:
        return None


def write_json(path: Path, before: Record, results: Sequence[Result]) -> None:
    """Everything, for machines."""
    parts = {result.part: result.records for result in results}
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps({**before, "parts": parts}, indent=1) + "\n", encoding="utf-8")


def write_markdown(path: Path, results: Sequence[Result]) -> None:
    """The tables, for a page."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("\n".join(as_markdown(table) for result in results for table in result.tables), encoding="utf-8")
