"""`package`: build the artifact and say what is in it."""

from __future__ import annotations

import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from lambwsgi.cli import output
from lambwsgi.cli.options import hooks_option, output_option, settings_option, stage_argument
from lambwsgi.cli.project import artifact_path, image_folder, pick_stage, shell_of

if TYPE_CHECKING:
    from lambwsgi.package.artifact import Artifact, Layer
    from lambwsgi.package.builders.docker_context import Image
    from lambwsgi.settings.model import StageSettings


@click.command()
@stage_argument
@settings_option
@click.option(
    "--path",
    "zip_path",
    type=click.Path(path_type=Path),
    metavar="OUT.zip",
    help="Where to put the artifact, or the image's folder; default: .lambwsgi/PROJECT-STAGE.zip or -image.",
)
@click.option(
    "--image",
    "is_image",
    is_flag=True,
    help="Build a container image instead: the folder, and the image where Docker answers.",
)
@click.option("--base-image", metavar="IMAGE@sha256:DIGEST", help="With --image: AWS's image for the runtime, pinned.")
@click.option(
    "--explain",
    "explained",
    type=click.Path(path_type=Path),
    metavar="PATH",
    help="Build nothing; say why this file of the project, or of the artifact, is in it or not.",
)
@hooks_option
@output_option
def package(
    stage: str | None,
    settings_path: Path,
    *,
    zip_path: Path | None,
    is_image: bool,
    base_image: str | None,
    explained: Path | None,
    hooks: bool,
    output_format: str,
) -> None:
    """Build the artifact and prove it; show what it weighs."""
    from lambwsgi.package.hooks import package_hooks
    from lambwsgi.settings.model import Package

    project, settings = pick_stage(settings_path, stage)
    path = zip_path or artifact_path(settings, project.directory)
    if explained is not None:
        output.result(_explanation(settings, project.directory, path, explained))
        return
    if base_image is not None and not is_image:
        raise click.UsageError("--base-image goes with --image; an artifact runs on the runtime that Lambda brings")
    began = time.perf_counter()
    with package_hooks(settings, shell_of(settings, project.directory, report=output.progress, hooks=hooks)):
        if settings.package is Package.IMAGE and not is_image:
            _package_layers(settings, project.directory, zip_path, output_format)
        elif is_image:
            folder = zip_path or path.with_name(f"{settings.function_name}-image")
            _package_image(settings, project.directory, folder, base_image, output_format)
        else:
            _package_zip(settings, project.directory, path, output_format)
    output.progress(f"built in {time.perf_counter() - began:.1f} s")


def _package_zip(settings: StageSettings, directory: Path, path: Path, output_format: str) -> None:
    from lambwsgi.package.builders.zip_archive import build

    artifact = build(settings, directory, path, report=output.progress)
    if output_format == "json":
        output.result_json(_as_json(artifact))
    else:
        output.result("\n".join(_lines(artifact)))


def _package_layers(settings: StageSettings, directory: Path, folder: Path | None, output_format: str) -> None:
    """The image as `deploy` sends it."""
    from lambwsgi.package.builders.container_image import build_image

    place = folder or image_folder(settings, directory)
    artifact = build_image(settings, directory, place, report=output.progress)
    if output_format == "json":
        output.result_json(_as_json(artifact))
    else:
        layers = ("own layers, compressed", artifact.zipped_bytes)
        lines = [*_table(artifact, layers), "", f"image   sha256:{artifact.sha256}", f"layers  {_shown(artifact.path)}"]
        output.result("\n".join(lines))


def _package_image(
    settings: StageSettings, directory: Path, folder: Path, base: str | None, output_format: str
) -> None:
    from lambwsgi.package.builders.docker_context import write_image
    from lambwsgi.package.images.docker import build_command, is_here, run_build

    image = write_image(settings, directory, folder, base=base, report=output.progress)
    command = build_command(image.path, settings.function_name, settings.architecture)
    if has_docker := is_here():
        run_build(command)
    if output_format == "json":
        output.result_json(_image_json(image, settings.function_name if has_docker else None, command))
        return
    output.result("\n".join([*_table(image), "", f"folder  {_shown(image.path)}"]))
    if has_docker:
        output.result(f"image   {settings.function_name}")
    else:
        output.progress(f"no Docker answers here, so the image is still to be built: {' '.join(command)}")


def _explanation(settings: StageSettings, directory: Path, artifact: Path, path: Path) -> str:
    from lambwsgi.package.builders.assembly import StageBuild
    from lambwsgi.package.builders.explanation import explain_path
    from lambwsgi.package.platform.target import target_of

    return explain_path(StageBuild(settings, directory, artifact.resolve(), target_of(settings)), path)


def _image_json(image: Image, name: str | None, command: list[str]) -> dict[str, Any]:
    return {"path": str(image.path), "base": image.base, "image": name, "command": command, **_weights(image)}


def _as_json(artifact: Artifact) -> dict[str, Any]:
    return {
        "path": str(artifact.path),
        "sha256": artifact.sha256,
        "zipped_bytes": artifact.zipped_bytes,
        "layer": _layer_json(artifact.layer),
        **_weights(artifact),
    }


def _weights(built: Artifact | Image) -> dict[str, Any]:
    return {
        "unzipped_bytes": built.unzipped_bytes,
        "bytecode_bytes": built.bytecode_bytes,
        "import_seconds": built.import_seconds,
        "distributions": [
            {"name": size.name, "version": size.version, "size_bytes": size.size_bytes} for size in built.distributions
        ],
    }


def _layer_json(layer: Layer | None) -> dict[str, Any] | None:
    if layer is None:
        return None
    return {"path": str(layer.path), "sha256": layer.sha256, "zipped_bytes": layer.zipped_bytes}


def _lines(artifact: Artifact) -> list[str]:
    """A table of what is in the artifact, and where it is."""
    zipped = [("zipped", artifact.zipped_bytes)]
    files = [f"sha256  {artifact.sha256}", f"file    {_shown(artifact.path)}"]
    if artifact.layer is not None:
        zipped = [("layer, zipped", artifact.layer.zipped_bytes), ("code, zipped", artifact.zipped_bytes)]
        files.append(f"layer   {_shown(artifact.layer.path)}")
    return [*_table(artifact, *zipped), "", *files]


def _table(built: Artifact | Image, *more: tuple[str, int]) -> list[str]:
    """Sizes with their names, the dearest first."""
    installed = sum(size.size_bytes for size in built.distributions)
    rows = [(f"{size.name} {size.version}", size.size_bytes) for size in built.distributions]
    rows.append(("project and lambwsgi", built.unzipped_bytes - installed - built.bytecode_bytes))
    if built.bytecode_bytes:
        rows.append(("bytecode of all these", built.bytecode_bytes))
    rows += [("unzipped", built.unzipped_bytes), *more]
    width = max(len(name) for name, _ in rows)
    imported = [] if built.import_seconds is None else [f"{'import':<{width}}  {built.import_seconds:>9,.2f} s"]
    return [*(f"{name:<{width}}  {size / 1000:>9,.1f} kB" for name, size in rows), *imported]


def _shown(path: Path) -> Path:
    """The path from where the user is, when it is below."""
    here = Path.cwd()
    return path.relative_to(here) if path.is_relative_to(here) else path
