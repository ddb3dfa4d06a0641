from __future__ import annotations

import os
import zipfile
from pathlib import Path

from lambwsgi.package.archive import sha256_of, write_archive


def test_entries_are_sorted_and_bear_no_owner(tmp_path: Path) -> None:
    (tmp_path / "plain.txt").write_text("a")
    (tmp_path / "tool").write_text("b")
    (tmp_path / "plain.txt").chmod(0o600)
    (tmp_path / "tool").chmod(0o700)

    write_archive({"z/tool": tmp_path / "tool", "a b/ü.txt": tmp_path / "plain.txt"}, tmp_path / "out.zip")

    with zipfile.ZipFile(tmp_path / "out.zip") as archive:
        entries = [(entry.filename, oct(entry.external_attr >> 16)) for entry in archive.infolist()]
    assert entries == [("a b/ü.txt", "0o100644"), ("z/tool", "0o100755")]


def test_a_change_that_keeps_the_size_changes_the_time(tmp_path: Path) -> None:
    times = []
    for content in ("red", "tan", "red"):
        (tmp_path / "style.css").write_text(content)
        write_archive({"style.css": tmp_path / "style.css"}, tmp_path / "out.zip")
        with zipfile.ZipFile(tmp_path / "out.zip") as archive:
            times.append(archive.infolist()[0].date_time)

    red, tan, red_again = times
    assert red != tan
    assert red == red_again
    assert all((1980, 1, 1) <= each[:3] < (2000, 1, 1) for each in times)


def test_the_bytes_depend_on_content_and_not_on_the_time_of_the_files(tmp_path: Path) -> None:
    for name, seconds in (("one", 1_000_000_000), ("two", 1_500_000_000)):
        (tmp_path / name).write_text("same" * 1000)
        os.utime(tmp_path / name, (seconds, seconds))
        write_archive({"file": tmp_path / name}, tmp_path / f"{name}.zip")

    assert (tmp_path / "one.zip").read_bytes() == (tmp_path / "two.zip").read_bytes()


def test_the_digest_is_that_of_the_file(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"abc")

    # FIPS 180-4, the example for one block.
    assert sha256_of(tmp_path / "file") == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
