"""`status`, `url`, `logs`, `invoke`: what one asks of a stage that is deployed."""

from __future__ import annotations

import json
import sys
import time
from contextlib import suppress
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from lambwsgi.cli import output
from lambwsgi.cli.options import output_option, settings_option, stage_argument
from lambwsgi.cli.project import find_stage

if TYPE_CHECKING:
    from lambwsgi.deploy.operate import Status
    from lambwsgi.deploy.records import LogEvent
    from lambwsgi.deploy.warm import LastWarmUp
    from lambwsgi.settings.model import StageSettings


@click.command()
@stage_argument
@settings_option
@output_option
def status(stage: str | None, settings_path: Path, output_format: str) -> None:
    """Say how the stage stands."""
    from lambwsgi.deploy import operate
    from lambwsgi.deploy.errors import DeployError
    from lambwsgi.deploy.warm import last_warm_up

    settings, place = find_stage(settings_path, stage)
    found = operate.status(place, settings)
    last = None
    # Whoever may not read the log may still ask how the stage stands.
    with suppress(DeployError):
        last = last_warm_up(place.aws, settings) if found.live and settings.warm_schedules else None
    if output_format == "json":
        output.result_json({**asdict(found), "warm": asdict(last) if last else None})
        return
    rows = _rows(found)
    if found.live:
        rows.append(("warm", _warmth(settings, last)))
    output.result("\n".join(f"{name:<10} {value}" for name, value in rows))


@click.command()
@stage_argument
@settings_option
@output_option
def url(stage: str | None, settings_path: Path, output_format: str) -> None:
    """Print where the application answers."""
    from lambwsgi.deploy import operate

    settings, place = find_stage(settings_path, stage)
    address = operate.public_url(place, settings)
    if output_format == "json":
        output.result_json({"url": address})
    else:
        output.result(address)


def _seconds(_context: click.Context, _parameter: click.Parameter, value: str) -> int:
    from lambwsgi.deploy.errors import DeployError
    from lambwsgi.deploy.logs import duration_seconds

    try:
        return duration_seconds(value)
    except DeployError as error:
        raise click.BadParameter(str(error)) from error


@click.command()
@stage_argument
@settings_option
@click.option("--follow", "-f", is_flag=True, help="Go on with what comes, until Ctrl-C.")
@click.option(
    "--since",
    "since_seconds",
    default="10m",
    show_default=True,
    callback=_seconds,
    help="How far back: a number and s, m, h, d or w.",
)
@click.option("--filter", "pattern", default="", help="A CloudWatch filter pattern, as in '?ERROR ?Traceback'.")
@output_option
def logs(
    stage: str | None, settings_path: Path, *, follow: bool, since_seconds: int, pattern: str, output_format: str
) -> None:
    """Print the function's log."""
    from lambwsgi.deploy.logs import LogQuery, follow_log, read_log
    from lambwsgi.deploy.names import log_group_name
    from lambwsgi.deploy.stack import deployed_stack

    since_ms = int((time.time() - since_seconds) * 1000)
    settings, place = find_stage(settings_path, stage)
    deployed_stack(place.aws, settings)
    query = LogQuery(log_group_name(settings), since_ms, pattern)
    events = follow_log(place.aws, query) if follow else read_log(place.aws, query)
    show = _log_json if output_format == "json" else _log_line
    try:
        for event in events:
            output.result(show(event))
    except KeyboardInterrupt:
        # The way to end it, so no error.
        output.progress("")


@click.command()
@stage_argument
@settings_option
@click.option("--payload", help="The event: JSON, @FILE, or - for stdin.  [default: {}]")
@click.option("--path", "target", help="Make the event that the stage's gateway makes of GET PATH instead.")
@output_option
def invoke(stage: str | None, settings_path: Path, payload: str | None, target: str | None, output_format: str) -> None:
    """Invoke the function and print what it answers; its log goes to stderr."""
    from lambwsgi.deploy import operate
    from lambwsgi.deploy.invoking import response_status

    if payload is not None and target is not None:
        raise click.UsageError("--payload and --path are two ways to say what the event is; give one")
    settings, place = find_stage(settings_path, stage)
    if target is not None:
        response, invocation = operate.get(place.aws, settings, target)
        text = f"{response_status(response)}\n{response.body.decode('utf-8', 'replace')}"
    else:
        invocation = operate.invoke(place.aws, settings, _event(payload or "{}"))
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
        held = (
            ", held there until the next deploy, by a rollback or since a newer one did not do"
            if found.rolled_back
            else ""
        )
        rows.append(("version", f"{found.live.number} of {found.live.modified}{held}"))
        rows.append(("artifact", found.live.sha256[:12]))
        rows.append(("function", f"{found.live.runtime}, {found.live.memory_mb} MB, {found.live.timeout_seconds} s"))
    return rows


def _warmth(settings: StageSettings, last: LastWarmUp | None) -> str:
    if not settings.warm_schedules:
        return "not kept warm"
    when = ", ".join(each.schedule for each in settings.warm_schedules.values())
    if last is None:
        return f"{when}; the log tells of no warm-up in the last half hour"
    failed = f", {len(last.errors)} not reached" if last.errors else ""
    return f"{when}; {last.distinct} of {last.asked} environments at {last.moment:%H:%M:%S}Z, {last.cold} cold{failed}"


def _log_line(event: LogEvent) -> str:
    moment = datetime.fromtimestamp(event.time_ms / 1000, tz=UTC)
    return f"{moment:%Y-%m-%dT%H:%M:%S}.{event.time_ms % 1000:03d}Z {event.message}"


def _log_json(event: LogEvent) -> str:
    return json.dumps(asdict(event))


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
