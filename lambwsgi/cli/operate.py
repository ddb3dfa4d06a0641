"""`status`, `url`, `open`, `invoke`: what one asks of a stage that is deployed."""

from __future__ import annotations

import json
import sys
from contextlib import suppress
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

import click

from lambwsgi.cli import output
from lambwsgi.cli.options import drift_option, output_option, settings_option, stage_argument
from lambwsgi.cli.project import find_stage

if TYPE_CHECKING:
    from lambwsgi.deploy.logs.figures import Figures
    from lambwsgi.deploy.stage.operate import Status
    from lambwsgi.deploy.stage.warm import LastWarmUp
    from lambwsgi.settings.model import StageSettings

_LEAST_SHOWN_USD = 0.0001


@click.command()
@stage_argument
@settings_option
@click.option("--figures/--no-figures", default=True, show_default=True, help="Read the last day of the log.")
@drift_option
@output_option
def status(stage: str | None, settings_path: Path, *, figures: bool, drift: bool, output_format: str) -> None:
    """Say how the stage stands, and what its last day was like."""
    from lambwsgi.deploy.errors import DeployError
    from lambwsgi.deploy.logs.figures import last_day
    from lambwsgi.deploy.stack.drift_detection import look
    from lambwsgi.deploy.stage import operate
    from lambwsgi.deploy.stage.warm import last_warm_up

    settings, place = find_stage(settings_path, stage)
    found = operate.status(place, settings)
    drifted = operate.drift(place, settings, look(thorough=drift), output.progress) if found.live else ()
    last, day = None, None
    # Whoever may not read the log may still ask how the stage stands.
    with suppress(DeployError):
        last = last_warm_up(place.aws, settings) if found.live and settings.warm_schedules else None
        day = last_day(place.aws, settings) if found.live and figures else None
    if output_format == "json":
        told = {
            "drift": list(map(asdict, drifted)),
            "warm": asdict(last) if last else None,
            "figures": asdict(day) if day else None,
        }
        output.result_json({**asdict(found), **told})
        return
    rows = [*_rows(found), *(("drift", str(each)) for each in drifted)]
    if drift and not drifted:
        rows.append(("drift", "none is found"))
    if found.live:
        rows.append(("warm", _warmth(settings, last)))
    if day:
        rows.append(("last day", _figures(day)))
    output.result("\n".join(f"{name:<10} {value}" for name, value in rows))


@click.command()
@stage_argument
@settings_option
@output_option
def url(stage: str | None, settings_path: Path, output_format: str) -> None:
    """Print where the application answers."""
    from lambwsgi.deploy.stage import operate

    settings, place = find_stage(settings_path, stage)
    address = operate.public_url(place, settings)
    if output_format == "json":
        output.result_json({"url": address})
    else:
        output.result(address)


@click.command("open")
@stage_argument
@settings_option
def open_page(stage: str | None, settings_path: Path) -> None:
    """Open the application in the browser; where there is none, print its address."""
    import webbrowser

    from lambwsgi.deploy.stage import operate

    settings, place = find_stage(settings_path, stage)
    address = operate.public_url(place, settings)
    if webbrowser.open(address):
        output.progress(f"opened {address}")
    else:
        output.result(address)


@click.command()
@stage_argument
@settings_option
@click.option("--payload", help="The event: JSON, @FILE, or - for stdin.")
@click.option("--path", "target", help="Or the path of a GET, as the stage's gateway tells it.  [default: smoke_path]")
@output_option
def invoke(stage: str | None, settings_path: Path, payload: str | None, target: str | None, output_format: str) -> None:
    """Invoke the function and print what it answers; its log goes to stderr."""
    from lambwsgi.deploy.function.invoking import response_status
    from lambwsgi.deploy.stage import operate

    if payload is not None and target is not None:
        raise click.UsageError("--payload and --path are two ways to say what the event is; give one")
    settings, place = find_stage(settings_path, stage)
    if payload is None:
        response, invocation = operate.get(place, settings, target or settings.smoke_path)
        text = f"{response_status(response)}\n{response.body.decode('utf-8', 'replace')}"
    else:
        invocation = operate.invoke(place.aws, settings, _event(payload))
        text = invocation.payload
    if output_format == "json":
        output.result_json(asdict(invocation))
        return
    if invocation.log_tail:
        output.progress(invocation.log_tail.rstrip("\n"))
    output.result(text)


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


def _event(given: str) -> str:
    """The event as JSON text, from where the option says."""
    where, text = "--payload", given
    if given == "-":
        where, text = "stdin", sys.stdin.read()
    elif given.startswith("@"):
        where = given[1:]
        try:
            text = Path(where).read_text(encoding="utf-8")
        except OSError as error:
            raise click.UsageError(f"--payload: {where} cannot be read: {error.strerror}") from error
    try:
        json.loads(text)
    except ValueError as error:
        raise click.UsageError(f"{where} is no JSON: {error}") from error
    return text
