"""An artifact of links: distributions and all that they require, as they are installed here."""

from __future__ import annotations

import importlib.metadata
import re
from pathlib import Path

import lambwsgi

# What a requirement begins with, and what of one holds only elsewhere.
_NAME = re.compile(r"[A-Za-z0-9._-]+")
_EXTRA = re.compile(r";.*\bextra\s*==")


def link_distributions(names: list[str], folder: Path) -> None:
    """Link the packages of these distributions, and of what they require, into `folder`.

    Of lambwsgi the sources that run here: installed editable, its distribution knows of no package. It requires none.
    """
    if "lambwsgi" in names:
        (folder / "lambwsgi").symlink_to(Path(lambwsgi.__file__).parent)
    for name in sorted(_closure([name for name in names if name != "lambwsgi"])):
        for top in _tops(name):
            if not (folder / top.name).exists():
                (folder / top.name).symlink_to(top)


def _closure(names: list[str]) -> set[str]:
    found: set[str] = set()
    waiting = list(names)
    while waiting:
        name = re.sub(r"[-_.]+", "-", waiting.pop()).lower()
        if name in found:
            continue
        try:
            requirements = importlib.metadata.distribution(name).requires or ()
        except importlib.metadata.PackageNotFoundError:
            continue  # required on another system or another Python
        found.add(name)
        waiting += [match[0] for each in requirements if not _EXTRA.search(each) and (match := _NAME.match(each))]
    return found


def _tops(name: str) -> list[Path]:
    """The packages and modules of a distribution."""
    distribution = importlib.metadata.distribution(name)
    files = distribution.files or ()
    tops = {file.parts[0] for file in files if file.parts[0] not in {"..", "__pycache__"}}
    return [Path(str(distribution.locate_file(top))).resolve() for top in sorted(tops)]
