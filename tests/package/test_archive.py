from __future__ import annotations

import os
import random
import shutil
import subprocess
import zipfile
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from werkzeug.test import create_environ
from werkzeug.utils import send_file

from lambwsgi.local.lambda_service.code import unpack
from lambwsgi.package.archive import sha256_of, write_archive
from lambwsgi.package.attributes import time_of
from lambwsgi.package.errors import PackageError


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


def test_every_reader_of_zips_gets_back_what_went_in(tmp_path: Path) -> None:
    contents = {
        "empty": b"",
        "small/est": b"a",
        "text.py": b"x = 1\n" * 9999,
        "packed": random.Random(1).randbytes(9999),
    }
    for number, content in enumerate(contents.values()):
        (tmp_path / str(number)).write_bytes(content)

    write_archive({name: tmp_path / str(number) for number, name in enumerate(contents)}, tmp_path / "out.zip")

    with zipfile.ZipFile(tmp_path / "out.zip") as archive:
        assert {name: archive.read(name) for name in archive.namelist()} == contents
    # Info-ZIP compares the headers of the entries with the list at the end, which Python does not.
    if shutil.which("unzip"):
        subprocess.run(["unzip", "-tqq", tmp_path / "out.zip"], check=True)


def test_an_archive_of_nothing_is_one(tmp_path: Path) -> None:
    write_archive({}, tmp_path / "out.zip")

    with zipfile.ZipFile(tmp_path / "out.zip") as archive:
        assert archive.namelist() == []


def test_more_files_than_a_zip_holds_are_refused(tmp_path: Path) -> None:
    (tmp_path / "one").touch()

    with pytest.raises(PackageError, match="65535 files are too many for a zip, which holds 65534; `exclude` some"):
        write_archive({str(number): tmp_path / "one" for number in range(65_535)}, tmp_path / "out.zip")


def test_the_bytes_are_the_same_on_every_machine(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("".join(f"line {number}\n" for number in range(5000)))

    write_archive({"file": tmp_path / "file"}, tmp_path / "out.zip")

    # Made with deflate 0.9.0; another digest means that artifacts are sent again, and `_FORMAT` has to be raised.
    assert sha256_of(tmp_path / "out.zip") == "fee7f1c2e9bcd2ad242e2cd8571f2ed7be3b336f91fd4a5afa53a559c3561dcc"


def test_the_bytes_depend_on_content_and_not_on_the_time_of_the_files(tmp_path: Path) -> None:
    for name, seconds in (("one", 1_000_000_000), ("two", 1_500_000_000)):
        (tmp_path / name).write_text("same" * 1000)
        os.utime(tmp_path / name, (seconds, seconds))
        write_archive({"file": tmp_path / name}, tmp_path / f"{name}.zip")

    assert (tmp_path / "one.zip").read_bytes() == (tmp_path / "two.zip").read_bytes()


@given(content=st.binary(max_size=20))
def test_a_time_is_one_that_a_zip_can_hold_and_a_header_may_tell(content: bytes) -> None:
    first, last = datetime(1980, 1, 1, tzinfo=UTC), datetime(2020, 1, 1, tzinfo=UTC)

    assert first <= datetime.fromtimestamp(time_of(content), UTC) < last
    assert time_of(content) % 2 == 0


def test_a_static_file_that_is_deployed_anew_is_another_to_its_clients(tmp_path: Path) -> None:
    (tmp_path / "style.css").write_text("p { color: red }")
    (tmp_path / "changed.css").write_text("p { color: tan }")
    etags = []
    for name in ("style.css", "changed.css"):
        write_archive({"style.css": tmp_path / name}, tmp_path / "out.zip")
        unpack(tmp_path / "out.zip", tmp_path / "task")
        with send_file(tmp_path / "task/style.css", create_environ()) as response:
            etags.append(response.headers["ETag"])

    assert etags[0] != etags[1]


def test_the_digest_is_that_of_the_file(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"abc")

    # FIPS 180-4, the example for one block.
    assert sha256_of(tmp_path / "file") == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
