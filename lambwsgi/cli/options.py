"""Arguments and options that many commands share."""

from __future__ import annotations

from pathlib import Path

import click

stage_argument = click.argument("stage", required=False)

settings_option = click.option(
    "--settings",
    "settings_path",
    type=click.Path(path_type=Path, dir_okay=False),
    default=Path("lambwsgi.yml"),
    show_default=True,
    help="The settings file.",
)

output_option = click.option(
    "--output", "output_format", type=click.Choice(["text", "json"]), default="text", help="For people or for programs."
)

yes_option = click.option("--yes", "-y", is_flag=True, help="Do it without asking.")
