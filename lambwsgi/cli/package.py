"""`package`: build the artifact and say what is in it."""

from __future__ import annotations

import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from lambwsgi.cli import output
from lambwsgi.cli.options import output_option, settings_option, stage_argument
from lambwsgi.cli.project import artifact_path, open_project

if TYPE_CHECKING:
    from lambwsgi.package.artifact import Artifact, Layer
    from lambwsgi.settings.model import StageSettings


@click.command()
@stage_argument
@settings_option
@click.option(
    "--path",
    "zip_path",
    type=click.Path(path_type=Path, dir_okay=False),
    metavar="OUT.zip",
    help="Where to put the artifact; default: .lambwsgi/PROJECT-STAGE.zip beside the settings file.",
)
@click.option(
    "--explain",
    "explained",
    type=click.Path(path_type=Path),
    metavar="PATH",
    help="Build nothing; say why this file of the project, or of the artifact, is in it or not.",
)
@output_option
def package(
    stage: str | None, settings_path: Path, zip_path: Path | None, explained: Path | None, output_format: str
) -> None:
    """Build the artifact and prove it; show what it weighs."""
    from lambwsgi.package.build import build
    from lambwsgi.settings.write import FIRST_STAGE

    first_time = not settings_path.exists()
    project = open_project(settings_path)
    settings = project.pick(FIRST_STAGE if first_time and stage is None else stage)
    path = zip_path or artifact_path(settings, project.directory)
    if explained is not None:
        output.result(_explanation(settings, project.directory, path, explained))
        return
    began = time.perf_counter()
    artifact = build(settings, project.directory, path, report=output.progress)
    output.progress(_took(time.perf_counter() - began, artifact))
    if output_format == "json":
        output.result_json(_as_json(artifact))
    else:
        output.result("\n".join(_lines(artifact)))


def _explanation(settings: StageSettings, directory: Path, artifact: Path, path: Path) -> str:
    from lambwsgi.package.assemble import Project
    from lambwsgi.package.explain import explain_path
    from lambwsgi.package.target import target_of

    return explain_path(Project(settings, directory, artifact.resolve(), target_of(settings)), path)


def _took(seconds: float, artifact: Artifact) -> str:
    imported = artifact.import_seconds
    proof = "" if imported is None else f"; the application was imported in {imported:.2f} s"
    return f"built in {seconds:.1f} s{proof}"


def _as_json(artifact: Artifact) -> dict[str, Any]:
    return {
        "path": str(artifact.path),
        "sha256": artifact.sha256,
        "zipped_bytes": artifact.zipped_bytes,
        "unzipped_bytes": artifact.unzipped_bytes,
        "bytecode_bytes": artifact.bytecode_bytes,
        "layer": _layer_json(artifact.layer),
        "import_seconds": artifact.import_seconds,
        "distributions": [
            {"name": size.name, "version": size.version, "size_bytes": size.size_bytes}
            for size in artifact.distributions
        ],
    }


def _layer_json(layer: Layer | None) -> dict[str, Any] | None:
    if layer is None:
        return None
    return {"path": str(layer.path), "sha256": layer.sha256, "zipped_bytes": layer.zipped_bytes}


def _lines(artifact: Artifact) -> list[str]:
    """A table of what is in the artifact, the dearest first, and where it is."""
    installed = sum(size.size_bytes for size in artifact.distributions)
    rows = [(f"{size.name} {size.version}", size.size_bytes) for size in artifact.distributions]
    rows.append(("project and lambwsgi", artifact.unzipped_bytes - installed - artifact.bytecode_bytes))
    if artifact.bytecode_bytes:
        rows.append(("bytecode of all these", artifact.bytecode_bytes))
    rows.append(("unzipped", artifact.unzipped_bytes))
    if artifact.layer is not None:
        rows.append(("layer, zipped", artifact.layer.zipped_bytes))
    rows.append(("zipped" if artifact.layer is None else "code, zipped", artifact.zipped_bytes))
    width = max(len(name) for name, _ in rows)
    table = [f"{name:<{width}}  {size / 1000:>9,.1f} kB" for name, size in rows]
    layer = [] if artifact.layer is None else [f"layer   {_shown(artifact.layer.path)}"]
    return [*table, "", f"sha256  {artifact.sha256}", f"file    {_shown(artifact.path)}", *layer]


def _shown(path: Path) -> Path:
    """The path from where the user is, when it is below."""
    here = Path.cwd()
    return path.relative_to(here) if path.is_relative_to(here) else path
