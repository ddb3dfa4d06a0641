"""`doctor`: whether machine, settings, credentials and account are ready for a stage."""

from __future__ import annotations

from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from lambwsgi.cli import output
from lambwsgi.cli.options import output_option, settings_option, stage_argument

if TYPE_CHECKING:
    from collections.abc import Iterator

    from lambwsgi.package.machine import Finding
    from lambwsgi.settings.model import StageSettings


@click.command()
@stage_argument
@settings_option
@output_option
@click.pass_context
def doctor(context: click.Context, stage: str | None, settings_path: Path, output_format: str) -> None:
    """Check whether this machine, the settings, the credentials and the account are ready. Changes nothing.

    The exit code is 1 where something is wrong; notes do not count. IAM works out the permissions, where the
    credentials may ask it (iam:SimulatePrincipalPolicy).
    """
    from lambwsgi.package.machine import Verdict

    found = []
    for finding in _examine(stage, settings_path):
        found.append(finding)
        if output_format == "text":
            output.result(f"{finding.verdict:<5}  {finding.subject:<12}  {finding.told}")
    if output_format == "json":
        output.result_json([asdict(finding) for finding in found])
    context.exit(any(finding.verdict is Verdict.WRONG for finding in found))


def _examine(stage: str | None, settings_path: Path) -> Iterator[Finding]:
    from lambwsgi.package.machine import Finding, Verdict, examine_machine
    from lambwsgi.settings.errors import SettingsError
    from lambwsgi.settings.project import load_project

    if not settings_path.exists():
        yield from examine_machine(None)
        told = f"there is no {settings_path}; `lambwsgi init` writes one"
        yield Finding("settings", Verdict.NOTE if stage is None else Verdict.WRONG, told)
        return
    try:
        project = load_project(settings_path)
    except SettingsError as error:
        yield from examine_machine(None)
        yield Finding("settings", Verdict.WRONG, str(error))
        return
    settings = project.pick(stage)
    yield from examine_machine(settings)
    yield Finding("settings", Verdict.GOOD, f"stage {settings.stage} of {settings.project}, in {settings_path}")
    yield from _examine_stage(settings)


def _examine_stage(settings: StageSettings) -> Iterator[Finding]:
    from lambwsgi.deploy.aws.calls import Aws
    from lambwsgi.deploy.deployer.examination import examine_account, examine_template
    from lambwsgi.deploy.errors import DeployError
    from lambwsgi.package.machine import Finding, Verdict
    from lambwsgi.settings.project import LOCAL

    yield from examine_template(settings)
    if settings.stage == LOCAL:
        return
    try:
        aws = Aws(region=settings.region, profile=settings.profile)
    except DeployError as error:
        yield Finding("credentials", Verdict.WRONG, str(error))
        return
    yield from examine_account(aws, settings, datetime.now(UTC))
