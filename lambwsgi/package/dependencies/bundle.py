"""The dependencies as they go into the artifact: installed, pruned, compiled, and as a layer where they are one.

All of it follows from the exact versions and the target, so it is made once and kept: after a change of the project's
own code nothing is installed, compiled or compressed again.
"""

from __future__ import annotations

import hashlib
import json
import os
import tempfile
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Literal

from lambwsgi.package.archive import sha256_of, write_archive
from lambwsgi.package.cache import Cache, remove_tree, seal_tree
from lambwsgi.package.dependencies.distributions import Distribution, read_distributions
from lambwsgi.package.dependencies.installed import harmed_distributions
from lambwsgi.package.dependencies.pruning import prune
from lambwsgi.package.dependencies.requirements import Requirements
from lambwsgi.package.dependencies.resolver import install, is_immutable, pin, pinned_versions
from lambwsgi.package.dependencies.uv import UvFailedError, run_uv
from lambwsgi.package.errors import BinaryError
from lambwsgi.package.platform.bytecode import TASK_ROOT, compile_files
from lambwsgi.package.platform.elf import check_binaries
from lambwsgi.package.platform.interpreter import Interpreter
from lambwsgi.package.platform.target import Target
from lambwsgi.settings.model import Slim

# Where Lambda unpacks a layer, and the folder of it that is on Python's import path.
# Source: Lambda developer guide, 'Packaging your layer content'.
LAYER_ROOT = "/opt/python"
_LAYER_PREFIX = "python/"
# Less than this unzipped is sent again with each change of the code: one file is simpler than two.
_LARGE_BYTES = 10_000_000
_ADVICE = (
    "A wheel has another tag than what is in it, or was built on a newer system: ask for another version of it, or"
    " choose another 'runtime' or 'architecture'"
)
# To be raised when what is kept, or how it is made, changes.
_FORMAT = 6
_RECORD = "record.json"
_LAYER = "layer.zip"

LayerChoice = Literal["auto"] | bool


@dataclass(frozen=True, slots=True)
class Wish:
    """For which target, compiled by which Python (None: not at all), whether as a layer, and what is left out."""

    target: Target
    compiler: Interpreter | None
    layer: LayerChoice
    slim: Slim = Slim.TESTS


@dataclass(frozen=True, slots=True)
class Dependencies:
    """What was installed. `root` holds it as Lambda will unpack it; `layer` is its zip, None when it is no layer.

    `sizes` has every file, bytecode included, by its name below the root, in bytes.
    """

    requirements: Requirements | None
    distributions: tuple[Distribution, ...] = ()
    sizes: Mapping[str, int] = field(default_factory=dict)
    root: Path = Path()
    layer: Path | None = None

    @property
    def files(self) -> dict[str, Path]:
        """The files by their names below the root."""
        return {name: self.root / name for name in self.sizes}

    @property
    def pins(self) -> dict[str, str]:
        """The versions by the names of the distributions."""
        return {one.name: one.version for one in self.distributions}


def gather(
    requirements: Requirements | None, wish: Wish, cache: Cache, scratch: Path, report: Callable[[str], None]
) -> Dependencies:
    """The dependencies, from the cache if they were made before. Raises ResolveError and PackageError.

    What is not fixed by its name and version, such as a folder of the project, is made anew each time, in `scratch`.
    """
    if requirements is None:
        return Dependencies(None)
    pinned = pin(requirements, wish.target)

    def make(folder: Path) -> None:
        report(f"installing what {requirements} asks for, for {wish.target}")
        pins = pinned_versions(pinned)
        _install(requirements, wish.target, pins, folder / "root", report)
        _make(wish, folder)

    if not is_immutable(pinned):
        folder = Path(tempfile.mkdtemp(dir=scratch))
        make(folder)
        return _read(requirements, folder)
    return _read(requirements, cache.get(_key(pinned, requirements, wish), make, is_whole))


def _key(pinned: str, requirements: Requirements, wish: Wish) -> str:
    compiler = wish.compiler and [str(wish.compiler.program), wish.compiler.program.stat().st_mtime_ns]
    parts = [
        _FORMAT,
        pinned,
        requirements.from_source,
        requirements.excluded,
        asdict(wish.target),
        compiler,
        wish.layer,
        wish.slim,
    ]
    return hashlib.sha256(json.dumps(parts).encode()).hexdigest()


def _install(
    requirements: Requirements, target: Target, pins: Mapping[str, str], root: Path, report: Callable[[str], None]
) -> None:
    """Install, and once more where uv's cache gave less than the wheels have; a wheel's record may also be wrong."""
    install(requirements, target, root, pins=pins)
    harmed = harmed_distributions(root)
    if harmed:
        report(f"{', '.join(harmed)}: not as in the wheel, so uv's cache of it is cleared and it is fetched anew")
        with suppress(UvFailedError):  # then it is as it is
            run_uv(["cache", "clean", *harmed], requirements.directory)
        remove_tree(root)
        install(requirements, target, root, pins=pins)


def _make(wish: Wish, folder: Path) -> None:
    root = folder / "root"
    distributions = read_distributions(root)
    files = prune(root, wish.slim)
    if problems := list(check_binaries(files, wish.target)):
        raise BinaryError(problems, _ADVICE)
    size_bytes = sum(path.stat().st_size for path in files.values())
    is_layer = bool(files) and (wish.layer is True or (wish.layer == "auto" and size_bytes > _LARGE_BYTES))
    if wish.compiler is not None:
        files |= _compile(files, wish.compiler, root, LAYER_ROOT if is_layer else TASK_ROOT)
    if is_layer:
        write_archive({_LAYER_PREFIX + name: path for name, path in files.items()}, folder / _LAYER)
    sizes = {name: files[name].stat().st_size for name in sorted(files)}
    layer = sha256_of(folder / _LAYER) if is_layer else None
    record = {"distributions": [asdict(one) for one in distributions], "sizes": sizes, "layer": layer}
    (folder / _RECORD).write_text(json.dumps(record), "utf-8")
    seal_tree(root)


def _compile(files: Mapping[str, Path], compiler: Interpreter, root: Path, unpacked_in: str) -> dict[str, Path]:
    """Bytecode beside its sources, as the import system looks for it; by its names."""
    with tempfile.TemporaryDirectory(dir=root.parent, prefix="bytecode-") as scratch:
        made = compile_files(files, compiler, Path(scratch, "made"), root=unpacked_in)
        for name, path in made.items():
            (root / name).parent.mkdir(exist_ok=True)
            path.rename(root / name)
    return {name: root / name for name in made}


def is_whole(folder: Path) -> bool:
    """Whether all is there and can be read: files as long as they were, the layer byte by byte.

    A machine that goes down may keep a file's name and lose its content.
    """
    try:
        record = json.loads((folder / _RECORD).read_bytes())
        layer: str | None = record["layer"]
        return (layer is None or sha256_of(folder / _LAYER) == layer) and all(
            _is_as_long(folder / "root" / name, size) for name, size in record["sizes"].items()
        )
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return False


def _is_as_long(path: Path, size_bytes: int) -> bool:
    return path.stat().st_size == size_bytes and os.access(path, os.R_OK)


def _read(requirements: Requirements, folder: Path) -> Dependencies:
    record = json.loads((folder / _RECORD).read_bytes())
    return Dependencies(
        requirements,
        tuple(Distribution(**each) for each in record["distributions"]),
        record["sizes"],
        folder / "root",
        folder / _LAYER if record["layer"] else None,
    )
