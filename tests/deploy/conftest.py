"""Artifacts whose dependencies are a layer."""

from __future__ import annotations

import hashlib
import zipfile
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from lambwsgi.package.artifact import Artifact, Layer

MakeLayered = Callable[[str, str], Artifact]


@pytest.fixture
def make_layered(make_artifact: Callable[..., Artifact], tmp_path: Path) -> MakeLayered:
    """Builds an artifact that answers with a text, and a layer with a module of that name."""

    def make(text: str, module: str) -> Artifact:
        path = tmp_path / f"{module}.layer.zip"
        with zipfile.ZipFile(path, "w") as archive:
            # A ZipInfo without a date is of 1980: the same module is the same layer.
            archive.writestr(zipfile.ZipInfo(f"python/{module}.py"), "")
        digest = hashlib.sha256(path.read_bytes()).hexdigest()
        return replace(make_artifact(text), layer=Layer(path, digest, path.stat().st_size))

    return make
