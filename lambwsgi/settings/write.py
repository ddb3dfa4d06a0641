"""A first settings file, written from what was detected."""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path

from lambwsgi.settings.detect import Detected
from lambwsgi.settings.errors import SettingsError

# The stage to begin with; the file has `prod` beside it.
FIRST_STAGE = "dev"

_TEMPLATE = """\
# How lambwsgi runs this project on AWS Lambda. Every setting: docs/settings.md of lambwsgi.
project: {project}

# What all stages share.
base:
  app: {app}
  runtime: {runtime}
  gateway: function_url  # or http_api, rest_api
  memory_mb: 512  # CPU grows with it
  timeout_seconds: 30
{more}
# A stage says only what differs from base: 'lambwsgi deploy dev'.
stages:
  dev: {{}}
  prod:
    memory_mb: 1024
"""

_MANAGE = "  commands: [manage]  # lets 'lambwsgi manage' run management commands\n"
_YAML_WORDS = ("true", "false", "yes", "no", "on", "off", "null", "y", "n")


def write_settings(detected: Detected, path: Path, *, overwrite: bool = False) -> str:
    """Write the settings file and return its text. An existing file is left alone unless `overwrite`."""
    return write_text(settings_text(detected), path, overwrite=overwrite)


def write_text(text: str, path: Path, *, overwrite: bool) -> str:
    """The same for a text that is there already."""
    if path.exists() and not overwrite:
        raise SettingsError(f"{path} exists already; edit it, or write it anew with 'lambwsgi init --force'")
    # Written beside it first, so that there is never half a file under the name.
    partial = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        partial.write_text(text, "utf-8")
        os.replace(partial, path)
    except OSError as error:
        raise SettingsError(f"{path} cannot be written: {error.strerror}") from error
    finally:
        with suppress(OSError):
            partial.unlink()
    return text


def settings_text(detected: Detected) -> str:
    """The settings file for what was detected, with comments for people."""
    more = [_MANAGE] if detected.django_settings else []
    if detected.environment:
        more += ["  environment:\n", *(f"    {name}: {text}\n" for name, text in detected.environment.items())]
    # YAML would read a project of the name `on` as a truth value.
    project = f'"{detected.project}"' if detected.project in _YAML_WORDS else detected.project
    return _TEMPLATE.format(project=project, app=detected.app, runtime=detected.runtime, more="".join(more))
