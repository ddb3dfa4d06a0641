"""`promote`: what serves in one stage, deployed to another."""

from __future__ import annotations

import tempfile
from pathlib import Path

import click

from lambwsgi.cli import output
from lambwsgi.cli.deploy import all_at_once, say_deployed, smoke_option
from lambwsgi.cli.dialogue import asker, log_of_failure, make_dialogue, refuse_to_ask_nobody
from lambwsgi.cli.options import at_once_option, complete_stage, hooks_option, settings_option, yes_option
from lambwsgi.cli.project import find_stage, shell_of


@click.command()
@click.argument("source", metavar="FROM", shell_complete=complete_stage)
@click.argument("target", metavar="TO", shell_complete=complete_stage)
@settings_option
@yes_option
@smoke_option
@hooks_option
@at_once_option
def promote(
    source: str, target: str, settings_path: Path, *, yes: bool, smoke: bool, hooks: bool, at_once: bool
) -> None:
    """Deploy what serves in stage FROM to stage TO, with the settings of TO.

    Nothing is built: the same artifact goes on, and the plan is shown before it is carried out.
    """
    from lambwsgi.cli.progress import Display
    from lambwsgi.deploy.rollout import release
    from lambwsgi.deploy.rollout.promotion import fetch_release
    from lambwsgi.settings.project import LOCAL

    if source == target or LOCAL in {source, target}:
        raise click.UsageError("a release goes from one stage in the cloud to another; name two that differ")
    refuse_to_ask_nobody("promote", yes=yes)
    giving, there = find_stage(settings_path, source)
    taking, here = find_stage(settings_path, target)
    taking = all_at_once(taking) if at_once else taking
    output.progress(f"promoting to {taking.function_name} in account {here.aws.account}, {here.aws.region}")
    display = Display()
    shell = shell_of(taking, settings_path.parent, report=display.report, hooks=hooks)
    dialogue = make_dialogue(display, asker(display, yes=yes), smoke=smoke, shell=shell)
    with tempfile.TemporaryDirectory(prefix="lambwsgi-promote-") as folder:
        artifact = fetch_release(there.aws, giving, taking, Path(folder), output.progress)
        with log_of_failure(here.aws, taking), display.working("deploying"):
            deployed = release.deploy(here.aws, taking, artifact, dialogue)
    say_deployed(taking, deployed)
