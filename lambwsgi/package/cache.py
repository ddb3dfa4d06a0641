"""What was made before, kept for the next build: a folder for each key, there as a whole or not at all."""

from __future__ import annotations

import os
import shutil
import tempfile
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from lambwsgi.package.errors import PackageError, disk_words

_PARTIAL = ".partial-"
# What nobody asked for in a month goes, and what a killed build left after a day.
_KEPT_SECONDS = 30 * 86_400
_PARTIAL_SECONDS = 86_400


@dataclass(frozen=True, slots=True)
class Cache:
    """Folders by key, below one folder of this machine."""

    folder: Path

    def get(self, key: str, make: Callable[[Path], None], is_whole: Callable[[Path], bool] = Path.is_dir) -> Path:
        """The folder of that key. `make` fills it when it is not there yet; killed meanwhile, it leaves nothing.

        One that is not whole any more, after a crash of the machine for example, is made anew. Raises PackageError
        where nothing can be written, and what `make` raises.
        """
        place = self.folder / key
        try:
            if not is_whole(place):
                self._make(place, make, is_whole)
        except OSError as error:
            raise PackageError(
                f"the cache {self.folder} cannot be written: {disk_words(error)};"
                " name another folder in LAMBWSGI_CACHE_DIR"
            ) from error
        with suppress(OSError):  # when it was last used, by which it is kept
            os.utime(place)
        return place

    def _make(self, place: Path, make: Callable[[Path], None], is_whole: Callable[[Path], bool]) -> None:
        self.folder.mkdir(parents=True, exist_ok=True)
        self._tidy()
        partial = Path(tempfile.mkdtemp(prefix=_PARTIAL, dir=self.folder))
        try:
            make(partial)
            if place.exists() and not is_whole(place):
                self._put_aside(place)
            with suppress(OSError):  # another build was faster: what it made is the same
                partial.rename(place)
        finally:
            remove_tree(partial)

    def _put_aside(self, place: Path) -> None:
        aside = Path(tempfile.mkdtemp(prefix=_PARTIAL, dir=self.folder), "old")
        place.rename(aside)
        remove_tree(aside.parent)

    def _tidy(self) -> None:
        for entry in self.folder.iterdir():
            kept_seconds = _PARTIAL_SECONDS if entry.name.startswith(_PARTIAL) else _KEPT_SECONDS
            with suppress(FileNotFoundError):  # another build tidies up as well
                if time.time() - entry.stat().st_mtime > kept_seconds:
                    remove_tree(entry)


def default_cache() -> Cache:
    """The cache of whoever runs this: LAMBWSGI_CACHE_DIR, else `lambwsgi` where caches lie."""
    named = os.environ.get("LAMBWSGI_CACHE_DIR")
    home = os.environ.get("XDG_CACHE_HOME") or Path("~/.cache").expanduser()
    return Cache(Path(named) if named else Path(home, "lambwsgi"))


def seal_tree(folder: Path) -> None:
    """Nothing can be added to the folder or removed from it. The files stay as they are: others may share them."""
    for path, _, _ in os.walk(folder, topdown=False):
        Path(path).chmod(0o555)


def remove_tree(folder: Path) -> None:
    """Remove a folder, sealed or not. One that is missing is fine, and a file in its place goes too."""
    if folder.is_file():
        folder.unlink()
    for path, _, _ in os.walk(folder):
        Path(path).chmod(0o755)
    shutil.rmtree(folder, ignore_errors=True)
