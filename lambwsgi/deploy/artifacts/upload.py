"""Uploads an artifact to its bucket. The digest is the key, so what is there is not sent again."""

from __future__ import annotations

import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from lambwsgi.deploy import names
from lambwsgi.deploy.errors import BucketError, DeployError
from lambwsgi.package.archive import sha256_of
from lambwsgi.package.artifact import LAYER_MARK, Artifact, Layer, layer_path
from lambwsgi.settings.model import StageSettings

# It wakes boto3, and `lambwsgi local --artifact` reads an artifact without asking AWS.
if TYPE_CHECKING:
    from lambwsgi.deploy.aws.calls import Aws


def read_artifact(path: Path) -> Artifact:
    """An artifact that was built before, with its layer. Raises DeployError when the file is none."""
    with _opened(path) as archive:
        unzipped = sum(entry.file_size for entry in archive.infolist())
    needed = layer_needed(path)
    layer = None if needed is None else _read_layer(path, needed)
    return Artifact(path, sha256_of(path), path.stat().st_size, unzipped, (), layer=layer)


def layer_needed(path: Path) -> str | None:
    """The digest of the layer that an artifact goes with, if any. Raises DeployError when the file is none."""
    with _opened(path) as archive:
        return archive.read(LAYER_MARK).decode().strip() if LAYER_MARK in archive.namelist() else None


@contextmanager
def _opened(path: Path) -> Iterator[zipfile.ZipFile]:
    try:
        with zipfile.ZipFile(path) as archive:
            yield archive
    except (OSError, zipfile.BadZipFile) as error:
        raise DeployError(f"{path} is no artifact ({error}); `lambwsgi package` makes one") from error


def _read_layer(path: Path, needed: str) -> Layer:
    beside = layer_path(path)
    if not beside.is_file() or sha256_of(beside) != needed:
        raise DeployError(
            f"{path} needs its layer, {needed[:12]}…, and {beside} is not it; `lambwsgi package` writes both:"
            " keep them together"
        )
    return Layer(beside, needed, beside.stat().st_size)


def choose_bucket(aws: Aws, settings: StageSettings) -> str:
    """The bucket for this stage's artifacts. Creates nothing."""
    return settings.bucket or names.default_bucket(aws.account, aws.region)


def ensure_bucket(aws: Aws, bucket: str, *, named: bool, report: Callable[[str], None]) -> None:
    """Make the default bucket when it is missing. One that the settings name is somebody's: it has to be there."""
    region = aws.bucket_region(bucket, owner=aws.account)
    if region is None and named:
        raise BucketError(
            f"bucket {bucket!r}, named in the settings file, does not exist; create it, correct `bucket`, or leave"
            " `bucket` out for one that lambwsgi creates"
        )
    if region is None:
        report(f"making bucket {bucket}: private, encrypted")
        aws.create_bucket(bucket)
    elif region != aws.region:
        raise BucketError(
            f"bucket {bucket!r} is in {region}, the stage in {aws.region}; Lambda takes code only from its own region"
        )


def upload(aws: Aws, path: Path, bucket: str, key: str, *, progress: Callable[[int], None]) -> bool:
    """Whether the file had to be sent. `progress` is told how many bytes more have gone out."""
    owner = aws.account
    if aws.has_object(bucket, key, owner=owner):
        return False
    aws.upload(path, bucket, key, owner=owner, progress=progress)
    return True


def upload_artifact(
    aws: Aws, settings: StageSettings, artifact: Artifact, *, report: Callable[[str], None], sent: Callable[[int], None]
) -> str:
    """The bucket that now holds the artifact and its layer."""
    bucket = choose_bucket(aws, settings)
    ensure_bucket(aws, bucket, named=settings.bucket is not None, report=report)
    for each, what in ((artifact.layer, "layer"), (artifact, "artifact")):
        if each is not None:
            key = names.artifact_key(settings.project, each.sha256)
            if not upload(aws, each.path, bucket, key, progress=sent):
                report(f"the {what} is in the bucket already")
    return bucket
