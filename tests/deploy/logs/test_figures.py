"""Figures of a day, from the lines of a log."""

from __future__ import annotations

import time
from collections.abc import Iterator

import pytest
from botocore.stub import ANY, Stubber

from lambwsgi.deploy.aws.calls import Aws
from lambwsgi.deploy.aws.records import LogEvent
from lambwsgi.deploy.logs.figures import figures_of, last_day
from lambwsgi.settings.model import Architecture, StageSettings


def line(text: str, stream: str = "a", time_ms: int = 0) -> LogEvent:
    return LogEvent(text, time_ms, stream, text)


def report(duration_ms: float, more: str = "", stream: str = "a", time_ms: int = 0) -> LogEvent:
    figures = f"Duration: {duration_ms} ms\tBilled Duration: 100 ms\tMemory Size: 1024 MB\t{more}"
    return line(f"REPORT RequestId: 7aabe70e\t{figures}", stream, time_ms)


def test_durations_cold_starts_and_costs_are_counted() -> None:
    events = [report(float(duration)) for duration in range(1, 20)]
    events.append(report(20.0, "Init Duration: 130.49 ms\t"))

    day = figures_of(events, architecture=Architecture.X86_64, hours=24)

    assert (day.invocations, day.p50_ms, day.p95_ms, day.cold_share, day.failed) == (20, 10.0, 19.0, 0.05, 0)
    # 1 GB for 0.1 s at 0.0000166667 USD and 0.20 USD a million requests, twenty times.
    assert day.usd == pytest.approx(20 * (0.1 * 0.0000166667 + 0.0000002))


def test_an_error_is_that_of_the_next_report_of_its_environment() -> None:
    reports = [
        *(report(1, stream="b", time_ms=2), report(1, time_ms=3), report(1, time_ms=4), report(1, time_ms=5)),
        *(report(1, stream="b", time_ms=7), report(1, "Status: timeout", time_ms=8)),
    ]
    errors = [line("[ERROR] no", time_ms=1), line("[ERROR] again", time_ms=3), line("[ERROR] no", "b", time_ms=6)]

    day = figures_of([*reports, *errors], architecture=Architecture.ARM64, hours=24)

    assert (day.invocations, day.failed) == (6, 3)


def test_an_error_that_names_its_request_is_that_ones() -> None:
    error = line("[ERROR]\t2026-11-24T06:05:00.123Z\t7aabe70e\tno", stream="another")

    assert figures_of([error, report(1)], architecture=Architecture.ARM64, hours=24).failed == 1


def test_of_a_quiet_day_there_is_little_to_say() -> None:
    day = figures_of([], architecture=Architecture.ARM64, hours=24)

    assert (day.invocations, day.p50_ms, day.p95_ms, day.cold_share, day.usd) == (0, None, None, 0, 0)


@pytest.fixture
def offline() -> Iterator[tuple[Aws, Stubber]]:
    aws = Aws(endpoint_url="http://127.0.0.1:9")
    with Stubber(aws.logs) as stub:
        yield aws, stub


def test_of_a_busy_log_the_first_part_is_read(offline: tuple[Aws, Stubber]) -> None:
    aws, stub = offline
    settings = StageSettings(project="shop", stage="dev", app="shop:app", region="us-east-1")
    until_ms = int(time.time() * 1000) - 12 * 3_600_000
    report = {"timestamp": until_ms, "message": "REPORT RequestId: a\tDuration: 1 ms"}
    asked = {"logGroupName": "/aws/lambda/shop-dev", "startTime": ANY}
    pattern = {"filterPattern": '"REPORT RequestId"'}
    stub.add_response("filter_log_events", {"events": [report] * 10_000, "nextToken": "more"}, {**asked, **pattern})
    error = {"timestamp": until_ms, "message": "[ERROR] no"}
    errors = {"filterPattern": '"[ERROR]"', "endTime": until_ms}
    stub.add_response("filter_log_events", {"events": [error, {**error, "message": "errors"}]}, {**asked, **errors})

    day = last_day(aws, settings)

    assert (day.invocations, day.failed, round(day.hours)) == (10_000, 1, 12)
