"""What an artifact is made of: the project's own files with their bytecode, and the dependencies, inside or beside."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from lambwsgi.package.artifact import DistributionSize
from lambwsgi.package.dependencies.bundle import Dependencies
from lambwsgi.package.dependencies.distributions import measure
from lambwsgi.package.platform.bytecode import bytecode_name
from lambwsgi.package.proof.smoke import Installed


@dataclass(frozen=True, slots=True)
class Parts:
    """Files by their names in the artifact. `own` are the project's and lambwsgi's, `compiled` is their bytecode."""

    own: Mapping[str, Path]
    compiled: Mapping[str, Path]
    dependencies: Dependencies
    python_version: str

    @property
    def installed(self) -> dict[str, Path]:
        """The dependencies' files in the code; none where they are a layer.

        A file of the project takes the place of one of the same name, and of the bytecode made of that.
        """
        if self.dependencies.layer is not None:
            return {}
        hidden = {*self.own, *(bytecode_name(name, self.python_version) for name in self.own)}
        return {name: path for name, path in self.dependencies.files.items() if name not in hidden}

    @property
    def code(self) -> dict[str, Path]:
        """All that goes into the zip of the code."""
        return {**self.installed, **self.own, **self.compiled}

    @property
    def sizes(self) -> dict[str, int]:
        """Bytes of each file that was installed, where it is not hidden; by its name."""
        sizes = self.dependencies.sizes
        return dict(sizes) if self.dependencies.layer else {name: sizes[name] for name in self.installed}

    @property
    def unzipped_bytes(self) -> int:
        """What Lambda counts: the code and its layer."""
        return sum(self.sizes.values()) + _weigh([*self.own.values(), *self.compiled.values()])

    @property
    def bytecode_bytes(self) -> int:
        """How much of it is bytecode."""
        installed = sum(size for name, size in self.sizes.items() if name.endswith(".pyc"))
        return installed + _weigh(self.compiled.values())

    @property
    def distributions(self) -> tuple[DistributionSize, ...]:
        """What each distribution weighs, the dearest first."""
        return measure(self.dependencies.distributions, self.sizes)


def shared_names(own: Iterable[str], dependencies: Dependencies) -> list[tuple[str, str | None]]:
    """Names that a file of the project and one of a dependency have both, each with the distribution's."""
    owners = {name: distribution.name for distribution in dependencies.distributions for name in distribution.files}
    return [(name, owners.get(name)) for name in sorted(set(own) & set(dependencies.sizes))]


def shared_package(own: Iterable[str], dependencies: Dependencies) -> str | None:
    """A package that has modules in the project and in a dependency; None where they can lie in two folders.

    Python looks for a package's modules in the folder where it found the package. Namespace packages are found in all.
    """
    own = set(own)
    installed = dependencies.sizes
    common = _folders(own) & _folders(installed)
    regular = (folder for folder in sorted(common) if _is_package(folder, own) or _is_package(folder, installed))
    return next(regular, None)


def _folders(names: Iterable[str]) -> set[str]:
    return {str(folder) for name in names if name.endswith(".py") for folder in PurePosixPath(name).parents[:-1]}


def _is_package(folder: str, names: Iterable[str]) -> bool:
    return f"{folder}/__init__.py" in names


def _weigh(paths: Iterable[Path]) -> int:
    return sum(path.stat().st_size for path in paths)


def installed_of(parts: Parts) -> Installed:
    """What the proof has to know of the dependencies."""
    found = parts.dependencies
    return Installed(found.requirements, frozenset(parts.installed), found.pins, found.root if found.layer else None)
