"""Arguments and options that many commands share."""

from __future__ import annotations

from pathlib import Path

import click

SETTINGS_FILE = Path("lambwsgi.yml")


def complete_stage(context: click.Context, _parameter: click.Parameter, incomplete: str) -> list[str]:
    """Names of stages for the shell. Reads the file only, since every stroke of the tab key starts a process."""
    from lambwsgi.settings.errors import SettingsError
    from lambwsgi.settings.source import read_source

    try:
        stages = read_source(context.params.get("settings_path") or SETTINGS_FILE).entries.get("stages")
    except SettingsError:
        return []
    names = [*(stages.value.entries if stages else ()), "local"]
    return [name for name in dict.fromkeys(names) if name.startswith(incomplete)]


stage_argument = click.argument("stage", required=False, shell_complete=complete_stage)

stage_that_is_named = click.argument("stage", shell_complete=complete_stage)

settings_option = click.option(
    "--settings",
    "settings_path",
    type=click.Path(path_type=Path, dir_okay=False),
    default=SETTINGS_FILE,
    show_default=True,
    help="The settings file.",
)

output_option = click.option(
    "--output",
    "output_format",
    type=click.Choice(["text", "json"]),
    default="text",
    help="Format: text for people, JSON for programs.",
)

hooks_option = click.option(
    "--hooks/--no-hooks", "hooks", default=True, show_default=True, help="Run the commands of `hooks`."
)

at_once_option = click.option(
    "--all-at-once",
    "at_once",
    is_flag=True,
    help="Give the new version all requests at once, whatever `strategy` says: for an urgent fix.",
)

yes_option = click.option("--yes", "-y", is_flag=True, help="Do not ask for confirmation.")

drift_option = click.option(
    "--drift", is_flag=True, help="Let CloudFormation detect changes made by hand to any resource; takes longer."
)

full_option = click.option(
    "--full", is_flag=True, help="Deploy by CloudFormation even where `fast_lane` allows the short way."
)
