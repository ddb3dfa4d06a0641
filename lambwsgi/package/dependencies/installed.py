"""What was installed, held against the records that came with it: a crash of the machine may have harmed uv's cache."""

from __future__ import annotations

import base64
import csv
import hashlib
from collections.abc import Iterator
from pathlib import Path


def harmed_distributions(root: Path) -> tuple[str, ...]:
    """The names of the distributions below the folder of which a file is missing, or not what its wheel says.

    Source: Python packaging user guide, 'Recording installed projects', the RECORD file.
    """
    records = sorted(root.glob("*.dist-info/RECORD"))
    return tuple(_name(record) for record in records if any(not _is_as_recorded(*each) for each in _entries(record)))


def _name(record: Path) -> str:
    return record.parent.name.partition("-")[0]


def _entries(record: Path) -> Iterator[tuple[Path, str]]:
    """Files and their digests; what an installer writes itself has none."""
    with record.open(encoding="utf-8", newline="") as lines:
        for row in csv.reader(lines):
            if len(row) > 1 and row[1].startswith("sha256="):
                yield record.parent.parent / row[0], row[1].removeprefix("sha256=")


def _is_as_recorded(path: Path, digest: str) -> bool:
    try:
        with path.open("rb") as file:
            found = hashlib.file_digest(file, "sha256").digest()
    except OSError:
        return False
    return base64.urlsafe_b64encode(found).decode().rstrip("=") == digest.rstrip("=")
