"""Compiled files: for which processor they are, and which glibc they need. Reads headers only.

Source: Tool Interface Standard, 'Executable and Linking Format', and Linux Standard Base, 'Symbol Versioning'.
"""

from __future__ import annotations

import re
import struct
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from lambwsgi.package.platform.target import Target
from lambwsgi.settings.model import Architecture

_MAGIC = b"\x7fELF"
_MACHINES = {62: Architecture.X86_64.value, 183: Architecture.ARM64.value}
_SHT_GNU_VERNEED = 0x6FFFFFFE
_GLIBC = re.compile(rb"GLIBC_(\d+)\.(\d+)")
_LIBRARY = re.compile(r".*\.so(\.[\d.]+)?")

_HEADER = struct.Struct("<16sHHIQQQIHHHHHH")
_SECTION = struct.Struct("<IIQQQQIIQQ")


@dataclass(frozen=True, slots=True)
class Binary:
    """`machine` is Lambda's name for the processor, or ELF's number; `glibc` the newest version needed, if any."""

    machine: str
    glibc: tuple[int, int] | None


def read_binary(content: bytes) -> Binary | None:
    """What an ELF file is; None for any other file, and for one whose headers are broken."""
    if content[:4] != _MAGIC:
        return None
    try:
        _, _, machine, *_, offset, _, _, _, _, _, count, _ = _HEADER.unpack_from(content)
        sections = [_SECTION.unpack_from(content, offset + number * _SECTION.size) for number in range(count)]
    except struct.error:
        return None
    return Binary(_MACHINES.get(machine, f"processor {machine}"), max(_needed(content, sections), default=None))


def check_binaries(files: Mapping[str, Path], target: Target) -> Iterator[str]:
    """What would not run on the target, one line for each file: its name, what it is, and what was expected."""
    if target.glibc is None:
        return
    has = ".".join(map(str, target.glibc))
    for name, path in files.items():
        binary = read_binary(path.read_bytes()) if _LIBRARY.fullmatch(path.name) else None
        if binary is None:
            continue
        if binary.machine != target.architecture:
            yield f"{name} is for {binary.machine}, the function runs on {target.architecture}"
        elif binary.glibc and binary.glibc > target.glibc:
            yield f"{name} needs glibc {'.'.join(map(str, binary.glibc))}, Python {target.python_version} has {has}"


def _needed(content: bytes, sections: list[tuple[int, ...]]) -> Iterator[tuple[int, int]]:
    for section in sections:
        if section[1] == _SHT_GNU_VERNEED:
            strings = sections[section[6]]
            names = content[strings[4] : strings[4] + strings[5]]
            for name in _version_names(content, names, section[4], section[7]):
                if found := _GLIBC.fullmatch(name):
                    yield int(found[1]), int(found[2])


def _version_names(content: bytes, names: bytes, offset: int, count: int) -> Iterator[bytes]:
    """The names of all versions that are needed: a chain of libraries, each with a chain of versions."""
    for _ in range(count):
        _, versions, _, first, following = struct.unpack_from("<HHIII", content, offset)
        place = offset + first
        for _ in range(versions):
            _, _, _, name, step = struct.unpack_from("<IHHII", content, place)
            yield names[name:].partition(b"\0")[0]
            place += step
        offset += following
