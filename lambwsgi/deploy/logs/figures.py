"""What the last day of a stage was like, by its log: how many invocations, how long, how many cold, at what price."""

from __future__ import annotations

import math
import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import islice

from lambwsgi.deploy import names
from lambwsgi.deploy.aws.calls import Aws
from lambwsgi.deploy.aws.records import LogEvent, LogQuery
from lambwsgi.deploy.logs.lines import read_line
from lambwsgi.deploy.logs.reading import read_log
from lambwsgi.deploy.logs.reports import PATTERNS, Report, read_report
from lambwsgi.local.prices import invocation_usd
from lambwsgi.settings.model import Architecture, StageSettings

_DAY_MS = 86_400_000
_HOUR_MS = 3_600_000
_LINES_MOST = 10_000
# What finds lines of errors, by the form of the log. They are asked for by themselves, since the embedded AWS knows no
# `?this ?that` (ministack 1.5.33) and would take it for neither.
_ERRORS = {"text": '"[ERROR]"', "json": '"ERROR"'}


@dataclass(frozen=True, slots=True)
class Figures:
    """`hours` of a log in figures. `failed` are invocations that logged an error or did not end well.

    Durations are None where nothing was invoked. `usd` is what the invocations cost by list price, without the free
    tier. Warm-ups are invocations too.
    """

    hours: float
    invocations: int
    failed: int
    cold: int
    p50_ms: float | None
    p95_ms: float | None
    usd: float

    @property
    def cold_share(self) -> float:
        """How many of the invocations, from 0 to 1, found no environment."""
        return self.cold / self.invocations if self.invocations else 0.0


def last_day(aws: Aws, settings: StageSettings) -> Figures:
    """The figures of the last 24 hours; of a busy log, of its first part."""
    now_ms = int(time.time() * 1000)
    since_ms = now_ms - _DAY_MS
    reports = LogQuery(names.log_group_name(settings), since_ms, PATTERNS[settings.log_format])
    events = list(islice(read_log(aws, reports), _LINES_MOST))
    until_ms = events[-1].time_ms if len(events) == _LINES_MOST else now_ms
    errors = replace(reports, pattern=_ERRORS[settings.log_format], until_ms=until_ms)
    events += (event for event in islice(read_log(aws, errors), _LINES_MOST) if read_line(event).is_error)
    return figures_of(events, architecture=settings.architecture, hours=(until_ms - since_ms) / _HOUR_MS)


def figures_of(events: Sequence[LogEvent], *, architecture: Architecture, hours: float) -> Figures:
    """The figures of lines that are reports or tell of errors, in any order."""
    reports, failed = _reports(events)
    durations = sorted(report.duration_ms for report in reports)
    return Figures(
        hours=hours,
        invocations=len(reports),
        failed=failed,
        cold=sum(report.cold for report in reports),
        p50_ms=_percentile(durations, 0.5),
        p95_ms=_percentile(durations, 0.95),
        usd=sum(_usd(report, architecture) for report in reports),
    )


def _reports(events: Sequence[LogEvent]) -> tuple[list[Report], int]:
    """The reports, and how many of them are of failures.

    An error that names no request is one of the next report of its environment.
    """
    reports: list[Report] = []
    failing: set[str] = set()
    failed = 0
    told = [(event, read_report(event.message)) for event in events]
    # Of the same moment, an error comes before the report of its invocation.
    for event, report in sorted(told, key=lambda each: (each[0].time_ms, each[1] is not None)):
        if report is None:
            failing.add(read_line(event).request_id or event.stream)
            continue
        reports.append(report)
        failed += report.status is not None or not failing.isdisjoint({report.request_id, event.stream})
        failing -= {report.request_id, event.stream}
    return reports, failed


def _percentile(values: Sequence[float], share: float) -> float | None:
    """The nearest rank of values in order."""
    return values[math.ceil(share * len(values)) - 1] if values else None


def _usd(report: Report, architecture: Architecture) -> float:
    billed_ms = math.ceil(report.duration_ms) if report.billed_ms is None else report.billed_ms
    return invocation_usd(billed_ms, memory_mb=report.memory_mb or 0, architecture=architecture.value)
