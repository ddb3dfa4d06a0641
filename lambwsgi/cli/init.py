"""`init`: the first settings file."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from lambwsgi.cli import output
from lambwsgi.cli.options import settings_option
from lambwsgi.cli.project import show

if TYPE_CHECKING:
    from lambwsgi.settings.moving.moving import Moving

# What an option means whose file is not named: search for it.
_SEARCH = ""


@click.command()
@click.option("--app", metavar="MODULE:ATTRIBUTE", help="The application; default: the one that is detected.")
@click.option("--project", metavar="NAME", help="Name of the project; default: that of pyproject.toml or the folder.")
@click.option("--force", is_flag=True, help="Overwrite an existing file.")
@click.option(
    "--from-zappa", is_flag=False, flag_value=_SEARCH, metavar="[FILE]", help="Move in from Zappa: zappa_settings.json."
)
@click.option(
    "--from-serverless",
    is_flag=False,
    flag_value=_SEARCH,
    metavar="[FILE]",
    help="Move in from serverless-wsgi: serverless.yml.",
)
@settings_option
def init(
    *,
    app: str | None,
    project: str | None,
    force: bool,
    from_zappa: str | None,
    from_serverless: str | None,
    settings_path: Path,
) -> None:
    """Detect the application and write `lambwsgi.yml`, or convert another tool's settings."""
    from lambwsgi.settings.detection import detect
    from lambwsgi.settings.moving.serverless import read_serverless
    from lambwsgi.settings.moving.zappa import read_zappa
    from lambwsgi.settings.writing import write_settings

    directory = settings_path.parent
    ways = {"zappa": (read_zappa, from_zappa), "serverless": (read_serverless, from_serverless)}
    given = [(read, file) for read, file in ways.values() if file is not None]
    if len(given) + (app is not None) > 1:
        raise click.UsageError("--from-zappa, --from-serverless and --app each say what runs; give one of them")
    for read, file in given:
        _move(read(directory, Path(file) if file else None, project=project), settings_path, force=force)
        return
    detected = detect(directory, app=app, project=project)
    show(detected)
    write_settings(detected, settings_path, overwrite=force)
    output.progress(f"wrote {settings_path}")
    output.result("next: lambwsgi local, or lambwsgi deploy dev")


def _move(moving: Moving, path: Path, *, force: bool) -> None:
    """Write the settings and say what became of each key; then check them, since the old file was checked by nobody."""
    from lambwsgi.settings.moving.moving import settings_text
    from lambwsgi.settings.moving.rules import Fate
    from lambwsgi.settings.project import load_project
    from lambwsgi.settings.writing import write_text

    write_text(settings_text(moving), path, overwrite=force)
    for fate in Fate:
        lines = [f"  {each.key:<40} {each.words}" for each in moving.report if each.fate is fate]
        if lines:
            output.result("\n".join([fate.value, *lines, ""]))
    output.progress(f"wrote {path}")
    load_project(path)
    output.result(f"next: lambwsgi package {next(iter(moving.stages))}")
