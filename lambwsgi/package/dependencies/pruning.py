"""What an installer leaves beside the packages and a running application does not read.

Metadata and entry points stay at every level: `importlib.metadata` and plugins need them.
"""

from __future__ import annotations

import re
from pathlib import Path

from lambwsgi.settings.model import Slim

# Names of files made anew by every installation, with paths, times or the installer's name in them.
_NOISE = frozenset({"RECORD", "INSTALLER", "REQUESTED", "direct_url.json", "uv_cache.json"})
_BYTECODE = re.compile(r".*\.py[co]")
# Modules that are for use are called otherwise: `django.test`, `numpy.testing`.
_TESTS = frozenset({"tests"})
# What compiled modules were made of, and what only editors and type checkers read.
_SOURCES = re.compile(r".*\.(?:pyi|pyx|pxd|pxi|c|cc|cpp|h|hpp|a|lib)")


def prune(folder: Path, slim: Slim = Slim.TESTS) -> dict[str, Path]:
    """Remove what does not belong in the artifact; the files that are left, by their names there, sorted."""
    kept = {}
    for path in [path for path in folder.rglob("*") if not path.is_dir()]:
        name = path.relative_to(folder)
        if path.is_file() and not why_dropped(name.parts, slim):
            kept[name.as_posix()] = path
        else:
            path.unlink()
    return dict(sorted(kept.items()))


def why_dropped(parts: tuple[str, ...], slim: Slim) -> str:
    """Why the file, given by the parts of its name, is left out; empty when it stays."""
    if parts[0] == "bin" or parts == (".lock",) or _BYTECODE.fullmatch(parts[-1]) or _is_noise(parts):
        return "which a running application does not read"
    if slim is not Slim.NONE and _TESTS.intersection(parts[:-1]):
        return f"which is a test; `slim: {Slim.NONE}` keeps it"
    if slim is Slim.MOST and _SOURCES.fullmatch(parts[-1]):
        return f"which is no Python; `slim: {Slim.TESTS}` keeps it"
    return ""


def _is_noise(parts: tuple[str, ...]) -> bool:
    return len(parts) == 2 and parts[0].endswith(".dist-info") and parts[1] in _NOISE
