"""What an installer leaves beside the packages and a running application never reads.

Metadata and entry points stay: `importlib.metadata` and plugins need them. Tests inside packages stay as well, since
public modules such as `numpy.testing` cannot be told from them by name.
"""

from __future__ import annotations

import re
from pathlib import Path

# Names of files made anew by every installation, with paths, times or the installer's name in them.
_NOISE = frozenset({"RECORD", "INSTALLER", "REQUESTED", "direct_url.json", "uv_cache.json"})
_BYTECODE = re.compile(r".*\.py[co]")


def prune(folder: Path) -> dict[str, Path]:
    """Remove what does not belong in the artifact; the files that are left, by their names there, sorted."""
    kept = {}
    for path in [path for path in folder.rglob("*") if not path.is_dir()]:
        name = path.relative_to(folder)
        if path.is_file() and not _is_dropped(name.parts):
            kept[name.as_posix()] = path
        else:
            path.unlink()
    return dict(sorted(kept.items()))


def _is_dropped(parts: tuple[str, ...]) -> bool:
    if parts[0] == "bin" or parts == (".lock",) or _BYTECODE.fullmatch(parts[-1]):
        return True
    return len(parts) == 2 and parts[0].endswith(".dist-info") and parts[1] in _NOISE
