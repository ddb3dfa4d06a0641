from __future__ import annotations

import os
import zipfile
from datetime import UTC, datetime
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st
from werkzeug.test import create_environ
from werkzeug.utils import send_file

from lambwsgi.local.lambda_service.code import unpack
from lambwsgi.package.archive import sha256_of, time_of, write_archive


def test_entries_are_sorted_and_bear_the_time_of_their_content_and_no_owner(tmp_path: Path) -> None:
    (tmp_path / "plain.txt").write_text("a")
    (tmp_path / "tool").write_text("b")
    (tmp_path / "plain.txt").chmod(0o600)
    (tmp_path / "tool").chmod(0o700)

    write_archive({"z/tool": tmp_path / "tool", "a b/ü.txt": tmp_path / "plain.txt"}, tmp_path / "out.zip")

    with zipfile.ZipFile(tmp_path / "out.zip") as archive:
        entries = [(entry.filename, entry.date_time, oct(entry.external_attr >> 16)) for entry in archive.infolist()]
    assert entries == [
        ("a b/ü.txt", (1987, 8, 10, 14, 36, 54), "0o100644"),
        ("z/tool", (1981, 1, 9, 12, 9, 22), "0o100755"),
    ]


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
