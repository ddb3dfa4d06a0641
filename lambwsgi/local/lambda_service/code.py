"""A function's code, unpacked as Lambda unpacks it."""

from __future__ import annotations

import os
import zipfile
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import BinaryIO


def unpack(artifact: BinaryIO | Path, root: Path) -> None:
    """Unpack a zip file with the permissions and times it holds, as Lambda does and `zipfile` does not."""
    with zipfile.ZipFile(artifact) as archive:
        for entry in archive.infolist():
            path = Path(archive.extract(entry, root))
            mode = entry.external_attr >> 16 & 0o777
            if mode and not entry.is_dir():
                path.chmod(mode)
            with suppress(ValueError):  # the entry has no time
                seconds = datetime(*entry.date_time, tzinfo=UTC).timestamp()
                os.utime(path, (seconds, seconds))
