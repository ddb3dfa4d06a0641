"""The distributions in a folder of installed packages, read from their metadata."""

from __future__ import annotations

import csv
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from email.parser import HeaderParser
from pathlib import Path

from lambwsgi.package.artifact import DistributionSize


@dataclass(frozen=True, slots=True)
class Distribution:
    """One installed distribution; `files` are relative to the folder, with slashes."""

    name: str
    version: str
    files: Sequence[str]


def read_distributions(folder: Path) -> tuple[Distribution, ...]:
    """The distributions in the folder, by name. To be called before RECORD files are pruned."""
    found = [_read_distribution(info) for info in folder.glob("*.dist-info")]
    return tuple(sorted(found, key=lambda distribution: distribution.name.lower()))


def measure(distributions: Sequence[Distribution], sizes: Mapping[str, int]) -> tuple[DistributionSize, ...]:
    """What each distribution adds to the artifact, the dearest first; `sizes` has the bytes of its files by name."""
    measured = [
        DistributionSize(one.name, one.version, sum(sizes.get(name, 0) for name in one.files)) for one in distributions
    ]
    return tuple(sorted(measured, key=lambda size: (-size.size_bytes, size.name)))


def _read_distribution(info: Path) -> Distribution:
    metadata = HeaderParser().parsestr((info / "METADATA").read_text("utf-8"))
    record = (info / "RECORD").read_text("utf-8")
    files = tuple(row[0] for row in csv.reader(record.splitlines()) if row)
    return Distribution(metadata["Name"], metadata["Version"], files)
