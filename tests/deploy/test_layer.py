"""A stage whose dependencies are a layer, from its first deploy to its end."""

from __future__ import annotations

import base64
import hashlib
import zipfile
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from lambwsgi.deploy import release
from lambwsgi.deploy.aws import Aws
from lambwsgi.deploy.release import Dialogue
from lambwsgi.package.artifact import Artifact, Layer
from lambwsgi.settings.model import StageSettings

pytestmark = pytest.mark.embedded

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


def _layers(aws: Aws, settings: StageSettings, version: str) -> list[str]:
    found = aws.functions.get_function_configuration(FunctionName=settings.function_name, Qualifier=version)
    return [layer["Arn"] for layer in found["Layers"]]


def test_new_code_keeps_the_layer_that_is_there(
    aws: Aws, settings: StageSettings, make_layered: MakeLayered, dialogue: Dialogue
) -> None:
    release.deploy(aws, settings, make_layered("old", "plain"), dialogue)
    release.deploy(aws, settings, make_layered("new", "plain"), dialogue)

    assert _layers(aws, settings, "1") == _layers(aws, settings, "2")


def test_a_layer_that_another_follows_stays_for_the_version_that_needs_it(
    aws: Aws, settings: StageSettings, make_layered: MakeLayered, dialogue: Dialogue
) -> None:
    old = make_layered("old", "plain")
    release.deploy(aws, settings, old, dialogue)
    release.deploy(aws, settings, make_layered("new", "other"), dialogue)
    release.rollback(aws, settings, None, dialogue)

    [before], [after] = _layers(aws, settings, "1"), _layers(aws, settings, "2")
    digest = aws.functions.get_layer_version_by_arn(Arn=before)["Content"]["CodeSha256"]
    assert before != after
    assert base64.b64decode(digest).hex() == old.layer_sha256


def test_a_stage_that_is_deleted_names_the_layer_that_is_left(
    aws: Aws, settings: StageSettings, make_layered: MakeLayered, dialogue: Dialogue
) -> None:
    release.deploy(aws, settings, make_layered("hello", "plain"), dialogue)

    _, layer = release.delete(aws, settings, dialogue)

    assert layer.startswith(f"layer {settings.function_name}: its versions")
