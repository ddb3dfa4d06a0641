"""`warm`: keep-warm by hand, and what it found."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

import click

from lambwsgi.cli import output
from lambwsgi.cli.options import output_option, settings_option, stage_argument
from lambwsgi.cli.project import find_stage

if TYPE_CHECKING:
    from lambwsgi.deploy.warm import WarmEnvironment, WarmUp


@click.command()
@stage_argument
@settings_option
@click.option("--schedule", metavar="NAME", help="Do what this schedule does; default: the first.")
@click.option("--concurrency", type=click.IntRange(1, 100), help="How many environments; default: as the schedule has.")
@output_option
@click.pass_context
def warm(
    context: click.Context,
    stage: str | None,
    settings_path: Path,
    *,
    schedule: str | None,
    concurrency: int | None,
    output_format: str,
) -> None:
    """Warm the stage now, and say how many environments are warm and how long each took."""
    from lambwsgi.deploy import warm as warming

    settings, place = find_stage(settings_path, stage)
    done = warming.warm(place.aws, settings, schedule=schedule, concurrency=concurrency)
    if output_format == "json":
        output.result_json({**asdict(done), "distinct": done.distinct})
    else:
        output.result("\n".join(_lines(done)))
    context.exit(1 if done.errors else 0)


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
