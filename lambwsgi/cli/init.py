"""`init`: the first settings file."""

from __future__ import annotations

from pathlib import Path

import click

from lambwsgi.cli import output
from lambwsgi.cli.options import settings_option
from lambwsgi.cli.project import show


@click.command()
@click.option("--app", metavar="MODULE:ATTRIBUTE", help="The application, when it is not to be searched for.")
@click.option("--project", metavar="NAME", help="Name of the project; default: that of pyproject.toml or the folder.")
@click.option("--force", is_flag=True, help="Write over a file that is there.")
@settings_option
def init(app: str | None, project: str | None, *, force: bool, settings_path: Path) -> None:
    """Detect the application and write `lambwsgi.yml`."""
    from lambwsgi.settings.detect import detect
    from lambwsgi.settings.write import write_settings

    detected = detect(settings_path.parent, app=app, project=project)
    show(detected)
    write_settings(detected, settings_path, overwrite=force)
    output.progress(f"wrote {settings_path}")
    output.result("next: lambwsgi deploy dev")
