"""What packaging yields: a zip file on this disk, known by its digest."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

# It wakes requests, which only images need.
if TYPE_CHECKING:
    from lambwsgi.package.images.oci import ContainerImage


@dataclass(frozen=True, slots=True)
class DistributionSize:
    """One distribution in the artifact: its name, its version and what it weighs unzipped, in bytes."""

    name: str
    version: str
    size_bytes: int


# A file of the code that holds the digest of the layer it needs, so that the two are never mixed up.
LAYER_MARK = ".lambwsgi-layer"


def layer_path(path: Path) -> Path:
    """Where the layer of the artifact at that path lies: beside it."""
    return path.with_name(f"{path.stem}.layer.zip")


@dataclass(frozen=True, slots=True)
class Layer:
    """The dependencies, as a zip of their own, known by its digest as well. Size in bytes, zipped."""

    path: Path
    sha256: str
    zipped_bytes: int


@dataclass(frozen=True, slots=True)
class Artifact:
    """A built and proven deployment package.

    `sha256` is the hex digest of the zip file; it is the name under which the artifact is stored, so unchanged input
    is never uploaded twice. Sizes in bytes; unzipped is counted as Lambda does, with the layer. `distributions` are
    sorted by size, the dearest first, and counted without bytecode, which is counted by itself.
    """

    path: Path
    sha256: str
    zipped_bytes: int
    unzipped_bytes: int
    distributions: tuple[DistributionSize, ...]
    bytecode_bytes: int = 0
    layer: Layer | None = None
    # Where the function is an image: `path` is the folder of its own layers, and `sha256` that of its manifest.
    image: ContainerImage | None = field(default=None, compare=False)
    # How long the import took when the artifact was proven; None when it was not.
    import_seconds: float | None = field(default=None, compare=False)

    @property
    def layer_sha256(self) -> str | None:
        """The digest of the layer; None where the dependencies lie in the artifact itself."""
        return None if self.layer is None else self.layer.sha256
