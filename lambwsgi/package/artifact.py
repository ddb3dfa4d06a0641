"""What packaging yields: a zip file on this disk, known by its digest."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class DistributionSize:
    """One distribution in the artifact: its name, its version and what it weighs unzipped, in bytes."""

    name: str
    version: str
    size_bytes: int


@dataclass(frozen=True, slots=True)
class Artifact:
    """A built and proven deployment package.

    `sha256` is the hex digest of the zip file; it is the name under which the artifact is stored, so unchanged input
    is never uploaded twice. Sizes in bytes. `distributions` are sorted by size, the dearest first, and counted without
    bytecode, which is counted by itself.
    """

    path: Path
    sha256: str
    zipped_bytes: int
    unzipped_bytes: int
    distributions: tuple[DistributionSize, ...]
    bytecode_bytes: int = 0
