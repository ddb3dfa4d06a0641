"""`ci`: a pipeline that plans and deploys a stage."""

from __future__ import annotations

import os
from pathlib import Path

import click

from lambwsgi.cli import output
from lambwsgi.cli.options import settings_option, stage_argument
from lambwsgi.cli.project import open_project

_DEFAULT_SETTINGS = Path("lambwsgi.yml")


@click.command()
@click.argument("host", type=click.Choice(["github", "gitlab"]))
@stage_argument
@settings_option
@click.option("--branch", default="main", show_default=True, help="The branch that the stage is deployed from.")
@click.option("--role", metavar="ARN", help="The role that the jobs assume; default: the variable AWS_ROLE_ARN.")
def ci(host: str, stage: str | None, settings_path: Path, *, branch: str, role: str | None) -> None:
    """Print a pipeline for GitHub or GitLab.

    It plans the stage on a pull or merge request and deploys it on a merge, with an IAM role instead of keys.
    AWS is not asked.
    """
    from lambwsgi.deploy.deployer.pipelines import Host, PipelineWish, pipeline

    settings = open_project(settings_path).pick(stage)
    options = () if settings_path == _DEFAULT_SETTINGS else ("--settings", os.path.relpath(settings_path))
    if settings.profile:
        output.progress(
            f"stage {settings.stage!r} names the profile {settings.profile!r}, which a pipeline does not have:"
            " leave `profile` out of the settings file, and set AWS_PROFILE on your own machine"
        )
    output.result(pipeline(Host(host), PipelineWish(settings, branch, role, options)).rstrip("\n"))
