"""A folder that `docker build` makes the stage's image of, its content proven as an artifact is.

All that the application needs is copied into the image, so that neither its build nor its start asks a package index.
"""

from __future__ import annotations

import json
import os
import shutil
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from lambwsgi.package.artifact import DistributionSize
from lambwsgi.package.attributes import EARLIEST, mode_of, time_of
from lambwsgi.package.builders.assembly import Report, say_nothing
from lambwsgi.package.builders.image_content import base_name, prepare, start_of
from lambwsgi.package.builders.parts import Parts
from lambwsgi.package.cache import Cache, default_cache, remove_tree
from lambwsgi.package.errors import PackageError, disk_words
from lambwsgi.package.platform.bytecode import TASK_ROOT
from lambwsgi.settings.model import StageSettings
from lambwsgi.settings.variables import function_variables


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


def dockerfile(settings: StageSettings, base: str) -> str:
    """The Dockerfile of the stage. The dependencies are a layer below the code, which changes more often.

    Only lambwsgi's own variables are in it: those of the stage may differ from one function to the next.
    """
    variables = function_variables(settings)
    ours = {name: variables[name] for name in variables if name.startswith("LAMBWSGI_")}
    environment = [f"ENV {name}={json.dumps(value)}" for name, value in ours.items()]
    start = [f"{word.upper()} {json.dumps(words)}" for word, words in start_of(settings).items()]
    lines = [
        "# Written by lambwsgi; the next `lambwsgi package --image` writes it anew.",
        f"FROM {base}",
        f"COPY dependencies/ {TASK_ROOT}/",
        f"COPY code/ {TASK_ROOT}/",
        *environment,
        *start,
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
        path.chmod(mode_of(source))
        seconds = time_of(path.read_bytes())
        os.utime(path, (seconds, seconds))
    for place, _, _ in os.walk(folder):
        os.utime(place, (EARLIEST, EARLIEST))
