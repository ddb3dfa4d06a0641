"""What Lambda reports of an invocation: the REPORT line, in a log of text or of JSON. Pure.

Source: Lambda developer guide, 'Log and monitor Python Lambda functions' and 'Telemetry API event schema',
platform.report.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

_FIGURE = re.compile(r"([A-Z][A-Za-z ]+): ([^\t\n]+)")
_JSON_TYPE = "platform.report"
# The CloudWatch filter pattern that finds such lines, by the form of the log.
PATTERNS = {"text": '"REPORT RequestId"', "json": f'"{_JSON_TYPE}"'}
_SUCCESS = "success"


@dataclass(frozen=True, slots=True)
class Report:
    """One invocation in figures; None is what the line does not have.

    `init_ms` is there for a cold start, `restore_ms` for one from a snapshot; `status` where it did not end well.
    """

    request_id: str
    duration_ms: float
    billed_ms: int | None = None
    memory_mb: int | None = None
    used_mb: int | None = None
    init_ms: float | None = None
    restore_ms: float | None = None
    status: str | None = None
    error_type: str | None = None

    @property
    def cold(self) -> bool:
        """Whether an environment was started for it."""
        return self.init_ms is not None or self.restore_ms is not None


# Each field of a report in a line of text and among the metrics of a line of JSON.
_NAMES: dict[str, tuple[str, str, Callable[[str], Any]]] = {
    "duration_ms": ("Duration", "durationMs", float),
    "billed_ms": ("Billed Duration", "billedDurationMs", int),
    "memory_mb": ("Memory Size", "memorySizeMB", int),
    "used_mb": ("Max Memory Used", "maxMemoryUsedMB", int),
    "init_ms": ("Init Duration", "initDurationMs", float),
    "restore_ms": ("Restore Duration", "restoreDurationMs", float),
}


def read_report(message: str) -> Report | None:
    """The report; None for another line."""
    text = message.strip()
    try:
        if text.startswith("REPORT RequestId: "):
            return _of_text(text)
        return _of_json(text) if _JSON_TYPE in text else None
    except (ValueError, TypeError, KeyError):
        return None


def _of_text(text: str) -> Report:
    told = dict(_FIGURE.findall(text.removeprefix("REPORT ")))
    figures = {field: read(told[name].partition(" ")[0]) for field, (name, _, read) in _NAMES.items() if told.get(name)}
    return Report(request_id=told["RequestId"], status=told.get("Status"), error_type=told.get("Error Type"), **figures)


def _of_json(text: str) -> Report | None:
    line = json.loads(text)
    if line["type"] != _JSON_TYPE:
        return None
    record = line["record"]
    metrics = record["metrics"]
    figures = {field: read(metrics[name]) for field, (_, name, read) in _NAMES.items() if metrics.get(name) is not None}
    status = record.get("status", _SUCCESS)
    return Report(
        request_id=record["requestId"],
        status=None if status == _SUCCESS else status,
        error_type=record.get("errorType"),
        **figures,
    )


def report_text(report: Report) -> str:
    """The report in words, what is not known left out."""
    parts = {
        "took": (report.duration_ms, "ms"),
        "billed": (report.billed_ms, "ms"),
        "init": (report.init_ms, "ms"),
        "restore": (report.restore_ms, "ms"),
        "memory used": (report.used_mb, f"of {report.memory_mb} MB"),
    }
    words = [f"{name} {value:g} {unit}" for name, (value, unit) in parts.items() if value is not None]
    return ", ".join([*words, *filter(None, (report.status, report.error_type))])
