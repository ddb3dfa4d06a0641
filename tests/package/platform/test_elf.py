"""Compiled files, made up by the specification: a header, two sections, and the versions that are needed."""

from __future__ import annotations

import struct
from pathlib import Path

import pytest

from lambwsgi.package.platform.elf import Binary, check_binaries, read_binary
from lambwsgi.package.platform.target import Target, host_target
from lambwsgi.settings.model import Architecture

X86_64, AARCH64 = 62, 183
TARGET = Target("3.13", Architecture.X86_64, "x86_64-manylinux_2_34")
OLD = Target("3.11", Architecture.X86_64, "x86_64-manylinux_2_17")


def elf(machine: int = X86_64, *versions: str) -> bytes:
    """A shared library that needs these versions of libc.so.6."""
    names, places = b"\0libc.so.6\0", []
    for version in versions:
        places.append(len(names))
        names += version.encode() + b"\0"
    needs = [struct.pack("<IHHII", 0, 0, 0, place, 16) for place in places]
    verneed = struct.pack("<HHIII", 1, len(needs), 1, 16, 0) + b"".join(needs)
    sections = struct.pack("<IIQQQQIIQQ", 0, 3, 0, 0, 64, len(names), 0, 0, 0, 0)
    sections += struct.pack("<IIQQQQIIQQ", 0, 0x6FFFFFFE, 0, 0, 64 + len(names), len(verneed), 0, 1, 0, 0)
    offset = 64 + len(names) + len(verneed)
    ident = b"\x7fELF\x02\x01\x01".ljust(16, b"\0")
    header = struct.pack("<16sHHIQQQIHHHHHH", ident, 3, machine, 1, 0, 0, offset, 0, 64, 0, 0, 64, 2, 0)
    return header + names + verneed + sections


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        pytest.param(elf(X86_64, "GLIBC_2.2.5", "GLIBC_2.14", "GLIBC_2.9"), Binary("x86_64", (2, 14)), id="x86_64"),
        pytest.param(elf(AARCH64), Binary("arm64", None), id="arm64 that needs nothing"),
        pytest.param(elf(243), Binary("processor 243", None), id="RISC-V"),
        pytest.param(elf(X86_64, "GLIBCXX_3.4.29"), Binary("x86_64", None), id="a version of another library"),
        pytest.param(elf()[:60], None, id="cut off"),
        pytest.param(b"#!/bin/sh\n", None, id="a script"),
        pytest.param(b"", None, id="empty"),
    ],
)
def test_a_file_tells_its_processor_and_the_newest_glibc_it_needs(content: bytes, expected: Binary | None) -> None:
    assert read_binary(content) == expected


def test_what_would_not_run_is_named_with_what_was_expected(tmp_path: Path) -> None:
    files = {}
    for name, content in (
        ("good.so", elf(X86_64, "GLIBC_2.26")),
        ("new.cpython-311-x86_64-linux-gnu.so", elf(X86_64, "GLIBC_2.28")),
        ("libarm.so.6", elf(AARCH64)),
        ("readme.so.txt", elf(AARCH64)),
    ):
        (tmp_path / name).write_bytes(content)
        files[f"shop/{name}"] = tmp_path / name

    assert list(check_binaries(files, TARGET)) == ["shop/libarm.so.6 is for arm64, the function runs on x86_64"]
    assert list(check_binaries(files, OLD)) == [
        "shop/new.cpython-311-x86_64-linux-gnu.so needs glibc 2.28, Python 3.11 has 2.26",
        "shop/libarm.so.6 is for arm64, the function runs on x86_64",
    ]


def test_what_is_built_for_this_machine_is_not_measured_by_lambda(tmp_path: Path) -> None:
    (tmp_path / "x.so").write_bytes(elf(AARCH64))

    assert list(check_binaries({"x.so": tmp_path / "x.so"}, host_target())) == []


def test_python_itself_can_be_read() -> None:
    import _ctypes

    found = read_binary(Path(_ctypes.__file__).read_bytes())

    assert found is None or found.glibc is not None
