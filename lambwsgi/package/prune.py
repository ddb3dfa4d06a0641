"""What an installer leaves beside the packages and a running application never reads.

Metadata and entry points stay: `importlib.metadata` and plugins need them. Tests inside packages stay as well, since
public modules such as `numpy.testing` cannot be told from them by name.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

# Names of files made anew by every installation, with paths, times or the installer's name in them.
_NOISE = frozenset({"RECORD", "INSTALLER", "REQUESTED", "direct_url.json", "uv_cache.json"})
_BYTECODE = re.compile(r".*\.py[co]")


def kept_files(folder: Path) -> dict[str, Path]:
    """The files of the folder that belong in the artifact, by their names there, sorted."""
    return dict(sorted((path.relative_to(folder).as_posix(), path) for path in _walk(folder)))


def _walk(folder: Path) -> Iterator[Path]:
    for path in folder.rglob("*"):
        parts = path.relative_to(folder).parts
        if path.is_file() and not _is_dropped(parts):
            yield path


def _is_dropped(parts: tuple[str, ...]) -> bool:
    if parts[0] == "bin" or parts == (".lock",) or _BYTECODE.fullmatch(parts[-1]):
        return True
    return len(parts) == 2 and parts[0].endswith(".dist-info") and parts[1] in _NOISE
