"""`deploy --watch`: a stage in the cloud, deployed again each time that a file of the project is saved."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

import click

from lambwsgi.cli import output
from lambwsgi.cli.dialogue import asker, make_dialogue
from lambwsgi.cli.project import shell_of
from lambwsgi.cli.stage import find_artifact

if TYPE_CHECKING:
    from lambwsgi.deploy.aws.calls import Aws
    from lambwsgi.deploy.rollout.dialogue import Deployed
    from lambwsgi.deploy.rollout.watching import Deploy, Report
    from lambwsgi.settings.model import StageSettings


@dataclass(frozen=True, slots=True)
class Ways:
    """How to deploy, by the options of the command."""

    yes: bool
    smoke: bool
    hooks: bool
    drift: bool
    at_once: bool
    full: bool


def refuse_to_watch(given: Mapping[str, bool]) -> None:
    """Raise click.UsageError for an option that does not go with watching."""
    for name in (name for name, is_given in given.items() if is_given):
        raise click.UsageError(f"--watch builds and deploys on each save, which {name} does not go with; leave one out")


def watch_stage(aws: Aws, settings: StageSettings, directory: Path, ways: Ways, first: Callable[[], None]) -> None:
    """Deploy once, as `first` does, and then on each save until Ctrl-C."""
    from lambwsgi.deploy.rollout.watching import deploy_changes
    from lambwsgi.package.files.watcher import ProjectLook, watch

    look = ProjectLook(settings, directory)
    before = look()
    first()
    output.progress("watching; what is saved is deployed, and Ctrl-C stops that")
    with suppress(KeyboardInterrupt):
        deploy_changes(watch(look, before), _deployer(aws, settings, directory, ways), output.progress)
    output.progress("stopped watching; what was deployed stays")


def _deployer(aws: Aws, settings: StageSettings, directory: Path, ways: Ways) -> Deploy:
    """Builds and deploys; what is not by the fast lane is asked about."""
    from lambwsgi.cli.progress import Display
    from lambwsgi.deploy.rollout import release

    def deploy(report: Report) -> Deployed | None:
        # With smoke checks the function itself tries it before it serves.
        artifact = find_artifact(settings, directory, None, hooks=ways.hooks, report=report, prove=not ways.smoke)
        display = Display()
        ask = asker(display, yes=ways.yes)
        shell = shell_of(settings, directory, report=report, hooks=ways.hooks)
        dialogue = make_dialogue(display, lambda plan: plan.fast or ask(plan), smoke=ways.smoke, shell=shell)
        return release.deploy(aws, settings, artifact, replace(dialogue, report=report))

    return deploy
