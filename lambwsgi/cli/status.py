"""`status`: how a deployed stage stands, and what its last day was like."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

import click

from lambwsgi.cli import output
from lambwsgi.cli.options import drift_option, output_option, settings_option, stage_argument
from lambwsgi.cli.project import find_stage

if TYPE_CHECKING:
    from lambwsgi.deploy.aws.place import Place
    from lambwsgi.deploy.logs.figures import Figures
    from lambwsgi.deploy.stack.drift import Drift
    from lambwsgi.deploy.stage.status import Status
    from lambwsgi.deploy.stage.warm_up import LastWarmUp
    from lambwsgi.settings.model import StageSettings

_LEAST_SHOWN_USD = 0.0001


@dataclass(frozen=True, slots=True)
class _Closer:
    """What is told of a stage that serves beside its status."""

    drift: tuple[Drift, ...] = ()
    warm: LastWarmUp | None = None
    figures: Figures | None = None


@click.command()
@stage_argument
@settings_option
@click.option("--figures/--no-figures", default=True, show_default=True, help="Read the last day of the log.")
@drift_option
@output_option
def status(stage: str | None, settings_path: Path, *, figures: bool, drift: bool, output_format: str) -> None:
    """Show the state of the stage and figures of its last day."""
    from lambwsgi.deploy.stage.status import read_status

    settings, place = find_stage(settings_path, stage)
    found = read_status(place, settings)
    closer = _look_closer(place, settings, thorough=drift, figures=figures) if found.live else _Closer()
    if output_format == "json":
        output.result_json({**asdict(found), **asdict(closer)})
        return
    rows = [*_rows(found), *_drift_rows(closer.drift, thorough=drift)]
    if found.live:
        rows += _day_rows(settings, closer)
    output.result("\n".join(f"{name:<10} {value}" for name, value in rows))


def _look_closer(place: Place, settings: StageSettings, *, thorough: bool, figures: bool) -> _Closer:
    from lambwsgi.deploy.errors import DeployError
    from lambwsgi.deploy.logs.figures import last_day
    from lambwsgi.deploy.stack.drift_detection import look
    from lambwsgi.deploy.stage.status import stage_drift
    from lambwsgi.deploy.stage.warm_up import last_warm_up

    found = _Closer(stage_drift(place, settings, look(thorough=thorough), output.progress))
    # Whoever may not read the log may still ask how the stage stands.
    with suppress(DeployError):
        if settings.warm_schedules:
            found = replace(found, warm=last_warm_up(place.aws, settings))
        if figures:
            found = replace(found, figures=last_day(place.aws, settings))
    return found


def _drift_rows(drift: tuple[Drift, ...], *, thorough: bool) -> list[tuple[str, str]]:
    """A row for each; that there is none is told only where all was looked at."""
    return [("drift", str(each)) for each in drift] or [("drift", "none is found")] * thorough


def _day_rows(settings: StageSettings, closer: _Closer) -> list[tuple[str, str]]:
    day = [("last day", _figures(closer.figures))] if closer.figures else []
    return [("warm", _warmth(settings, closer.warm)), *day]


def _rows(found: Status) -> list[tuple[str, str]]:
    rows = [("stack", f"{found.stack_name} in {found.region}"), ("state", found.stack_status)]
    if found.reason:
        rows.append(("reason", found.reason))
    if found.updated:
        rows.append(("updated", found.updated.isoformat(timespec="seconds")))
    if found.url:
        rows.append(("url", found.url))
    if found.live:
        rows.append(("version", f"{found.live.number} of {found.live.modified}{_held(found)}"))
        rows.append(("artifact", found.live.sha256[:12]))
        rows.append(
            ("function", f"{found.live.shown_runtime}, {found.live.memory_mb} MB, {found.live.timeout_seconds} s")
        )
    return rows


def _held(found: Status) -> str:
    if found.share is not None:
        return (
            f"; version {found.share.version} gets {found.share.percent} % of the requests, by a deployment that goes"
            " on or was cut off: `deploy` begins it anew, `rollback` ends it"
        )
    return (
        ", held there until the next deploy, by a rollback or since a newer one did not do" if found.rolled_back else ""
    )


def _warmth(settings: StageSettings, last: LastWarmUp | None) -> str:
    if not settings.warm_schedules:
        return "not kept warm"
    when = ", ".join(each.schedule for each in settings.warm_schedules.values())
    if last is None:
        return f"{when}; the log tells of no warm-up in the last half hour"
    failed = f", {len(last.errors)} not reached" if last.errors else ""
    return f"{when}; {last.distinct} of {last.asked} environments at {last.moment:%H:%M:%S}Z, {last.cold} cold{failed}"


def _figures(day: Figures) -> str:
    from lambwsgi.local.prices import AS_OF

    if not day.invocations:
        return "no invocations"
    price = f"{day.usd:.4f}" if day.usd >= _LEAST_SHOWN_USD else f"below {_LEAST_SHOWN_USD}"
    return (
        f"{day.invocations:,} invocations in {day.hours:.0f} h, p50 {day.p50_ms:.0f} ms, p95 {day.p95_ms:.0f} ms,"
        f" {day.cold_share:.1%} cold, {day.failed:,} failed; {price} USD by list prices of {AS_OF}"
    )
