"""The distributions in a folder of installed packages, read from their metadata."""

from __future__ import annotations

import csv
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from email.parser import HeaderParser
from pathlib import Path

from lambwsgi.package.artifact import DistributionSize

_NAME = re.compile(r"[A-Za-z0-9][\w.-]*")


@dataclass(frozen=True, slots=True)
class Distribution:
    """One installed distribution; `files` are relative to the folder, with slashes.

    `requires` are the names, in their canonical form, of those it asks for, its extras' among them.
    """

    name: str
    version: str
    files: Sequence[str]
    requires: Sequence[str] = ()


def canonical_name(name: str) -> str:
    """The form in which two spellings of a distribution's name are one, PEP 503."""
    return re.sub(r"[-_.]+", "-", name).lower()


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
    asked = (_NAME.match(line) for line in metadata.get_all("Requires-Dist", ()))
    requires = sorted({canonical_name(found[0]) for found in asked if found})
    return Distribution(metadata["Name"], metadata["Version"], files, requires)
