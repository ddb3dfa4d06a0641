"""`deploy`, `releases`, `rollback`, `delete`: what changes a stage."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

import click

from lambwsgi.cli import output
from lambwsgi.cli.dialogue import asker, log_of_failure, make_dialogue, refuse_to_ask_nobody
from lambwsgi.cli.options import (
    at_once_option,
    drift_option,
    full_option,
    hooks_option,
    output_option,
    settings_option,
    stage_argument,
    yes_option,
)
from lambwsgi.cli.project import find_stage, shell_of, variables_here
from lambwsgi.cli.stage import artifact_option, by_the_stack, find_artifact, open_stage
from lambwsgi.cli.watch import Ways, refuse_to_watch, watch_stage

if TYPE_CHECKING:
    from lambwsgi.cli.progress import Display
    from lambwsgi.deploy.rollout.dialogue import Deployed
    from lambwsgi.deploy.rollout.watching import Stay
    from lambwsgi.settings.model import StageSettings

smoke_option = click.option(
    "--smoke/--no-smoke", default=True, show_default=True, help="Ask the site for `smoke_path` at the end."
)


@click.command()
@stage_argument
@settings_option
@artifact_option
@yes_option
@smoke_option
@hooks_option
@drift_option
@at_once_option
@full_option
@click.option("--watch", is_flag=True, help="Keep running, and deploy each time a file is saved.")
@click.option("--once", is_flag=True, help="With the stage `local`: show what the site answers, then stop everything.")
def deploy(
    stage: str | None, settings_path: Path, given: Path | None, *, watch: bool, once: bool, **ways: bool
) -> None:
    """Package, show the plan, and bring the stage up to date, the first time and every time after."""
    from lambwsgi.cli.progress import Display
    from lambwsgi.deploy.rollout.watching import Stay
    from lambwsgi.settings.project import LOCAL

    wanted = Ways(**ways)
    if watch:
        refuse_to_watch({"--artifact": given is not None, "--full": wanted.full, "--once": once})
    project, settings = open_stage(settings_path, stage)
    if settings.stage == LOCAL:
        stay = Stay.NOT if once else Stay.WATCH if watch else Stay.FOLLOW
        _deploy_local(settings, project.directory, given, hooks=wanted.hooks, stay=stay)
    elif once:
        raise click.UsageError("--once goes with the stage `local`; a stage in the cloud stays until it is deleted")
    else:
        _deploy_to_cloud(settings, project.directory, given, wanted, display=Display(), watch=watch)


def _deploy_to_cloud(
    settings: StageSettings, directory: Path, given: Path | None, ways: Ways, *, display: Display, watch: bool
) -> None:
    from lambwsgi.deploy.aws.place import find_place
    from lambwsgi.deploy.rollout import release
    from lambwsgi.deploy.rollout.watching import refuse_unless_fast

    if watch:
        refuse_unless_fast(settings)
    refuse_to_ask_nobody("deploy", yes=ways.yes)
    aws = find_place(settings, directory).aws
    # Asking for the account first: without good credentials nothing is worth building.
    output.progress(f"deploying {settings.function_name} to account {aws.account} in {aws.region}")

    def bring() -> None:
        artifact = find_artifact(settings, directory, given, hooks=ways.hooks)
        shell = shell_of(settings, directory, report=display.report, hooks=ways.hooks)
        ask = asker(display, yes=ways.yes)
        dialogue = make_dialogue(display, ask, smoke=ways.smoke, shell=shell, drift=ways.drift)
        wanted = by_the_stack(all_at_once(settings) if ways.at_once else settings, full=ways.full)
        with log_of_failure(aws, settings), display.working("deploying"):
            deployed = release.deploy(aws, wanted, artifact, dialogue)
        say_deployed(settings, deployed)

    if watch:
        watch_stage(aws, settings, directory, ways, bring)
    else:
        bring()


@click.command()
@stage_argument
@settings_option
@output_option
def releases(stage: str | None, settings_path: Path, output_format: str) -> None:
    """List the versions that `rollback` can go back to, newest first."""
    from lambwsgi.deploy.rollout import release

    settings, place = find_stage(settings_path, stage)
    found = release.releases(place.aws, settings)
    if output_format == "json":
        output.result_json([{**asdict(each.version), "live": each.live} for each in found])
        return
    for each in found:
        version = each.version
        mark = "live" if each.live else "    "
        how = "  by the fast lane" if version.by_fast_lane else ""
        output.result(
            f"{version.number:>5}  {mark}  {version.modified}  {version.sha256[:12]}"
            f"  {version.shown_runtime}  {version.memory_mb} MB{how}"
        )


@click.command()
@stage_argument
@click.argument("version", required=False, type=click.IntRange(min=1))
@settings_option
@yes_option
@smoke_option
def rollback(stage: str | None, version: int | None, settings_path: Path, *, yes: bool, smoke: bool) -> None:
    """Serve an earlier version again, by default the one before; code and configuration together."""
    from lambwsgi.cli.progress import Display
    from lambwsgi.deploy.rollout import release

    refuse_to_ask_nobody("rollback", yes=yes)
    settings, place = find_stage(settings_path, stage)
    display = Display()
    dialogue = make_dialogue(display, asker(display, yes=yes), smoke=smoke)
    with log_of_failure(place.aws, settings), display.working(f"rolling back {settings.function_name}"):
        deployed = release.rollback(place.aws, settings, version, dialogue)
    say_deployed(settings, deployed)


@click.command()
@stage_argument
@settings_option
@yes_option
def delete(stage: str | None, settings_path: Path, *, yes: bool) -> None:
    """Remove the stage: function, versions, address and log."""
    from lambwsgi.cli.progress import Display
    from lambwsgi.deploy.rollout import release

    refuse_to_ask_nobody("delete", yes=yes)
    settings, place = find_stage(settings_path, stage)
    aws = place.aws
    stack = release.removable_stack(aws, settings)
    if not yes:
        question = f"Delete {stack.name} in {aws.region}, with its versions, address and log?"
        click.confirm(question, abort=True, err=True)
    display = Display()
    with display.working(f"deleting {stack.name}"):
        left = release.delete(aws, settings, make_dialogue(display, lambda _plan: True))
    output.result(f"{stack.name} is deleted")
    for each in left:
        output.progress(f"left on purpose: {each}")


def _deploy_local(settings: StageSettings, directory: Path, given: Path | None, *, hooks: bool, stay: Stay) -> None:
    from lambwsgi.deploy.artifacts.upload import read_artifact
    from lambwsgi.deploy.embedded.local_stage import run_embedded

    artifact = None if given is None else read_artifact(given)
    settings = settings.model_copy(update={"environment": variables_here(settings)})
    shell = shell_of(settings, directory, report=output.progress, hooks=hooks)
    run_embedded(
        settings, directory, report=output.progress, result=output.result, artifact=artifact, stay=stay, shell=shell
    )


def all_at_once(settings: StageSettings) -> StageSettings:
    """The settings, by which a new version gets all requests at once."""
    return settings.model_copy(update={"strategy": settings.strategy.at_once})


def say_deployed(settings: StageSettings, deployed: Deployed | None) -> None:
    """The address on stdout, the rest of the story on stderr."""
    if deployed is None:
        raise click.Abort
    if not deployed.changed:
        output.progress(f"{deployed.stack_name} is up to date: version {deployed.version} serves")
    elif deployed.answer is None:
        output.progress(f"version {deployed.version} serves; nobody asked the site")
    else:
        answer = deployed.answer
        output.progress(
            f"version {deployed.version} serves: GET {settings.smoke_path} answers {answer.status}"
            f" after {answer.seconds:.2f} s"
        )
    output.result(deployed.url)
