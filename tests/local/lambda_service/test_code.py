"""Unpacking an artifact as Lambda does."""

from __future__ import annotations

import io
import os
import zipfile
from pathlib import Path

from lambwsgi.local.lambda_service.code import unpack


def test_files_keep_the_permissions_and_times_that_the_artifact_holds(tmp_path: Path) -> None:
    artifact = io.BytesIO()
    with zipfile.ZipFile(artifact, "w") as archive:
        for name, mode in (("bin/tool", 0o755), ("app.py", 0o644)):
            entry = zipfile.ZipInfo(name, (1990, 1, 1, 0, 0, 2))
            entry.external_attr = mode << 16
            archive.writestr(entry, "x")

    unpack(artifact, tmp_path / "task")

    assert (tmp_path / "task/app.py").read_text("utf-8") == "x"
    assert os.access(tmp_path / "task/bin/tool", os.X_OK)
    assert (tmp_path / "task/app.py").stat().st_mode & 0o777 == 0o644
    assert (tmp_path / "task/app.py").stat().st_mtime == 631_152_002


def test_an_artifact_without_permissions_can_be_read(tmp_path: Path) -> None:
    artifact = io.BytesIO()
    with zipfile.ZipFile(artifact, "w") as archive:
        archive.writestr(zipfile.ZipInfo("app.py"), "x")

    unpack(artifact, tmp_path / "task")

    assert (tmp_path / "task/app.py").read_text("utf-8") == "x"
