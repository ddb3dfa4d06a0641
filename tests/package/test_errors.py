"""The words of errors."""

from __future__ import annotations

import errno
import os
import tempfile

from lambwsgi.package.errors import disk_words


def test_a_full_disk_is_told_by_its_file_or_by_where_it_may_be() -> None:
    full = os.strerror(errno.ENOSPC)

    assert disk_words(OSError(errno.ENOSPC, full, "/out.zip")) == (
        "no space is left on the disk (/out.zip); make room there"
    )
    assert disk_words(OSError(errno.ENOSPC, full)) == (
        f"no space is left on the disk (its folder or {tempfile.gettempdir()}); make room there"
    )


def test_other_errors_of_the_disk_are_told_as_the_system_does() -> None:
    assert disk_words(OSError(errno.EROFS, "Read-only file system", "/out.zip")) == "Read-only file system (/out.zip)"
    assert disk_words(OSError(errno.EIO, "Input/output error")) == "Input/output error"
