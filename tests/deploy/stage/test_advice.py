"""The model against what can be worked out without it, the prices against sums done by hand."""

from __future__ import annotations

import json
import math
from dataclasses import replace

import pytest

from lambwsgi.deploy.stage.advice import ASSUMED, DAYS_A_MONTH, Known, advise, complete, month_usd, read_reports
from lambwsgi.deploy.stage.simulation import Day, Strategy, Traffic, simulate
from lambwsgi.settings.model import Architecture, StageSettings

NOTHING = Strategy("nothing")
SPARSE = Traffic(requests_per_day=200, at_once=1, request_seconds=0.001, init_seconds=0.001)
GIGABYTE = StageSettings(project="shop", stage="dev", app="shop:app", memory_mb=1024)

# As Lambda writes them, tabs and all.
MEMORY = "Memory Size: 512 MB\tMax Memory Used: 37 MB\t"
REPORTS = (
    f"REPORT RequestId: 7aabe70e\tDuration: 200.00 ms\tBilled Duration: 1000 ms\t{MEMORY}Init Duration: 800.00 ms\t\n",
    f"REPORT RequestId: 7aabe70f\tDuration: 100.00 ms\tBilled Duration: 100 ms\t{MEMORY}\n",
    "START RequestId: 7aabe710 Version: 1\n",
)


def test_the_same_seed_gives_the_same_days_and_another_one_others() -> None:
    first, again, other = (simulate(ASSUMED, NOTHING, seed=seed) for seed in (1, 1, 2))

    assert first == again
    assert first != other
    assert first.requests == pytest.approx(ASSUMED.requests_per_day, rel=0.05)


def test_single_visitors_wait_as_often_as_the_gaps_between_them_are_long() -> None:
    """Each visitor finds an environment if one came within its idle time, which is drawn between 300 and 420 s."""
    slices = [moment / 1000 for moment in range(1000)]
    mean = SPARSE.requests_per_day / 86_400
    rates = [mean * (1 + 0.8 * math.cos(2 * math.pi * each)) for each in slices]
    # The mean of exp(-rate * idle) over the idle times, weighted by where in the day visitors come.
    alone = [(math.exp(-300 * rate) - math.exp(-420 * rate)) / (120 * rate) for rate in rates]
    expected = sum(rate * share for rate, share in zip(rates, alone, strict=True)) / sum(rates)

    day = simulate(SPARSE, NOTHING)

    assert day.cold / day.requests == pytest.approx(expected, rel=0.05)


def test_one_that_is_kept_warm_serves_single_visitors() -> None:
    day = simulate(SPARSE, Strategy("warm", warm=1))

    assert day.warm_ups == 360
    assert day.cold / day.requests < 0.01
    # An environment ends after two hours whatever is done for it.
    assert 11 <= day.warm_cold <= 13


def test_three_at_once_need_three() -> None:
    traffic = replace(SPARSE, at_once=3)

    shares = [simulate(traffic, Strategy("warm", warm=count)) for count in (1, 2, 3)]

    one, two, three = [day.cold / day.requests for day in shares]
    assert one > two > three
    assert three < 0.02


def test_what_is_kept_ready_never_waits_and_what_it_cannot_serve_does() -> None:
    assert simulate(SPARSE, Strategy("kept", kept=1)).cold == 0
    assert simulate(replace(SPARSE, at_once=2), Strategy("kept", kept=1)).cold > 0


def test_without_visitors_a_day_has_nothing() -> None:
    assert simulate(replace(SPARSE, requests_per_day=0), NOTHING) == Day()


def test_the_price_of_a_day_on_demand_is_the_sum_of_time_and_requests() -> None:
    day = Day(requests=16_000, run_seconds=16_000 * 0.2)

    assert month_usd(GIGABYTE, NOTHING, day) == pytest.approx((0.05333344 + 0.0032) * DAYS_A_MONTH)
    arm = GIGABYTE.model_copy(update={"architecture": Architecture.ARM64})
    assert month_usd(arm, NOTHING, day) == pytest.approx((0.04266688 + 0.0032) * DAYS_A_MONTH)


def test_what_is_kept_ready_costs_all_day() -> None:
    assert month_usd(GIGABYTE, Strategy("kept", kept=1), Day()) == pytest.approx(0.36000288 * DAYS_A_MONTH)


def test_a_snapshot_costs_as_long_as_it_exists_and_for_each_restore() -> None:
    usd = month_usd(GIGABYTE, Strategy("SnapStart", start_seconds=0.3), Day(cold=100))

    assert usd == pytest.approx((86_400 * 0.0000015046 + 100 * 0.0001397998) * DAYS_A_MONTH)


def test_warm_ups_are_invocations_and_their_schedule_is_free_up_to_a_point() -> None:
    day = Day(warm_ups=360, run_seconds=360 * 0.075)

    usd = month_usd(GIGABYTE, Strategy("warm", warm=1), day)

    assert usd == pytest.approx((27 * 0.0000166667 + 360 * 0.2e-6) * DAYS_A_MONTH)


def test_advice_has_what_the_stage_does_and_no_snapstart_where_there_is_none() -> None:
    stage = StageSettings.model_validate({**GIGABYTE.model_dump(), "runtime": "python3.11", "warm": {"concurrency": 7}})

    names = [each.strategy.name for each in advise(stage, SPARSE)]

    assert names[0] == "nothing"
    assert {"keep 7 warm", "provisioned concurrency 7"} <= set(names)
    assert "SnapStart" not in names
    assert "SnapStart" in [each.strategy.name for each in advise(GIGABYTE, SPARSE)]


def test_doing_nothing_is_what_the_others_are_compared_with() -> None:
    first, *others = advise(GIGABYTE, SPARSE)

    assert first.more_usd == 0
    assert all(each.more_usd == pytest.approx(each.usd - first.usd) for each in others)


def test_the_lines_that_lambda_writes_tell_traffic_and_times() -> None:
    known = read_reports(REPORTS, days=0.5)

    assert (known.requests_per_day, known.at_once) == (4, None)
    assert known.request_seconds == pytest.approx(0.15)
    assert known.init_seconds == pytest.approx(0.8)


def test_reports_of_a_log_of_json_are_read_as_well() -> None:
    def report(**metrics: float) -> str:
        return json.dumps({"type": "platform.report", "record": {"requestId": "7aabe70e", "metrics": metrics}})

    lines = (
        report(durationMs=200.0, initDurationMs=800.0),
        report(durationMs=100.0),
        '{"type": "platform.start"}',
        "{}",
    )

    known = read_reports(lines, days=0.5)

    assert known == Known(requests_per_day=4, request_seconds=0.15, init_seconds=0.8)


def test_a_log_without_them_tells_nothing() -> None:
    assert read_reports(["hello"], days=1) == Known()


def test_what_is_given_comes_before_what_is_measured_and_that_before_what_is_assumed() -> None:
    traffic, origins = complete(Known(requests_per_day=10), Known(requests_per_day=20, init_seconds=2))

    assert traffic == replace(ASSUMED, requests_per_day=10, init_seconds=2)
    assert origins == {
        "requests_per_day": "given",
        "at_once": "assumed",
        "request_seconds": "assumed",
        "init_seconds": "measured",
    }
