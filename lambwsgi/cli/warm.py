"""`warm`: keep-warm by hand, and what it found."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

import click

from lambwsgi.cli import output
from lambwsgi.cli.options import output_option, settings_option, stage_argument
from lambwsgi.cli.project import find_stage
from lambwsgi.events.warming import ENVIRONMENTS_MOST

if TYPE_CHECKING:
    from lambwsgi.deploy.stage.advice import Advice, Known
    from lambwsgi.deploy.stage.simulation import Traffic
    from lambwsgi.deploy.stage.warm_up import WarmEnvironment, WarmUp
    from lambwsgi.settings.model import StageSettings


@click.command()
@stage_argument
@settings_option
@click.option("--schedule", metavar="NAME", help="Warm as this schedule does; default: the first.")
@click.option(
    "--concurrency",
    type=click.IntRange(1, ENVIRONMENTS_MOST),
    help="How many environments; default: as the schedule has.",
)
@click.option("--advise", is_flag=True, help="Warm nothing; compare strategies by cost and cold starts.")
@click.option(
    "--requests-per-day", type=click.FloatRange(0), help="For --advise; default: as measured in the log, else 1000."
)
@click.option("--at-once", type=click.IntRange(1), help="For --advise: requests that a visitor sends at once.")
@click.option("--request-ms", type=click.FloatRange(0, min_open=True), help="For --advise: the time of a request.")
@click.option("--init-ms", type=click.FloatRange(0), help="For --advise: the time of INIT.")
@output_option
@click.pass_context
def warm(
    context: click.Context,
    /,
    stage: str | None,
    settings_path: Path,
    *,
    schedule: str | None,
    concurrency: int | None,
    advise: bool,
    requests_per_day: float | None,
    at_once: int | None,
    request_ms: float | None,
    init_ms: float | None,
    output_format: str,
) -> None:
    """Warm the stage now, and say how many environments are warm and how long each took."""
    from lambwsgi.deploy.stage.advice import Known

    known = Known(requests_per_day, at_once, _seconds_of(request_ms), _seconds_of(init_ms))
    if advise:
        _advise(settings_path, stage, known, output_format)
        return
    if known != Known():
        raise click.UsageError("what is said of the traffic is for --advise")
    from lambwsgi.deploy.stage import warm_up as warming

    settings, place = find_stage(settings_path, stage)
    done = warming.warm(place.aws, settings, schedule=schedule, concurrency=concurrency)
    if output_format == "json":
        output.result_json({**asdict(done), "distinct": done.distinct})
    else:
        output.result("\n".join(_lines(done)))
    context.exit(1 if done.errors else 0)


def _seconds_of(milliseconds: float | None) -> float | None:
    return None if milliseconds is None else milliseconds / 1000


def _advise(settings_path: Path, stage: str | None, known: Known, output_format: str) -> None:
    from lambwsgi.deploy.stage.advice import advise, complete
    from lambwsgi.local.prices import AS_OF
    from lambwsgi.settings.project import load_project

    project = load_project(settings_path)
    settings = project.pick(stage)
    traffic, origins = complete(known, known if known.needs_no_log else _measured(settings, project.directory))
    advice = advise(settings, traffic)
    if output_format == "json":
        output.result_json(
            {
                "traffic": {**asdict(traffic), "origins": origins},
                "prices": AS_OF,
                "advice": [asdict(each) for each in advice],
            }
        )
        return
    output.result("\n".join([*_assumptions(settings, traffic, origins, AS_OF), *_advice_rows(advice)]))


def _measured(settings: StageSettings, directory: Path) -> Known:
    """What the log tells; nothing where the stage is not deployed or its log cannot be read."""
    from lambwsgi.adapter.errors import LambWSGIError
    from lambwsgi.deploy.aws.place import find_place
    from lambwsgi.deploy.stage.advice import Known, measure

    try:
        return measure(find_place(settings, directory).aws, settings)
    except LambWSGIError as error:
        output.progress(f"nothing could be measured: {error}")
        return Known()


def _assumptions(settings: StageSettings, traffic: Traffic, origins: Mapping[str, str], prices: str) -> Iterator[str]:
    yield (
        f"{traffic.requests_per_day:,.0f} requests a day ({origins['requests_per_day']}),"
        f" {traffic.at_once} at once ({origins['at_once']}),"
        f" {traffic.request_seconds * 1000:,.0f} ms each ({origins['request_seconds']}),"
        f" INIT {traffic.init_seconds * 1000:,.0f} ms ({origins['init_seconds']})"
    )
    yield (
        f"{settings.memory_mb} MB, {settings.architecture}; list prices of us-east-1, {prices}, without the free tier;"
        " those of SnapStart and of provisioned concurrency are less sure"
    )
    yield ""


def _advice_rows(advice: Sequence[Advice]) -> Iterator[str]:
    width = max(len(each.strategy.name) for each in advice)
    yield f"{'':<{width}}  cold starts/day    share     wait  USD/month     more"
    for each in advice:
        yield (
            f"{each.strategy.name:<{width}}  {each.cold_per_day:>15.1f}  {each.cold_share:>7.2%}"
            f"  {each.wait_seconds:>5.1f} s  {each.usd:>9.2f}  {each.more_usd:>+7.2f}"
        )


def _lines(done: WarmUp) -> list[str]:
    rows = [("environment", "state", "INIT", "took", "status"), *map(_row, done.environments)]
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    table = ["  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows]
    fresh = sum(each.cold for each in done.environments)
    failed = [f"not reached: {error}" for error in done.errors]
    return [*table, *failed, f"{done.distinct} of {done.asked} environments are warm, {fresh} of them were cold"]


def _row(each: WarmEnvironment) -> tuple[str, str, str, str, str]:
    return (
        each.environment,
        "cold" if each.cold else "warm",
        "-" if each.init_ms is None else f"{each.init_ms:.0f} ms",
        f"{each.milliseconds:.1f} ms",
        "-" if each.status is None else str(each.status),
    )
