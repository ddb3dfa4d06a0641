"""A zip whose bytes depend on nothing but names, contents and executable bits.

It is written here, for two parts of zipfile are not always the same: the compression is that of whichever zlib Python
was built with, and what else is in an entry has changed from one Python to the next.
Source: PKWARE, 'APPNOTE.TXT - .ZIP File Format Specification', 4.3 and 4.4.
"""

from __future__ import annotations

import hashlib
import stat
import struct
import time
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from deflate import deflate_compress

from lambwsgi.package.attributes import mode_of, time_of
from lambwsgi.package.errors import PackageError

# 10 takes more than three times as long and saves less than two hundredths.
_LEVEL = 9

# What is the same in all entries: the version that reads it (2.0), and names in UTF-8.
_READER, _FLAGS = 20, 0x800
_FIRST_YEAR = 1980
_UNIX = 3 << 8
_STORED, _DEFLATED = 0, 8
_LOCAL = struct.Struct("<4s5H3I2H")
_CENTRAL = struct.Struct("<4s6H3I5H2I")
_END = struct.Struct("<4s4H2IH")
# More of either takes fields that not every reader knows.
_ENTRIES_MOST, _BYTES_MOST = 0xFFFE, 0xFFFFFFFE


@dataclass(frozen=True, slots=True)
class _Entry:
    """What stands in the archive's list of an entry. `common` is what its own header says as well."""

    name: bytes
    common: tuple[int, ...]
    mode: int
    offset: int


def write_archive(files: Mapping[str, Path], path: Path) -> None:
    """Write the files, given by their names in the archive, in the order of the names. Raises PackageError."""
    if len(files) > _ENTRIES_MOST:
        raise PackageError(f"{len(files)} files are too many for a zip, which holds {_ENTRIES_MOST}; `exclude` some")
    with path.open("wb") as archive:
        entries = [_write_entry(archive, name, files[name]) for name in sorted(files)]
        start = archive.tell()
        for entry in entries:
            archive.write(_listed(entry))
        counts = (0, 0, len(entries), len(entries))
        archive.write(_END.pack(b"PK\5\6", *counts, archive.tell() - start, start, 0))


def sha256_of(path: Path) -> str:
    """The hex digest of the file."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _write_entry(archive: BinaryIO, name: str, source: Path) -> _Entry:
    content, offset = source.read_bytes(), archive.tell()
    compressed = deflate_compress(content, _LEVEL)
    # What is compressed already does not get smaller.
    method, data = (_DEFLATED, compressed) if len(compressed) < len(content) else (_STORED, content)
    if offset + len(data) > _BYTES_MOST:
        raise PackageError(f"{name} makes the zip larger than the 4 GB that one holds; keep it out with 'exclude'")
    encoded = name.encode()
    sizes = (len(data), len(content), len(encoded), 0)
    common = (_READER, _FLAGS, method, *_dos_time(time_of(content)), zlib.crc32(content), *sizes)
    archive.write(_LOCAL.pack(b"PK\3\4", *common) + encoded)
    archive.write(data)
    return _Entry(encoded, common, stat.S_IFREG | mode_of(source), offset)


def _dos_time(seconds: int) -> tuple[int, int]:
    """A time and its date as MS-DOS has them."""
    year, month, day, hour, minute, second = time.gmtime(seconds)[:6]
    return hour << 11 | minute << 5 | second // 2, year - _FIRST_YEAR << 9 | month << 5 | day


def _listed(entry: _Entry) -> bytes:
    """The entry in the list at the end: its header, no comment, the first disk, how it is to be made, where it is."""
    return (
        _CENTRAL.pack(b"PK\1\2", _UNIX | _READER, *entry.common, 0, 0, 0, entry.mode << 16, entry.offset) + entry.name
    )
