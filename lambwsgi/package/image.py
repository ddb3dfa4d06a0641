"""The gatherer for container images: a folder that `docker build` makes the image of, proven as an artifact is.

All that the application needs is copied into the image, so that neither its build nor its start asks a package index.
"""

from __future__ import annotations

import json
import os
import shutil
import stat
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from lambwsgi.adapter.stream import WRAPPER_VARIABLE
from lambwsgi.package.archive import time_of
from lambwsgi.package.artifact import DistributionSize
from lambwsgi.package.assemble import Project, Report, assemble, say_nothing
from lambwsgi.package.build import report_clashes
from lambwsgi.package.bytecode import TASK_ROOT
from lambwsgi.package.cache import Cache, default_cache, remove_tree
from lambwsgi.package.errors import PackageError, disk_words
from lambwsgi.package.parts import Parts
from lambwsgi.package.smoke import Installed, Trial, smoke
from lambwsgi.package.target import target_of
from lambwsgi.settings.model import StageSettings
from lambwsgi.settings.variables import HANDLER, function_variables

# Source: Lambda developer guide, 'Deploy Python Lambda functions with container images'.
_BASE = "public.ecr.aws/lambda/python"
# Of folders; layers of the image have the same bytes on any day.
_NO_TIME = 315_532_800
_MODES = {False: 0o644, True: 0o755}


@dataclass(frozen=True, slots=True)
class Image:
    """A folder with a Dockerfile. Sizes in bytes, of what is copied into the image; the base comes on top."""

    path: Path
    base: str
    unzipped_bytes: int
    bytecode_bytes: int
    distributions: tuple[DistributionSize, ...]
    import_seconds: float | None = field(compare=False)


def write_image(
    settings: StageSettings,
    directory: Path,
    output: Path,
    *,
    base: str | None = None,
    report: Report = say_nothing,
    cache: Cache | None = None,
) -> Image:
    """The folder `output`, written anew, from which the image of the stage is built. Raises PackageError.

    `base` is AWS's image for the runtime, with its digest; without it the tag alone is taken, and that is reported.
    """
    chosen = _checked_base(base, settings, report)
    with tempfile.TemporaryDirectory(prefix="lambwsgi-image-") as scratch:
        prepared = prepare(settings, directory, output, (cache or default_cache(), Path(scratch)), report)
        parts = prepared.parts
        _write_folder(output.resolve(), parts, dockerfile(settings, chosen))
        return Image(
            output.resolve(),
            chosen,
            parts.unzipped_bytes,
            parts.bytecode_bytes,
            parts.distributions,
            prepared.import_seconds,
        )


@dataclass(frozen=True, slots=True)
class Prepared:
    """What goes into an image, proven; and how long its import took, None where it was not proven."""

    parts: Parts
    import_seconds: float | None


def prepare(
    settings: StageSettings, directory: Path, output: Path, place: tuple[Cache, Path], report: Report
) -> Prepared:
    """What goes into the image of the stage, all of it beside the code, made in a cache and a scratch folder."""
    whole = settings.model_copy(update={"layer": False})
    project = Project(whole, directory, output.resolve(), target_of(settings))
    parts = assemble(project, *place, report)
    report_clashes(parts, report)
    installed = Installed(parts.dependencies.requirements, frozenset(parts.installed), parts.dependencies.pins)
    return Prepared(parts, smoke(Trial(parts.code, whole, directory, project.target, installed), report))


def base_name(settings: StageSettings) -> str:
    """The image that the stage's is made from, as the settings name it; else AWS's own for the runtime."""
    return settings.base_image or f"{_BASE}:{settings.python_version}"


def dockerfile(settings: StageSettings, base: str) -> str:
    """The Dockerfile of the stage. The dependencies are a layer below the code, which changes more often.

    Only lambwsgi's own variables are in it: those of the stage may differ from one function to the next.
    """
    variables = function_variables(settings)
    ours = {name: variables[name] for name in variables if name.startswith("LAMBWSGI_")}
    environment = [f"ENV {name}={json.dumps(value)}" for name, value in ours.items()]
    # Where the image starts, the wrapper that brings our runtime client has no say.
    runtime = ['ENTRYPOINT ["python", "-m", "lambwsgi.runtime"]'] if WRAPPER_VARIABLE in variables else []
    lines = [
        "# Written by lambwsgi; the next `lambwsgi package --image` writes it anew.",
        f"FROM {base}",
        f"COPY dependencies/ {TASK_ROOT}/",
        f"COPY code/ {TASK_ROOT}/",
        *environment,
        *runtime,
        f"CMD {json.dumps([HANDLER])}",
    ]
    return "\n".join([*lines, ""])


def _checked_base(base: str | None, settings: StageSettings, report: Report) -> str:
    named = base_name(settings)
    if base is None and "@sha256:" in named:
        return named
    if base is None:
        report(
            f"warning: the base image {named} is not pinned: its digest is not known here; name it with its digest,"
            f" --base-image {named}@sha256:…"
        )
        return named
    if "@sha256:" not in base:
        raise PackageError(f"base image {base}: a tag can be moved to another image; name it as {base}@sha256:…")
    return base


def _write_folder(output: Path, parts: Parts, text: str) -> None:
    """Write beside the output first, so that what is there is whole at any moment."""
    partial, former = (output.with_name(f".{output.name}.{part}.{os.getpid()}") for part in ("new", "old"))
    try:
        own = {**parts.own, **parts.compiled}
        for folder, files in (("dependencies", parts.installed), ("code", own)):
            _copy(files, partial / folder)
        (partial / "Dockerfile").write_text(text, "utf-8")
        if output.exists():
            output.rename(former)
        partial.rename(output)
    except OSError as error:
        raise PackageError(f"{output} cannot be written: {disk_words(error)}") from error
    finally:
        remove_tree(partial)
        remove_tree(former)


def _copy(files: Mapping[str, Path], folder: Path) -> None:
    folder.mkdir(parents=True)
    for name, source in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(source, path)
        path.chmod(_MODES[bool(source.stat().st_mode & stat.S_IXUSR)])
        seconds = time_of(path.read_bytes())
        os.utime(path, (seconds, seconds))
    for place, _, _ in os.walk(folder):
        os.utime(place, (_NO_TIME, _NO_TIME))
