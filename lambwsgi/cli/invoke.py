"""`invoke`: send an event to the deployed function."""

from __future__ import annotations

import json
import sys
from dataclasses import asdict
from pathlib import Path

import click

from lambwsgi.cli import output
from lambwsgi.cli.options import output_option, settings_option, stage_argument
from lambwsgi.cli.project import find_stage


@click.command()
@stage_argument
@settings_option
@click.option("--payload", help="The event: JSON, @FILE, or - for stdin.")
@click.option(
    "--path", "target", help="Or the path of a GET, sent as the stage's gateway makes it.  [default: smoke_path]"
)
@output_option
def invoke(stage: str | None, settings_path: Path, payload: str | None, target: str | None, output_format: str) -> None:
    """Invoke the function and print what it answers; its log goes to stderr."""
    from lambwsgi.deploy.function.invocation import response_status
    from lambwsgi.deploy.stage.invocation import get_path, invoke_stage

    if payload is not None and target is not None:
        raise click.UsageError("--payload and --path are two ways to say what the event is; give one")
    settings, place = find_stage(settings_path, stage)
    if payload is None:
        response, invocation = get_path(place, settings, target or settings.smoke_path)
        text = f"{response_status(response)}\n{response.body.decode('utf-8', 'replace')}"
    else:
        invocation = invoke_stage(place.aws, settings, _event(payload))
        text = invocation.payload
    if output_format == "json":
        output.result_json(asdict(invocation))
        return
    if invocation.log_tail:
        output.progress(invocation.log_tail.rstrip("\n"))
    output.result(text)


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
