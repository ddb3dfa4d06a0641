"""`logs`, `explain`: what the function wrote, and what that tells of one request."""

from __future__ import annotations

import json
import time
from collections.abc import Iterable, Iterator
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from lambwsgi.cli import output
from lambwsgi.cli.options import output_option, settings_option, stage_argument, stage_that_is_named
from lambwsgi.cli.project import find_stage

if TYPE_CHECKING:
    from lambwsgi.deploy.aws.records import LogEvent
    from lambwsgi.deploy.logs.explanation import Explanation
    from lambwsgi.deploy.logs.lines import LogLine
    from lambwsgi.deploy.logs.request_lines import RequestLines

_RECENT_SECONDS, _DAY_SECONDS = 600, 86_400


def _seconds(_context: click.Context, _parameter: click.Parameter, value: str | None) -> int | None:
    from lambwsgi.deploy.errors import DeployError
    from lambwsgi.deploy.logs.reading import duration_seconds

    try:
        return None if value is None else duration_seconds(value)
    except DeployError as error:
        raise click.BadParameter(str(error)) from error


@click.command()
@stage_argument
@settings_option
@click.option("--follow", "-f", is_flag=True, help="Keep printing new lines until Ctrl-C.")
@click.option(
    "--since",
    "since_seconds",
    callback=_seconds,
    help="How far back: a number and s, m, h, d or w.  [default: 10m; with --request 1d]",
)
@click.option("--filter", "pattern", default="", help="A CloudWatch filter pattern, as in '?ERROR ?Traceback'.")
@click.option("--request", "request_id", metavar="ID", help="All lines of one request.")
@click.option("--by-request", is_flag=True, help="Keep the lines of each request together.")
@click.option("--raw", is_flag=True, help="Print lines as they were written, JSON as JSON.")
@output_option
def logs(
    stage: str | None,
    settings_path: Path,
    *,
    follow: bool,
    since_seconds: int | None,
    pattern: str,
    request_id: str | None,
    by_request: bool,
    raw: bool,
    output_format: str,
) -> None:
    """Print the function's log.

    JSON lines are shown as text, with level and request id.
    """
    from lambwsgi.deploy.aws.records import LogQuery
    from lambwsgi.deploy.logs.reading import follow_log, read_log
    from lambwsgi.deploy.logs.request_lines import grouped, read_request
    from lambwsgi.deploy.names import log_group_name
    from lambwsgi.deploy.stack.flow import deployed_stack

    if request_id and (follow or pattern):
        raise click.UsageError("--request reads what there is of one request: leave --follow and --filter out")
    settings, place = find_stage(settings_path, stage)
    deployed_stack(place.aws, settings)
    since_ms = _since_ms(since_seconds or (_DAY_SECONDS if request_id else _RECENT_SECONDS))
    query = LogQuery(log_group_name(settings), since_ms, pattern)
    if request_id:
        events: Iterable[LogEvent] = (line.event for line in read_request(place.aws, query, request_id))
    else:
        events = follow_log(place.aws, query) if follow else read_log(place.aws, query)
    as_json = output_format == "json"
    shown = _groups(grouped(events), as_json=as_json) if by_request else _lines(events, as_json=as_json, raw=raw)
    try:
        for text in shown:
            output.result(text)
    except KeyboardInterrupt:
        # The way to end it, so no error.
        output.progress("")


@click.command()
@stage_that_is_named
@click.argument("request_id", metavar="REQUEST-ID")
@settings_option
@click.option("--since", "since_seconds", default="1d", show_default=True, callback=_seconds, help="How far back.")
@output_option
def explain(stage: str, request_id: str, settings_path: Path, since_seconds: int, output_format: str) -> None:
    """Say what became of a request, from its lines in the logs.

    The id is Lambda's, found in the access log and in the body of an error response, or the gateway's where
    `gateway_log` is on.
    """
    from lambwsgi.deploy.logs import explanation
    from lambwsgi.deploy.stack.flow import deployed_stack

    settings, place = find_stage(settings_path, stage)
    deployed_stack(place.aws, settings)
    found = explanation.explain(place.aws, settings, request_id, _since_ms(since_seconds))
    if output_format == "json":
        output.result_json({**asdict(found), "lines": [_line_json(line) for line in found.lines]})
    else:
        output.result("\n".join(_explained(found)))


def _since_ms(seconds: int) -> int:
    return int((time.time() - seconds) * 1000)


def _lines(events: Iterable[LogEvent], *, as_json: bool, raw: bool) -> Iterator[str]:
    from lambwsgi.deploy.logs.lines import read_line

    for event in events:
        if as_json:
            yield json.dumps(_line_json(read_line(event)))
        else:
            yield f"{_moment(event)} {event.message}" if raw else f"{_moment(event)} {_words(read_line(event))}"


def _groups(groups: Iterable[RequestLines], *, as_json: bool) -> Iterator[str]:
    for group in groups:
        if as_json:
            lines = [_line_json(line) for line in group.lines]
            yield json.dumps({"request_id": group.request_id, "lines": lines})
            continue
        yield f"request {group.request_id}" if group.request_id else "between requests"
        for line in group.lines:
            yield f"  {_moment(line.event)} {_words(line, with_id=False)}".replace("\n", "\n    ")


def _moment(event: LogEvent) -> str:
    moment = datetime.fromtimestamp(event.time_ms / 1000, tz=UTC)
    return f"{moment:%Y-%m-%dT%H:%M:%S}.{event.time_ms % 1000:03d}Z"


def _words(line: LogLine, *, with_id: bool = True) -> str:
    """The line with what it is or its level, and its request before its text."""
    label = line.kind.upper() if line.kind in ("start", "end", "report") else line.level
    return " ".join(filter(None, (label, line.request_id if with_id else None, line.text)))


def _line_json(line: LogLine) -> dict[str, Any]:
    return {**asdict(line.event), "kind": line.kind, "level": line.level, "request_id": line.request_id}


def _explained(found: Explanation) -> Iterator[str]:
    """The explanation in rows, then the traceback and the lines."""
    from lambwsgi.deploy.logs.lines import access_text
    from lambwsgi.deploy.logs.reports import report_text

    rows = {
        "request": found.request_id,
        "gateway": access_text(found.gateway) if found.gateway else None,
        "access": access_text(found.access) if found.access else None,
        "error": found.failure.what if found.failure else None,
        "report": report_text(found.report) if found.report else None,
    }
    yield from (f"{name:<10} {value}" for name, value in rows.items() if value)
    if found.failure and found.failure.traceback:
        yield f"\n{found.failure.traceback}"
    if found.lines:
        yield "\nlog:"
    for line in found.lines:
        yield f"  {_moment(line.event)} {_words(line, with_id=False)}".replace("\n", "\n    ")
