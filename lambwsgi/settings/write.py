"""A first settings file, written from what was detected."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

from lambwsgi.settings.detect import Detected
from lambwsgi.settings.errors import SettingsError

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
{django}
# A stage says only what differs from base: 'lambwsgi deploy dev'.
stages:
  dev: {{}}
  prod:
    memory_mb: 1024
"""

_DJANGO = """\
  commands: [manage]  # lets 'lambwsgi manage' run management commands
  environment:
    DJANGO_SETTINGS_MODULE: {settings}
"""


def write_settings(detected: Detected, path: Path, *, overwrite: bool = False) -> str:
    """Write the settings file and return its text. An existing file is left alone unless `overwrite`."""
    if path.exists() and not overwrite:
        raise SettingsError(f"{path} exists already; edit it, or write it anew with 'lambwsgi init --force'")
    text = settings_text(detected)
    handle, partial = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            file.write(text)
        os.chmod(partial, 0o644)
        os.replace(partial, path)
    except OSError:
        os.unlink(partial)
        raise
    return text


def settings_text(detected: Detected) -> str:
    """The settings file for what was detected, with comments for people."""
    django = _DJANGO.format(settings=detected.django_settings) if detected.django_settings else ""
    return _TEMPLATE.format(project=detected.project, app=detected.app, runtime=detected.runtime, django=django)
