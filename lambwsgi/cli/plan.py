"""`template`, `plan`: what shows a stage before it changes."""

from __future__ import annotations

from pathlib import Path

import click

from lambwsgi.cli import output
from lambwsgi.cli.dialogue import make_dialogue
from lambwsgi.cli.options import drift_option, full_option, hooks_option, output_option, settings_option, stage_argument
from lambwsgi.cli.stage import artifact_option, by_the_stack, find_artifact, open_stage


@click.command()
@stage_argument
@settings_option
@artifact_option
@click.option(
    "--format",
    "form",
    type=click.Choice(["cloudformation", "sam", "terraform"]),
    default="cloudformation",
    show_default=True,
    help="The tool that is to read it; OpenTofu reads Terraform's.",
)
@hooks_option
def template(stage: str | None, settings_path: Path, given: Path | None, form: str, *, hooks: bool) -> None:
    """Print the stage as a template, for those who deploy it by other means."""
    from lambwsgi.deploy import names
    from lambwsgi.deploy.aws.place import find_place
    from lambwsgi.deploy.formats.table import FORMATS
    from lambwsgi.deploy.references.outputs import fill_outputs
    from lambwsgi.deploy.template.stage_template import template_text
    from lambwsgi.deploy.template.validation import checked_template

    project, settings = open_stage(settings_path, stage)
    artifact = find_artifact(settings, project.directory, given, hooks=hooks)
    settings = fill_outputs(lambda: find_place(settings, project.directory).aws, settings)
    found = FORMATS[form](checked_template(settings, artifact, output.progress))
    output.result(template_text(found).rstrip("\n"))
    layer = [(artifact.layer.path, artifact.layer.sha256)] if artifact.layer else []
    for path, sha256 in [(artifact.path, artifact.sha256), *layer]:
        output.progress(f"{path} has to be in the bucket as {names.artifact_key(settings.project, sha256)}")


@click.command()
@stage_argument
@settings_option
@artifact_option
@hooks_option
@drift_option
@full_option
@output_option
def plan(
    stage: str | None,
    settings_path: Path,
    given: Path | None,
    *,
    hooks: bool,
    drift: bool,
    full: bool,
    output_format: str,
) -> None:
    """Show what a deploy would change; change nothing."""
    from lambwsgi.cli.progress import Display
    from lambwsgi.deploy.aws.place import find_place
    from lambwsgi.deploy.rollout import release
    from lambwsgi.deploy.stack.plan import plan_json, plan_lines

    project, settings = open_stage(settings_path, stage)
    aws = find_place(settings, project.directory).aws
    artifact = find_artifact(settings, project.directory, given, hooks=hooks)
    display = Display()
    dialogue = make_dialogue(display, lambda _plan: False, drift=drift)
    with display.working("asking CloudFormation what would change"):
        found = release.plan(aws, by_the_stack(settings, full=full), artifact, dialogue)
    if output_format == "json":
        output.result_json(plan_json(found))
    elif found is None:
        output.result(f"{settings.function_name}: nothing to change")
    else:
        output.result("\n".join(plan_lines(found)))
