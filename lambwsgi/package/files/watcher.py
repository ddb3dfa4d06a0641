"""Watching a project: which of the files that make up its artifact have another content than before.

By looking again and again: that works in containers, on network drives and in each editor's way of saving, needs no
library, and .gitignore and the settings say as always which files count. A look takes its share of the time, no more.
"""

from __future__ import annotations

import hashlib
import re
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from pathlib import Path

from lambwsgi.package.errors import PackageError
from lambwsgi.package.files.selection import select_files, selection_of
from lambwsgi.settings.model import StageSettings

# The content of each file, by its name in the artifact, as a digest.
Contents = Mapping[str, str]

# Read by a build, and never part of the artifact.
_BESIDES = (".gitignore", "uv.lock", "poetry.lock", "Pipfile.lock")
# What editors write beside a file that is open, or for a moment while they save it.
_OF_EDITORS = re.compile(r"(?:.*/)?(?:\..*\.sw[a-z]|.*~|\.?#.*|4913)")
_EVERY_SECONDS = 0.2
# Between two looks nine times as long as a look takes, so a large project costs a tenth of a processor.
_REST_PER_LOOK = 9
# An editor may save a file in several steps, and several files one after the other.
_SETTLED_SECONDS = 0.1


class ProjectLook:
    """Looks at the files of a project; one whose time and size have not changed is not read again."""

    def __init__(self, settings: StageSettings, directory: Path) -> None:
        self._selection = selection_of(settings)
        self._directory = directory
        self._besides = (*_BESIDES, *filter(None, (settings.requirements,)))
        self._read: dict[Path, tuple[int, int, str]] = {}

    def __call__(self) -> Contents:
        try:
            files = select_files(self._directory, self._selection)
        except PackageError as error:  # the build tells of it
            return {str(error): ""}
        files |= {name: self._directory / name for name in self._besides}
        return {name: digest for name, path in files.items() if (digest := self._digest(name, path))}

    def _digest(self, name: str, path: Path) -> str | None:
        """The digest of the file; None where it is gone by now, or none of the project's."""
        if _OF_EDITORS.fullmatch(name):
            return None
        with suppress(OSError):
            found = path.stat()
            known = self._read.get(path)
            if known is None or known[:2] != (found.st_mtime_ns, found.st_size):
                digest = hashlib.sha256(path.read_bytes()).hexdigest()
                self._read[path] = known = (found.st_mtime_ns, found.st_size, digest)
            return known[2]
        return None


def watch(
    look: Callable[[], Contents], known: Contents, pause: Callable[[float], None] = time.sleep
) -> Iterator[tuple[str, ...]]:
    """The names of what is other than `known`, once that has come to rest, and so on for ever.

    What changes while whoever asks is busy with the last of them comes next.
    """
    while True:
        known, before = _next(look, known, pause), known
        yield tuple(sorted(name for name in {*known, *before} if known.get(name) != before.get(name)))


def _next(look: Callable[[], Contents], known: Contents, pause: Callable[[float], None]) -> Contents:
    """The first contents that are others and stay what they are for a moment."""
    rest_seconds, last = 0.0, known
    while True:
        pause(rest_seconds)
        began = time.perf_counter()
        seen = look()
        rest_seconds = max(_EVERY_SECONDS, _REST_PER_LOOK * (time.perf_counter() - began))
        if seen == last != known:
            return seen
        if seen != known:
            rest_seconds = _SETTLED_SECONDS
        last = seen
