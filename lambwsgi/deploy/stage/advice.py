"""Keep-warm, SnapStart, provisioned concurrency or nothing: what each costs and which cold starts it spares."""

from __future__ import annotations

import time
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import islice
from statistics import fmean

from lambwsgi.deploy import names
from lambwsgi.deploy.aws.calls import Aws
from lambwsgi.deploy.aws.records import LogQuery
from lambwsgi.deploy.logs.reading import read_log
from lambwsgi.deploy.logs.reports import PATTERNS, read_report
from lambwsgi.deploy.stage.prices import (
    FREE_SCHEDULED,
    PRICES,
    SCHEDULED,
    SNAPSHOT_KEPT,
    SNAPSHOT_RESTORED,
)
from lambwsgi.deploy.stage.simulation import DAY_SECONDS, Day, Strategy, Traffic, simulate
from lambwsgi.local.prices import REQUEST
from lambwsgi.settings.combinations import RUNTIMES_WITHOUT_SNAPSTART
from lambwsgi.settings.model import StageSettings

# What is assumed where nothing is known.
ASSUMED = Traffic(requests_per_day=1000, at_once=3, request_seconds=0.1, init_seconds=1.0)
DAYS_A_MONTH = 30.4
_LINES_MOST = 10_000
# What a restore from a snapshot takes, in place of INIT; AWS speaks of parts of a second.
RESTORE_SECONDS = 0.3


@dataclass(frozen=True, slots=True)
class Advice:
    """One strategy. Cold starts are those that a visitor waits for, `wait_seconds` each; USD are those of a month.

    `usd` is all that Lambda charges, `more_usd` what that is beyond doing nothing.
    """

    strategy: Strategy
    cold_per_day: float
    cold_share: float
    wait_seconds: float
    usd: float
    more_usd: float


@dataclass(frozen=True, slots=True)
class Known:
    """What is known of a stage's traffic; None where nothing is."""

    requests_per_day: float | None = None
    at_once: int | None = None
    request_seconds: float | None = None
    init_seconds: float | None = None

    @property
    def needs_no_log(self) -> bool:
        """Whether all is known that a log could tell."""
        return None not in (self.requests_per_day, self.request_seconds, self.init_seconds)


def complete(given: Known, measured: Known) -> tuple[Traffic, dict[str, str]]:
    """The traffic, and for each figure whether it was `given`, `measured` or `assumed`."""
    sources = {"given": given, "measured": measured, "assumed": ASSUMED}
    origins = {
        name: next(origin for origin, source in sources.items() if getattr(source, name) is not None)
        for name in Known.__dataclass_fields__
    }
    return Traffic(**{name: getattr(sources[origin], name) for name, origin in origins.items()}), origins


def measure(aws: Aws, settings: StageSettings) -> Known:
    """Traffic and times of the last day, from the lines that Lambda writes; of a busy log, from its first part."""
    now_ms = int(time.time() * 1000)
    since_ms = now_ms - int(DAY_SECONDS * 1000)
    query = LogQuery(names.log_group_name(settings), since_ms, PATTERNS[settings.log_format])
    events = list(islice(read_log(aws, query), _LINES_MOST))
    until_ms = events[-1].time_ms if len(events) == _LINES_MOST else now_ms
    return read_reports((event.message for event in events), days=(until_ms - since_ms) / 1000 / DAY_SECONDS)


def read_reports(messages: Iterable[str], *, days: float) -> Known:
    """What so many days of report lines tell. Warm-ups, which the function answers within some milliseconds, count."""
    found = [report for message in messages if (report := read_report(message))]
    inits = [report.init_ms / 1000 for report in found if report.init_ms is not None]
    return Known(
        requests_per_day=len(found) / days if found else None,
        request_seconds=fmean(report.duration_ms for report in found) / 1000 if found else None,
        init_seconds=fmean(inits) if inits else None,
    )


def advise(settings: StageSettings, traffic: Traffic) -> list[Advice]:
    """Each strategy under this traffic, doing nothing first."""
    strategies = _strategies(settings)
    days = [simulate(traffic, strategy) for strategy in strategies]
    costs = [month_usd(settings, strategy, day) for strategy, day in zip(strategies, days, strict=True)]
    return [
        Advice(
            strategy=strategy,
            cold_per_day=day.cold,
            cold_share=day.cold / day.requests if day.requests else 0.0,
            wait_seconds=traffic.init_seconds if strategy.start_seconds is None else strategy.start_seconds,
            usd=usd,
            more_usd=usd - costs[0],
        )
        for strategy, day, usd in zip(strategies, days, costs, strict=True)
    ]


def _strategies(settings: StageSettings) -> list[Strategy]:
    wanted = max((schedule.concurrency for schedule in settings.warm_schedules.values()), default=1)
    warm = [Strategy(f"keep {count} warm", warm=count) for count in sorted({1, wanted, 3, 5})]
    kept = [Strategy(f"provisioned concurrency {count}", kept=count) for count in sorted({1, wanted})]
    restored = Strategy("SnapStart", start_seconds=RESTORE_SECONDS)
    snapstart = [] if settings.runtime in RUNTIMES_WITHOUT_SNAPSTART else [restored]
    return [Strategy("nothing"), *warm, *snapstart, *kept]


def month_usd(settings: StageSettings, strategy: Strategy, day: Day) -> float:
    """What Lambda charges for a month of such days, without its free tier."""
    prices = PRICES[settings.architecture]
    gb = settings.memory_mb / 1024
    invocations = day.requests + day.warm_ups
    daily = (
        gb * (day.run_seconds * prices.run + day.run_kept_seconds * prices.run_kept)
        + gb * strategy.kept * DAY_SECONDS * prices.kept
        + invocations * REQUEST
    )
    if strategy.start_seconds is not None:
        daily += gb * (DAY_SECONDS * SNAPSHOT_KEPT + (day.cold + day.warm_cold) * SNAPSHOT_RESTORED)
    scheduled = day.warm_ups / max(strategy.warm, 1) * DAYS_A_MONTH
    return daily * DAYS_A_MONTH + max(0.0, scheduled - FREE_SCHEDULED) * SCHEDULED
