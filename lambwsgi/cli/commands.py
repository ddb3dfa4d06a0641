"""`manage`, `flask`, `run`: the project's own commands, run inside the function that is deployed."""

from __future__ import annotations

from pathlib import Path

import click

from lambwsgi.cli import output
from lambwsgi.cli.options import settings_option, stage_that_is_named
from lambwsgi.cli.project import find_stage

# What follows the stage is the command's own, options and `--help` included.
_UNTOUCHED = {"ignore_unknown_options": True, "allow_interspersed_args": False}

_arguments = click.argument("arguments", nargs=-1, required=True, type=click.UNPROCESSED)


@click.command(context_settings=_UNTOUCHED)
@settings_option
@stage_that_is_named
@_arguments
@click.pass_context
def manage(context: click.Context, settings_path: Path, stage: str, arguments: tuple[str, ...]) -> None:
    """Run a Django management command inside the function.

    All that follows the stage goes to Django as it is: `lambwsgi manage dev migrate --noinput`.
    """
    context.exit(_run("manage", settings_path, stage, arguments))


@click.command(context_settings=_UNTOUCHED)
@settings_option
@stage_that_is_named
@_arguments
@click.pass_context
def flask(context: click.Context, settings_path: Path, stage: str, arguments: tuple[str, ...]) -> None:
    """Run a Flask command inside the function.

    All that follows the stage goes to Flask as it is: `lambwsgi flask dev db upgrade`.
    """
    context.exit(_run("flask", settings_path, stage, arguments))


@click.command(context_settings=_UNTOUCHED)
@settings_option
@stage_that_is_named
@click.argument("script")
@click.argument("arguments", nargs=-1, type=click.UNPROCESSED)
@click.pass_context
def run(context: click.Context, settings_path: Path, stage: str, script: str, arguments: tuple[str, ...]) -> None:
    """Run one of the stage's `scripts` inside the function.

    All that follows the script is its own: `lambwsgi run dev cleanup --days 3`.
    """
    context.exit(_run("run", settings_path, stage, (script, *arguments)))


def _run(kind: str, settings_path: Path, stage: str, arguments: tuple[str, ...]) -> int:
    from lambwsgi.deploy.stage.invocation import run_command

    settings, place = find_stage(settings_path, stage)
    done = run_command(place.aws, settings, kind, arguments, output.result_part)
    if done.output and not done.output.endswith("\n"):
        output.result("")
    if done.advice:
        output.progress(done.advice)
    return done.exit_code
