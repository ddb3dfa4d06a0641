"""The artifact's way into its bucket. The digest is the key, so what is there need not be sent again."""

from __future__ import annotations

import hashlib
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from lambwsgi.deploy import names
from lambwsgi.deploy.errors import BucketError, DeployError
from lambwsgi.package.artifact import Artifact
from lambwsgi.settings.model import StageSettings

if TYPE_CHECKING:
    from lambwsgi.deploy.aws import Aws


def read_artifact(path: Path) -> Artifact:
    """An artifact that was built before. Raises DeployError when the file is none."""
    try:
        with path.open("rb") as file, zipfile.ZipFile(file) as archive:
            unzipped = sum(entry.file_size for entry in archive.infolist())
            file.seek(0)
            digest = hashlib.file_digest(file, "sha256").hexdigest()
    except (OSError, zipfile.BadZipFile) as error:
        raise DeployError(f"{path} is no artifact ({error}); `lambwsgi package` makes one") from error
    return Artifact(path, digest, path.stat().st_size, unzipped, ())


def choose_bucket(aws: Aws, settings: StageSettings) -> str:
    """The bucket for this stage's artifacts. Creates nothing."""
    return settings.bucket or names.default_bucket(aws.account, aws.region)


def ensure_bucket(aws: Aws, bucket: str, *, named: bool, report: Callable[[str], None]) -> None:
    """Make the default bucket when it is missing. One that the settings name is somebody's: it has to be there."""
    region = aws.bucket_region(bucket, owner=aws.account)
    if region is None and named:
        raise BucketError(
            f"bucket {bucket!r}, named in the settings file, does not exist; make it, mend `bucket`, or leave"
            " `bucket` out for one that lambwsgi makes"
        )
    if region is None:
        report(f"making bucket {bucket}: private, encrypted")
        aws.create_bucket(bucket)
    elif region != aws.region:
        raise BucketError(
            f"bucket {bucket!r} is in {region}, the stage in {aws.region}; Lambda takes code only from its own region"
        )


def upload(aws: Aws, artifact: Artifact, bucket: str, key: str, *, progress: Callable[[int], None]) -> bool:
    """Whether the artifact had to be sent. `progress` is told how many bytes more have gone out."""
    owner = aws.account
    if aws.has_object(bucket, key, owner=owner):
        return False
    aws.upload(artifact.path, bucket, key, owner=owner, progress=progress)
    return True


def store(
    aws: Aws, settings: StageSettings, artifact: Artifact, *, report: Callable[[str], None], sent: Callable[[int], None]
) -> str:
    """The bucket that now holds the artifact."""
    bucket = choose_bucket(aws, settings)
    ensure_bucket(aws, bucket, named=settings.bucket is not None, report=report)
    key = names.artifact_key(settings.project, artifact.sha256)
    if not upload(aws, artifact, bucket, key, progress=sent):
        report("the artifact is in the bucket already")
    return bucket
