"""`policy`: what whoever deploys a stage must be allowed."""

from __future__ import annotations

import json
from pathlib import Path

import click

from lambwsgi.cli import output
from lambwsgi.cli.options import settings_option, stage_argument
from lambwsgi.cli.project import open_project


@click.command()
@stage_argument
@settings_option
def policy(stage: str | None, settings_path: Path) -> None:
    """Print the IAM policy of whoever deploys the stage.

    It holds what lambwsgi asks of AWS, and what CloudFormation does with the same credentials for the resources that
    the settings ask for. AWS is not asked.
    """
    from lambwsgi.deploy import names
    from lambwsgi.deploy.deployer.policy import deployer_policy
    from lambwsgi.deploy.template.stage_template import build_template

    settings = open_project(settings_path).pick(stage)
    document = deployer_policy(settings, build_template(settings, names.ANY_DIGEST), settings.region)
    output.result(json.dumps(document, indent=2))
