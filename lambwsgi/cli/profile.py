"""`profile imports`: where the import time of the artifact goes."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from lambwsgi.cli import output
from lambwsgi.cli.options import output_option, settings_option, stage_argument
from lambwsgi.cli.project import open_project

if TYPE_CHECKING:
    from lambwsgi.package.proof.import_times import Import, Profile
    from lambwsgi.settings.model import StageSettings

_DEAREST = 10
# What is shorter is not worth a line.
_SHOWN_US = 1000


@click.group()
def profile() -> None:
    """Show what a cold start spends its time on."""


@profile.command()
@stage_argument
@settings_option
@click.option(
    "--html",
    "page_path",
    type=click.Path(path_type=Path, dir_okay=False),
    metavar="OUT.html",
    help="Also draw a flame graph.",
)
@output_option
def imports(stage: str | None, settings_path: Path, page_path: Path | None, output_format: str) -> None:
    """Show where the import time of the stage's artifact goes, and what it could do without."""
    from lambwsgi.package.builders.zip_archive import build
    from lambwsgi.package.platform.interpreter import find_interpreter
    from lambwsgi.package.platform.target import host_target
    from lambwsgi.package.proof.flame_graph import flame_page
    from lambwsgi.package.proof.import_times import profile_imports

    project = open_project(settings_path)
    settings = project.pick(stage)
    interpreter = find_interpreter(settings.python_version)
    with tempfile.TemporaryDirectory(prefix="lambwsgi-artifact-") as folder:
        target = host_target(interpreter.version)
        artifact = build(settings, project.directory, Path(folder, "artifact.zip"), target=target)
        found = profile_imports(artifact, settings, interpreter)
    summary = _summary(found, settings, interpreter.version)
    if page_path is not None:
        page = flame_page(found, title=settings.function_name, summary=summary, path=settings.smoke_path)
        try:
            page_path.write_text(page, encoding="utf-8")
        except OSError as error:
            raise click.ClickException(f"{page_path} cannot be written: {error.strerror}") from error
        output.progress(f"the flame graph is in {page_path}")
    if output_format == "json":
        output.result_json(_as_json(found))
    else:
        output.result("\n".join([summary, *_lines(found, settings)]))


def _summary(found: Profile, settings: StageSettings, version: str) -> str:
    instead = "" if version == settings.python_version else f", in place of {settings.python_version}"
    count = sum(1 for each in found.imports for _ in each.walk())
    return f"{_ms(found.total_us)} ms for {count} modules, with Python {version}{instead} on this machine"


def _lines(found: Profile, settings: StageSettings) -> Iterator[str]:
    yield "\n     ms      own  module"
    yield from _tree(found.imports, "")
    yield "\nthe dearest by themselves, ms"
    for each in found.dearest(_DEAREST):
        yield f"{_ms(each.own_us):>7}  {each.name}"
    unused = found.unused(_SHOWN_US)
    if unused:
        yield f"\nnot called by GET {settings.smoke_path}: imported where it is needed, each would save, ms"
        for each, importer in unused:
            yield f"{_ms(each.total_us):>7}  {each.name}, imported by {importer}"


def _tree(modules: Sequence[Import], indent: str) -> Iterator[str]:
    short = [each for each in modules if each.total_us < _SHOWN_US]
    for each in modules:
        if each.total_us >= _SHOWN_US:
            yield f"{_ms(each.total_us):>7}  {_ms(each.own_us):>7}  {indent}{each.name}"
            yield from _tree(each.imported, indent + "  ")
    if short:
        yield f"{_ms(sum(each.total_us for each in short)):>7}           {indent}{len(short)} more"


def _ms(microseconds: int) -> str:
    return f"{microseconds / 1000:.1f}"


def _as_json(found: Profile) -> dict[str, Any]:
    return {
        "total_us": found.total_us,
        "imports": [_module_json(each) for each in found.imports],
        "unused": [
            {"name": each.name, "imported_by": importer, "total_us": each.total_us}
            for each, importer in found.unused(_SHOWN_US)
        ],
    }


def _module_json(module: Import) -> dict[str, Any]:
    return {
        "name": module.name,
        "own_us": module.own_us,
        "total_us": module.total_us,
        "called": module.called,
        "imported": [_module_json(each) for each in module.imported],
    }
