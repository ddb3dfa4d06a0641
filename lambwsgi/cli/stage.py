"""The stage that a command is about, and the artifact that it is to run."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import click

from lambwsgi.cli import output
from lambwsgi.cli.project import artifact_path, image_folder, pick_stage, shell_of

if TYPE_CHECKING:
    from lambwsgi.package.artifact import Artifact
    from lambwsgi.settings.model import StageSettings
    from lambwsgi.settings.project import Project

artifact_option = click.option(
    "--artifact",
    "given",
    type=click.Path(path_type=Path, dir_okay=False, exists=True),
    metavar="ZIP",
    help="An artifact that `lambwsgi package` built; default: build one.",
)


def open_stage(settings_path: Path, stage: str | None) -> tuple[Project, StageSettings]:
    """The project and its stage; `local` as it runs here. Without a settings file one is written, and shown."""
    from lambwsgi.settings.project import LOCAL

    project, settings = pick_stage(settings_path, stage)
    return project, _as_it_runs_here(settings) if settings.stage == LOCAL else settings


def by_the_stack(settings: StageSettings, *, full: bool) -> StageSettings:
    """The settings, for a full deployment without the fast lane."""
    return settings.model_copy(update={"fast_lane": False}) if full else settings


def _as_it_runs_here(settings: StageSettings) -> StageSettings:
    """The settings of the stage `local`, which is run by the Python that runs this."""
    from lambwsgi.deploy.embedded.local_stage import for_this_python

    return for_this_python(settings, output.progress)


def find_artifact(
    settings: StageSettings,
    directory: Path,
    given: Path | None,
    *,
    hooks: bool,
    report: Callable[[str], None] = output.progress,
    prove: bool = True,
) -> Artifact:
    """The artifact at hand, or a fresh one, built between the hooks; without `prove` nobody has started it yet."""
    from lambwsgi.package.hooks import package_hooks

    if given is not None:
        return _read_given(settings, given)
    with package_hooks(settings, shell_of(settings, directory, report=report, hooks=hooks)):
        return _build(settings, directory, report=report, prove=prove)


def _read_given(settings: StageSettings, path: Path) -> Artifact:
    from lambwsgi.deploy.artifacts.upload import read_artifact
    from lambwsgi.settings.model import Package

    if settings.package is Package.IMAGE:
        raise click.UsageError(
            "--artifact goes with `package: zip`; an image is known by its digest, so deploy it once and `promote` it"
        )
    return read_artifact(path)


def _build(settings: StageSettings, directory: Path, *, report: Callable[[str], None], prove: bool) -> Artifact:
    from lambwsgi.package.builders.zip_archive import build
    from lambwsgi.package.platform.target import host_target
    from lambwsgi.settings.model import Package
    from lambwsgi.settings.project import LOCAL

    if settings.package is Package.IMAGE:
        from lambwsgi.package.builders.container_image import build_image  # wakes requests

        return build_image(settings, directory, image_folder(settings, directory), report=report)
    target = host_target() if settings.stage == LOCAL else None
    return build(settings, directory, artifact_path(settings, directory), target=target, report=report, prove=prove)
