"""Folders that are there as a whole or not at all."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from lambwsgi.package.cache import Cache, seal_tree
from lambwsgi.package.errors import PackageError

# Fills half of an entry and is killed.
KILLED = """\
import os, signal, sys
from pathlib import Path
from lambwsgi.package.cache import Cache

def make(folder):
    (folder / "half").write_text("x")
    os.kill(os.getpid(), signal.SIGKILL)

Cache(Path(sys.argv[1])).get("key", make)
"""


def _write(folder: Path) -> None:
    (folder / "file").write_text("made")


def _refuse(folder: Path) -> None:
    raise AssertionError(folder)


def test_what_is_there_is_not_made_again(tmp_path: Path) -> None:
    made = Cache(tmp_path).get("key", _write)

    assert Cache(tmp_path).get("key", _refuse) == made
    assert (made / "file").read_text() == "made"


def test_what_is_not_whole_any_more_is_made_again(tmp_path: Path) -> None:
    made = Cache(tmp_path).get("key", _write)
    (made / "file").unlink()

    again = Cache(tmp_path).get("key", _write, lambda folder: (folder / "file").exists())

    assert (again / "file").read_text() == "made"


def test_what_fails_while_it_is_made_leaves_nothing(tmp_path: Path) -> None:
    with pytest.raises(AssertionError):
        Cache(tmp_path).get("key", _refuse)

    assert list(tmp_path.iterdir()) == []


def test_a_build_that_is_killed_leaves_no_entry_and_the_next_makes_it(tmp_path: Path) -> None:
    killed = subprocess.run([sys.executable, "-c", KILLED, str(tmp_path)], check=False)
    made = Cache(tmp_path).get("key", _write)

    assert killed.returncode < 0
    assert [path.name for path in made.iterdir()] == ["file"]


def test_one_that_was_faster_wins(tmp_path: Path) -> None:
    def make(folder: Path) -> None:
        Cache(tmp_path).get("key", _write)
        (folder / "late").write_text("")

    made = Cache(tmp_path).get("key", make)

    assert [path.name for path in made.iterdir()] == ["file"]


def test_what_nobody_asked_for_in_a_month_goes_sealed_or_not(tmp_path: Path) -> None:
    old = Cache(tmp_path).get("old", _write)
    seal_tree(old)
    os.utime(old, (time.time() - 40 * 86_400,) * 2)

    Cache(tmp_path).get("new", _write)

    assert [path.name for path in tmp_path.iterdir()] == ["new"]


def test_a_folder_that_cannot_be_written_is_told_with_the_way_out(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")

    with pytest.raises(PackageError, match=r"cannot be written: .*LAMBWSGI_CACHE_DIR"):
        Cache(tmp_path / "file/cache").get("key", _write)


@pytest.mark.parametrize("is_file", [False, True], ids=["half a folder", "a file"])
def test_what_is_not_whole_any_more_is_made_anew(tmp_path: Path, *, is_file: bool) -> None:
    if is_file:
        (tmp_path / "key").write_text("")
    else:
        (tmp_path / "key").mkdir()

    made = Cache(tmp_path).get("key", _write, lambda folder: (folder / "file").is_file())

    assert (made / "file").read_text() == "made"
    assert list(tmp_path.iterdir()) == [made]
