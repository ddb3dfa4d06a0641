"""The project that a command is about; where there is no settings file yet, one is written from what is detected."""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from lambwsgi.cli import output
from lambwsgi.cli.options import SETTINGS_FILE

if TYPE_CHECKING:
    from collections.abc import Callable

    from lambwsgi.deploy.aws.place import Place
    from lambwsgi.package.hooks import Shell
    from lambwsgi.settings.detection import Detected
    from lambwsgi.settings.model import StageSettings
    from lambwsgi.settings.project import Project

_FRAMEWORKS = {"flask": "Flask application", "django": "Django application", "wsgi": "WSGI application"}


def open_project(settings_path: Path) -> Project:
    """The project of the settings file. A missing one of the usual name is written first, and shown."""
    from lambwsgi.settings.detection import detect
    from lambwsgi.settings.project import load_project
    from lambwsgi.settings.writing import write_settings

    if not settings_path.exists() and settings_path.name == SETTINGS_FILE.name:
        detected = detect(settings_path.parent)
        write_settings(detected, settings_path)
        show(detected)
        output.progress(f"wrote {settings_path}")
    return load_project(settings_path)


def pick_stage(settings_path: Path, stage: str | None) -> tuple[Project, StageSettings]:
    """The project and its stage. Without a settings file one is written, and its first stage is meant."""
    from lambwsgi.settings.writing import FIRST_STAGE

    is_new = not settings_path.exists()
    project = open_project(settings_path)
    return project, project.pick(FIRST_STAGE if is_new and stage is None else stage)


def show(detected: Detected) -> None:
    """Say what was detected, and where."""
    output.progress(f"{_FRAMEWORKS[detected.kind]}: {detected.app} ({detected.app_source})")
    if detected.django_settings:
        output.progress(f"Django settings: {detected.django_settings}")
    output.progress(f"runtime: {detected.runtime} ({detected.runtime_source})")
    output.progress(f"project: {detected.project}")


def artifact_path(settings: StageSettings, directory: Path) -> Path:
    """Where the artifact of a stage is built when no other place is asked for: a folder that git is told to ignore."""
    folder = directory / ".lambwsgi"
    with suppress(OSError):  # where nothing can be written, building says so
        folder.mkdir(exist_ok=True)
        (folder / ".gitignore").write_text("*\n", encoding="utf-8")
    return folder / f"{settings.function_name}.zip"


def image_folder(settings: StageSettings, directory: Path) -> Path:
    """Where the layers of a stage's image are built."""
    return artifact_path(settings, directory).with_name(f"{settings.function_name}-layers")


def find_stage(settings_path: Path, stage: str | None) -> tuple[StageSettings, Place]:
    """The stage's settings and where it lives."""
    from lambwsgi.deploy.aws.place import find_place
    from lambwsgi.settings.project import load_project

    project = load_project(settings_path)
    settings = project.pick(stage)
    return settings, find_place(settings, project.directory)


def shell_of(settings: StageSettings, directory: Path, *, report: Callable[[str], None], hooks: bool) -> Shell | None:
    """What runs the commands of hooks; None where they are left out."""
    from lambwsgi.package.hooks import shell_in

    return shell_in(directory.resolve(), settings, environ=os.environ, report=report) if hooks else None


def variables_here(settings: StageSettings) -> dict[str, str]:
    """The stage's variables for an application on this machine; boto3 is woken only where AWS has to be asked."""
    if not any("${" in text for text in settings.environment.values()):
        return settings.environment
    from lambwsgi.deploy.aws.calls import Aws
    from lambwsgi.deploy.references.secrets import environment_here

    return environment_here(settings, os.environ, lambda: Aws(region=settings.region, profile=settings.profile))
