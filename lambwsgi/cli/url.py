"""`url`, `open`: where a stage's application answers."""

from __future__ import annotations

from pathlib import Path

import click

from lambwsgi.cli import output
from lambwsgi.cli.options import output_option, settings_option, stage_argument
from lambwsgi.cli.project import find_stage


@click.command()
@stage_argument
@settings_option
@output_option
def url(stage: str | None, settings_path: Path, output_format: str) -> None:
    """Print where the application answers."""
    from lambwsgi.deploy.stage.status import public_url

    settings, place = find_stage(settings_path, stage)
    address = public_url(place, settings)
    if output_format == "json":
        output.result_json({"url": address})
    else:
        output.result(address)


@click.command("open")
@stage_argument
@settings_option
def open_page(stage: str | None, settings_path: Path) -> None:
    """Open the application in the browser; where there is none, print its address."""
    import webbrowser

    from lambwsgi.deploy.stage.status import public_url

    settings, place = find_stage(settings_path, stage)
    address = public_url(place, settings)
    if webbrowser.open(address):
        output.progress(f"opened {address}")
    else:
        output.result(address)
