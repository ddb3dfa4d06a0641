from __future__ import annotations

import hashlib
import json
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from lambwsgi.deploy import names
from lambwsgi.deploy.artifacts.upload import choose_bucket, ensure_bucket, read_artifact, upload, upload_artifact
from lambwsgi.deploy.aws.calls import Aws
from lambwsgi.deploy.errors import BucketError, DeployError
from lambwsgi.package.artifact import Artifact, Layer
from lambwsgi.settings.model import StageSettings


def silent(text: str) -> None:
    """Hears nothing."""


@pytest.mark.embedded
def test_a_bucket_of_ones_own_comes_before_the_default_one(aws: Aws, settings: StageSettings) -> None:
    own = settings.model_copy(update={"bucket": "mine"})

    assert choose_bucket(aws, own) == "mine"
    assert choose_bucket(aws, settings) == "lambwsgi-artifacts-000000000000-us-east-1"


@pytest.mark.embedded
def test_a_missing_bucket_is_made_once_and_that_is_said(aws: Aws, settings: StageSettings) -> None:
    said: list[str] = []
    bucket = f"{settings.project}-made"

    ensure_bucket(aws, bucket, named=False, report=said.append)
    ensure_bucket(aws, bucket, named=False, report=said.append)

    assert said == [f"making bucket {bucket}: private, encrypted"]
    closed = aws.s3.get_public_access_block(Bucket=bucket)["PublicAccessBlockConfiguration"]
    assert set(closed.values()) == {True}


@pytest.mark.embedded
def test_a_bucket_of_another_region_is_refused(aws: Aws, endpoint: str, settings: StageSettings) -> None:
    bucket = f"{settings.project}-far"
    Aws(region="eu-west-1", endpoint_url=endpoint).create_bucket(bucket)

    with pytest.raises(BucketError, match="is in eu-west-1, the stage in us-east-1"):
        ensure_bucket(aws, bucket, named=True, report=silent)


@pytest.fixture
def bucket(aws: Aws, settings: StageSettings) -> str:
    """A bucket of this test's own."""
    name = f"{settings.project}-b"
    ensure_bucket(aws, name, named=False, report=silent)
    return name


KEY = names.artifact_key("shop", "a" * 64)


def send(aws: Aws, path: Path, bucket: str, said: list[str] | None = None) -> bool:
    sha256 = hashlib.sha256(path.read_bytes()).hexdigest()
    heard = [] if said is None else said
    return upload(aws, path, bucket, KEY, sha256, sent=lambda size: None, report=heard.append)


@pytest.mark.embedded
@pytest.mark.parametrize("size_bytes", [0, 1000, 8 << 20, 20_000_000], ids=["empty", "small", "one part", "parts"])
def test_an_artifact_arrives_as_it_is_and_only_once(aws: Aws, bucket: str, tmp_path: Path, *, size_bytes: int) -> None:
    path = tmp_path / "artifact.zip"
    path.write_bytes(b"x" * size_bytes)

    sent = [send(aws, path, bucket) for _ in range(2)]

    assert sent == [True, False]
    assert aws.s3.get_object(Bucket=bucket, Key=KEY)["Body"].read() == path.read_bytes()


@pytest.mark.embedded
@pytest.mark.parametrize("other", [b"", b"somebody's"], ids=["cut off", "as long"])
def test_what_lies_in_the_place_of_an_artifact_is_replaced_and_that_is_said(
    aws: Aws, bucket: str, tmp_path: Path, *, other: bytes
) -> None:
    path, said = tmp_path / "artifact.zip", list[str]()
    path.write_bytes(b"an artifac")
    aws.s3.put_object(Bucket=bucket, Key=KEY, Body=other)

    assert send(aws, path, bucket, said)
    assert said == [f"warning: s3://{bucket}/{KEY} is not what was stored there, so it is sent anew"]
    assert aws.s3.get_object(Bucket=bucket, Key=KEY)["Body"].read() == b"an artifac"


@pytest.mark.embedded
def test_an_artifact_that_another_build_has_replaced_is_not_sent(
    aws: Aws, settings: StageSettings, make_artifact: Callable[..., Artifact]
) -> None:
    artifact = make_artifact("hello")
    artifact.path.write_bytes(make_artifact("other").path.read_bytes())

    with pytest.raises(DeployError, match="is not what was built any more"):
        upload_artifact(aws, settings, artifact, report=silent, sent=lambda size: None)
    artifact.path.unlink()
    with pytest.raises(DeployError, match="cannot be read: No such file"):
        upload_artifact(aws, settings, artifact, report=silent, sent=lambda size: None)


def test_an_artifact_at_hand_is_known_by_its_digest(make_artifact: Callable[..., Artifact]) -> None:
    built = make_artifact("hello")

    artifact = read_artifact(built.path)

    assert artifact.sha256 == hashlib.sha256(built.path.read_bytes()).hexdigest()
    assert (artifact.zipped_bytes, artifact.unzipped_bytes) == (built.zipped_bytes, built.unzipped_bytes)


@pytest.fixture
def with_layer(make_artifact: Callable[..., Artifact]) -> Artifact:
    """An artifact and its layer, as `lambwsgi package` lays them side by side."""
    built = make_artifact("hello")
    layer = built.path.with_name(f"{built.path.stem}.layer.zip")
    with zipfile.ZipFile(layer, "w") as archive:
        archive.writestr("python/plain.py", "")
    digest = hashlib.sha256(layer.read_bytes()).hexdigest()
    with zipfile.ZipFile(built.path, "a") as archive:
        archive.writestr(".lambwsgi-layer", f"{digest}\n")
    return Artifact(built.path, "", 0, 0, (), layer=Layer(layer, digest, layer.stat().st_size))


def test_an_artifact_at_hand_has_its_layer_beside_it(with_layer: Artifact) -> None:
    assert read_artifact(with_layer.path).layer == with_layer.layer


def test_an_artifact_without_the_layer_it_was_built_with_is_refused(with_layer: Artifact) -> None:
    assert with_layer.layer is not None
    with_layer.layer.path.write_bytes(b"another")

    with pytest.raises(DeployError, match=r"needs its layer, .*\.layer\.zip is not it"):
        read_artifact(with_layer.path)


@pytest.mark.embedded
def test_code_and_layer_are_sent_and_each_only_once(aws: Aws, settings: StageSettings, with_layer: Artifact) -> None:
    artifact, said = read_artifact(with_layer.path), list[str]()
    assert artifact.layer is not None

    for _ in range(2):
        bucket = upload_artifact(aws, settings, artifact, report=said.append, sent=lambda size: None)

    assert said[-2:] == ["the layer is in the bucket already", "the artifact is in the bucket already"]
    found = aws.s3.list_objects_v2(Bucket=bucket, Prefix=f"lambwsgi/{settings.project}/")["Contents"]
    assert {each["Key"] for each in found} == {
        names.artifact_key(settings.project, each) for each in (artifact.sha256, artifact.layer.sha256)
    }


@pytest.mark.parametrize("content", [b"", b"no zip", json.dumps({}).encode()])
def test_what_is_no_zip_is_no_artifact(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "app.zip").write_bytes(content)

    with pytest.raises(DeployError, match="lambwsgi package"):
        read_artifact(tmp_path / "app.zip")


def test_a_file_that_is_not_there_is_no_artifact(tmp_path: Path) -> None:
    with pytest.raises(DeployError, match="No such file"):
        read_artifact(tmp_path / "app.zip")


def test_an_artifact_lies_under_its_project_and_digest() -> None:
    assert names.artifact_key("shop", "ab12") == "lambwsgi/shop/ab12.zip"


def test_own_tags_win_over_those_of_the_settings() -> None:
    settings = StageSettings(
        project="shop", stage="dev", app="shop.wsgi:app", tags={"lambwsgi:project": "other", "team": "web"}
    )

    assert names.tags(settings) == {"lambwsgi:project": "shop", "lambwsgi:stage": "dev", "team": "web"}
