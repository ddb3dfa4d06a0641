"""`template`, `plan`, `deploy`, `releases`, `rollback`, `delete`: what changes a stage, and what shows it first."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

import click

from lambwsgi.cli import output
from lambwsgi.cli.options import output_option, settings_option, stage_argument, yes_option
from lambwsgi.cli.project import artifact_path, open_project, variables_here

if TYPE_CHECKING:
    from lambwsgi.cli.progress import Display
    from lambwsgi.deploy.aws import Aws
    from lambwsgi.deploy.plan import Plan
    from lambwsgi.deploy.release import Deployed, Dialogue
    from lambwsgi.package.artifact import Artifact
    from lambwsgi.settings.load import Project
    from lambwsgi.settings.model import StageSettings

_FAILURE_LINES = 30

artifact_option = click.option(
    "--artifact",
    "given",
    type=click.Path(path_type=Path, dir_okay=False, exists=True),
    metavar="ZIP",
    help="An artifact that `lambwsgi package` built; default: build one.",
)
smoke_option = click.option(
    "--smoke/--no-smoke", default=True, show_default=True, help="Ask the site for `smoke_path` at the end."
)


@click.command()
@stage_argument
@settings_option
@artifact_option
def template(stage: str | None, settings_path: Path, given: Path | None) -> None:
    """Print the CloudFormation template."""
    from lambwsgi.deploy.outputs import fill_outputs
    from lambwsgi.deploy.place import find_place
    from lambwsgi.deploy.template.build import template_text
    from lambwsgi.deploy.validate import checked_template

    project, settings = _open(settings_path, stage)
    artifact = _artifact(settings, project.directory, given)
    settings = fill_outputs(lambda: find_place(settings, project.directory).aws, settings)
    output.result(template_text(checked_template(settings, artifact, output.progress)).rstrip("\n"))


@click.command()
@stage_argument
@settings_option
@artifact_option
@output_option
def plan(stage: str | None, settings_path: Path, given: Path | None, output_format: str) -> None:
    """Show what a deploy would change; change nothing."""
    from lambwsgi.cli.progress import Display
    from lambwsgi.deploy import release
    from lambwsgi.deploy.place import find_place
    from lambwsgi.deploy.plan import plan_json, plan_lines

    project, settings = _open(settings_path, stage)
    aws = find_place(settings, project.directory).aws
    artifact = _artifact(settings, project.directory, given)
    display = Display()
    with display.working("asking CloudFormation what would change"):
        found = release.plan(aws, settings, artifact, _dialogue(display, lambda _plan: False))
    if output_format == "json":
        output.result_json(plan_json(found))
    elif found is None:
        output.result(f"{settings.function_name}: nothing to change")
    else:
        output.result("\n".join(plan_lines(found)))


@click.command()
@stage_argument
@settings_option
@artifact_option
@yes_option
@smoke_option
@click.option("--once", is_flag=True, help="With the stage `local`: show what the site answers, then stop everything.")
def deploy(stage: str | None, settings_path: Path, given: Path | None, *, yes: bool, smoke: bool, once: bool) -> None:
    """Package, show the plan, and bring the stage up to date: the first time and every other time."""
    from lambwsgi.cli.progress import Display
    from lambwsgi.deploy import release
    from lambwsgi.deploy.place import find_place
    from lambwsgi.settings.load import LOCAL

    project, settings = _open(settings_path, stage)
    if settings.stage == LOCAL:
        _deploy_local(settings, project.directory, given, once=once)
        return
    if once:
        raise click.UsageError("--once goes with the stage `local`; a stage in the cloud stays until it is deleted")
    _refuse_to_ask_nobody("deploy", yes=yes)
    aws = find_place(settings, project.directory).aws
    # Asking for the account first: without good credentials nothing is worth building.
    output.progress(f"deploying {settings.function_name} to account {aws.account} in {aws.region}")
    artifact = _artifact(settings, project.directory, given)
    display = Display()
    dialogue = _dialogue(display, _asker(display, yes=yes), smoke=smoke)
    with log_of_failure(aws, settings), display.working("deploying"):
        deployed = release.deploy(aws, settings, artifact, dialogue)
    _say(settings, deployed)


@click.command()
@stage_argument
@settings_option
@output_option
def releases(stage: str | None, settings_path: Path, output_format: str) -> None:
    """List the versions that can be gone back to, newest first."""
    from lambwsgi.deploy import release
    from lambwsgi.deploy.place import find_place

    project, settings = _load(settings_path, stage)
    found = release.releases(find_place(settings, project.directory).aws, settings)
    if output_format == "json":
        output.result_json([{**asdict(each.version), "live": each.live} for each in found])
        return
    for each in found:
        version = each.version
        mark = "live" if each.live else "    "
        output.result(
            f"{version.number:>5}  {mark}  {version.modified}  {version.sha256[:12]}"
            f"  {version.runtime}  {version.memory_mb} MB"
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
    from lambwsgi.deploy import release
    from lambwsgi.deploy.place import find_place

    _refuse_to_ask_nobody("rollback", yes=yes)
    project, settings = _load(settings_path, stage)
    aws = find_place(settings, project.directory).aws
    display = Display()
    dialogue = _dialogue(display, _asker(display, yes=yes), smoke=smoke)
    with log_of_failure(aws, settings), display.working(f"rolling back {settings.function_name}"):
        deployed = release.rollback(aws, settings, version, dialogue)
    _say(settings, deployed)


@click.command()
@stage_argument
@settings_option
@yes_option
def delete(stage: str | None, settings_path: Path, *, yes: bool) -> None:
    """Remove the stage: function, versions, address and log."""
    from lambwsgi.cli.progress import Display
    from lambwsgi.deploy import release
    from lambwsgi.deploy.place import find_place

    _refuse_to_ask_nobody("delete", yes=yes)
    project, settings = _load(settings_path, stage)
    aws = find_place(settings, project.directory).aws
    stack = release.removable_stack(aws, settings)
    if not yes:
        question = f"Delete {stack.name} in {aws.region}, with its versions, address and log?"
        click.confirm(question, abort=True, err=True)
    display = Display()
    with display.working(f"deleting {stack.name}"):
        left = release.delete(aws, settings, _dialogue(display, lambda _plan: True))
    output.result(f"{stack.name} is deleted")
    for each in left:
        output.progress(f"left on purpose: {each}")


@contextmanager
def log_of_failure(aws: Aws, settings: StageSettings) -> Iterator[None]:
    """Shows the end of the function's log when the site does not answer well: the reason is there."""
    from lambwsgi.deploy.errors import DeployError, SmokeError
    from lambwsgi.deploy.logs import LogQuery, last_lines
    from lambwsgi.deploy.names import log_group_name

    since_ms = int(time.time() * 1000)
    try:
        yield
    except SmokeError:
        # The failure is the news; that its log cannot be read is not.
        with suppress(DeployError):
            for event in last_lines(aws, LogQuery(log_group_name(settings), since_ms), _FAILURE_LINES):
                output.progress(event.message)
        raise


def _load(settings_path: Path, stage: str | None) -> tuple[Project, StageSettings]:
    """The project and its stage; the settings file has to be there, since what is deployed came from it."""
    from lambwsgi.settings.load import load_project

    project = load_project(settings_path)
    return project, project.pick(stage)


def _open(settings_path: Path, stage: str | None) -> tuple[Project, StageSettings]:
    """The project and its stage; without a settings file one is written from what is detected, and shown."""
    from lambwsgi.settings.load import LOCAL
    from lambwsgi.settings.write import FIRST_STAGE

    is_new = not settings_path.exists()
    project = open_project(settings_path)
    settings = project.pick(FIRST_STAGE if is_new and stage is None else stage)
    return project, _as_it_runs_here(settings) if settings.stage == LOCAL else settings


def _as_it_runs_here(settings: StageSettings) -> StageSettings:
    """The settings of the stage `local`, which is run by the Python that runs this."""
    from lambwsgi.deploy.embedded import for_this_python

    return for_this_python(settings, output.progress)


def _artifact(settings: StageSettings, directory: Path, given: Path | None) -> Artifact:
    """The artifact at hand, or a fresh one."""
    if given is not None:
        from lambwsgi.deploy.upload import read_artifact

        return read_artifact(given)
    from lambwsgi.package.build import build
    from lambwsgi.package.target import host_target
    from lambwsgi.settings.load import LOCAL

    target = host_target() if settings.stage == LOCAL else None
    return build(settings, directory, artifact_path(settings, directory), target=target, report=output.progress)


def _deploy_local(settings: StageSettings, directory: Path, given: Path | None, *, once: bool) -> None:
    from lambwsgi.deploy.embedded import run_embedded
    from lambwsgi.deploy.upload import read_artifact

    artifact = None if given is None else read_artifact(given)
    settings = settings.model_copy(update={"environment": variables_here(settings)})
    run_embedded(settings, directory, report=output.progress, result=output.result, artifact=artifact, once=once)


def _refuse_to_ask_nobody(command: str, *, yes: bool) -> None:
    """Said before anything is built: nothing asks when stdin is no terminal."""
    if yes or sys.stdin.isatty():
        return
    from lambwsgi.deploy.errors import ConfirmationError

    raise ConfirmationError(
        f"{command} asks before it acts, and stdin is no terminal: add --yes to do it without asking"
    )


def _dialogue(display: Display, confirm: Callable[[Plan], bool], *, smoke: bool = True) -> Dialogue:
    from lambwsgi.deploy.release import Dialogue
    from lambwsgi.deploy.smoke import visit
    from lambwsgi.deploy.stack import Watch

    return Dialogue(
        confirm=confirm,
        report=display.report,
        sent=display.sent,
        visit=visit if smoke else None,
        watch=Watch(on_event=display.event),
    )


def _asker(display: Display, *, yes: bool) -> Callable[[Plan], bool]:
    """Shows the plan, and asks unless that is answered already."""
    from lambwsgi.deploy.plan import plan_lines

    def ask(proposal: Plan) -> bool:
        for line in plan_lines(proposal):
            display.report(line)
        if yes:
            return True
        with display.paused():
            return click.confirm("Do this?", err=True)

    return ask


def _say(settings: StageSettings, deployed: Deployed | None) -> None:
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
