"""Uploads an artifact to its bucket. The digest is the key, so what is there is not sent again."""

from __future__ import annotations

import hashlib
import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

from lambwsgi.deploy import names
from lambwsgi.deploy.errors import BucketError, DeployError
from lambwsgi.package.archive import sha256_of
from lambwsgi.package.artifact import LAYER_MARK, Artifact, Layer, layer_path
from lambwsgi.settings.model import StageSettings

# It wakes boto3, and `lambwsgi local --artifact` reads an artifact without asking AWS.
if TYPE_CHECKING:
    from lambwsgi.deploy.aws.calls import Aws

Report = Callable[[str], None]


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


def ensure_bucket(aws: Aws, bucket: str, *, named: bool, report: Report) -> None:
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


def upload(
    aws: Aws, path: Path, bucket: str, key: str, sha256: str, *, sent: Callable[[int], None], report: Report
) -> bool:
    """Whether the file had to be sent. `sent` is told how many bytes more have gone out.

    Raises DeployError where it is not what was built any more: under a digest lies nothing else.
    """
    owner = aws.account
    with _built(path, sha256) as content:
        is_there = aws.has_content(bucket, key, content, owner=owner)
        if is_there:
            return False
        if is_there is not None:
            report(f"warning: s3://{bucket}/{key} is not what was stored there, so it is sent anew")
        aws.upload(content, bucket, key, owner=owner, progress=sent)
    return True


@contextmanager
def _built(path: Path, sha256: str) -> Iterator[BinaryIO]:
    """The file, as it was built; one that another build puts in its place meanwhile is another file."""
    try:
        content = path.open("rb")
    except OSError as error:
        raise DeployError(f"{path}, which was to be sent, cannot be read: {error.strerror}; run this again") from error
    with content:
        if hashlib.file_digest(content, "sha256").hexdigest() != sha256:
            raise DeployError(
                f"{path} is not what was built any more: another build has written to it meanwhile; run this again, and"
                " where two run at once give each its own by `lambwsgi package --path` and `--artifact`"
            )
        yield content


def upload_artifact(
    aws: Aws, settings: StageSettings, artifact: Artifact, *, report: Report, sent: Callable[[int], None]
) -> str:
    """The bucket that now holds the artifact and its layer."""
    bucket = choose_bucket(aws, settings)
    ensure_bucket(aws, bucket, named=settings.bucket is not None, report=report)
    for each, what in ((artifact.layer, "layer"), (artifact, "artifact")):
        if each is not None:
            key = names.artifact_key(settings.project, each.sha256)
            if not upload(aws, each.path, bucket, key, each.sha256, sent=sent, report=report):
                report(f"the {what} is in the bucket already")
    return bucket
