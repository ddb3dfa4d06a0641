"""A release that goes from one stage to another, against a real emulator."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from lambwsgi.deploy import names
from lambwsgi.deploy.artifacts.upload import read_artifact
from lambwsgi.deploy.aws.calls import Aws
from lambwsgi.deploy.errors import NotDeployedError, ReleaseError
from lambwsgi.deploy.rollout import release
from lambwsgi.deploy.rollout.dialogue import Dialogue
from lambwsgi.deploy.rollout.promotion import fetch_release
from lambwsgi.package.archive import sha256_of
from lambwsgi.package.artifact import LAYER_MARK, Artifact, layer_path
from lambwsgi.settings.model import Architecture, StageSettings

pytestmark = pytest.mark.embedded

MakeArtifact = Callable[..., Artifact]


def prod_of(settings: StageSettings) -> StageSettings:
    """Another stage of the same project."""
    return settings.model_copy(update={"stage": "prod", "memory_mb": 1024})


def fetch(aws: Aws, settings: StageSettings, target: StageSettings, folder: Path) -> Artifact:
    place = folder / "fetched"
    place.mkdir(exist_ok=True)
    return fetch_release(aws, settings, target, place, lambda text: None)


def test_what_serves_goes_to_the_other_stage_with_the_settings_of_that_one(
    aws: Aws,
    settings: StageSettings,
    make_artifact: MakeArtifact,
    dialogue: Dialogue,
    tmp_path: Path,
) -> None:
    prod = prod_of(settings)
    for text in ("old", "new"):
        release.deploy(aws, settings, make_artifact(text), dialogue)
    release.rollback(aws, settings, None, dialogue)

    deployed = release.deploy(aws, prod, fetch(aws, settings, prod, tmp_path), dialogue)

    assert deployed is not None
    assert deployed.answer is not None
    assert deployed.answer.text == "old"
    assert aws.version(prod.function_name, "live").memory_mb == 1024


def test_a_release_goes_to_another_region(
    aws: Aws,
    settings: StageSettings,
    make_artifact: MakeArtifact,
    dialogue: Dialogue,
    tmp_path: Path,
) -> None:
    prod = prod_of(settings)
    there = Aws(region="eu-west-1", endpoint_url=aws.endpoint_url)
    release.deploy(aws, settings, make_artifact("far"), dialogue)

    fetched = fetch(aws, settings, prod, tmp_path)
    release.deploy(there, prod.model_copy(update={"region": "eu-west-1"}), fetched, replace(dialogue, visit=None))

    bucket = names.default_bucket(there.account, "eu-west-1")
    assert there.has_object(bucket, names.artifact_key(prod.project, fetched.sha256), owner=there.account)
    assert there.version(prod.function_name, "live").sha256 == fetched.sha256


def test_the_layer_goes_with_the_code(aws: Aws, settings: StageSettings, dialogue: Dialogue, tmp_path: Path) -> None:
    prod = prod_of(settings)
    path = tmp_path / "code.zip"
    layer_path(path).write_bytes(zipped("python/shop_dependency.py", "x = 1"))
    path.write_bytes(zipped(LAYER_MARK, sha256_of(layer_path(path))))
    release.deploy(aws, settings, read_artifact(path), replace(dialogue, visit=None))

    fetched = fetch(aws, settings, prod, tmp_path)

    assert fetched.layer is not None
    assert (fetched.sha256, fetched.layer.sha256) == (sha256_of(path), sha256_of(layer_path(path)))


def zipped(name: str, text: str) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr(name, text)
    return buffer.getvalue()


def test_stages_that_an_artifact_does_not_fit_both_are_refused_with_all_reasons(
    aws: Aws,
    settings: StageSettings,
    make_artifact: MakeArtifact,
    dialogue: Dialogue,
    tmp_path: Path,
) -> None:
    prod = prod_of(settings)
    release.deploy(aws, settings, make_artifact("old"), dialogue)
    unlike = {"runtime": "python3.12", "architecture": Architecture.ARM64, "streaming": True}

    with pytest.raises(ReleaseError, match="the artifact of 'dev' would not run in 'prod'") as caught:
        fetch(aws, settings, prod.model_copy(update=unlike), tmp_path)

    told = str(caught.value)
    assert "`runtime` is python3.13 in what serves in 'dev' and python3.12 in the settings of 'prod'" in told
    assert "`architecture` is x86_64 in" in told
    assert "`streaming` is false in" in told


def test_an_artifact_that_is_gone_or_changed_is_not_deployed(
    aws: Aws,
    settings: StageSettings,
    make_artifact: MakeArtifact,
    dialogue: Dialogue,
    tmp_path: Path,
) -> None:
    prod = prod_of(settings)
    artifact = make_artifact("old")
    release.deploy(aws, settings, artifact, dialogue)
    key = names.artifact_key(settings.project, artifact.sha256)
    bucket = names.default_bucket(aws.account, aws.region)

    aws.s3.put_object(Bucket=bucket, Key=key, Body=zipped("evil.py", ""))
    with pytest.raises(ReleaseError, match="somebody has changed it"):
        fetch(aws, settings, prod, tmp_path)
    aws.s3.delete_object(Bucket=bucket, Key=key)
    with pytest.raises(ReleaseError, match="it is not there any more"):
        fetch(aws, settings, prod, tmp_path)


def test_a_stage_that_is_not_deployed_has_nothing_to_give(aws: Aws, settings: StageSettings, tmp_path: Path) -> None:
    prod = prod_of(settings)
    with pytest.raises(NotDeployedError, match="lambwsgi deploy dev"):
        fetch(aws, settings, prod, tmp_path)
