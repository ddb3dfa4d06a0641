"""S3, asked about buckets and what is in them."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any, BinaryIO

from botocore.exceptions import BotoCoreError, ClientError

from lambwsgi.deploy.aws.asking import asking, error_code
from lambwsgi.deploy.aws.clients import Clients
from lambwsgi.deploy.errors import BucketError

# From this size on boto3 sends in parts of as much.
_PART_BYTES = 8 * 1024 * 1024


class Buckets(Clients):
    """The buckets that the account may use."""

    def bucket_region(self, bucket: str, *, owner: str) -> str | None:
        """The region of the bucket, None when there is no such bucket. Raises BucketError when `owner` has it not."""
        with asking("s3", f"bucket {bucket!r}"):
            try:
                answer = self.s3.head_bucket(Bucket=bucket, ExpectedBucketOwner=owner)
            except ClientError as error:
                if error_code(error) in {"404", "NoSuchBucket"}:
                    return None
                if error_code(error) in {"403", "AccessDenied"}:
                    raise BucketError(
                        f"bucket {bucket!r} belongs to another account, or these credentials may not do s3:ListBucket"
                        " on it; name a bucket of your own with `bucket` in the settings file"
                    ) from error
                raise
        return answer.get("BucketRegion", self.region)

    def create_bucket(self, bucket: str) -> None:
        """Make a bucket in this region that nobody outside the account can read, encrypted.

        One that cannot be made so is removed again, where that is allowed: nobody would look at it a second time.
        """
        # us-east-1 is the one region that must not be named as a location.
        location: Any = {"CreateBucketConfiguration": {"LocationConstraint": self.region}}
        # It is ours already when an answer was lost and boto3 asked again.
        made_already = self.s3.exceptions.BucketAlreadyOwnedByYou
        with asking("s3", f"bucket {bucket!r}"):
            with suppress(made_already):
                self.s3.create_bucket(Bucket=bucket, **({} if self.region == "us-east-1" else location))
            try:
                self._close_bucket(bucket)
            except BaseException:
                with suppress(ClientError, BotoCoreError):  # S3 removes none that somebody has filled
                    self.s3.delete_bucket(Bucket=bucket)
                raise

    def _close_bucket(self, bucket: str) -> None:
        self.s3.put_public_access_block(
            Bucket=bucket,
            PublicAccessBlockConfiguration={
                "BlockPublicAcls": True,
                "IgnorePublicAcls": True,
                "BlockPublicPolicy": True,
                "RestrictPublicBuckets": True,
            },
        )
        self.s3.put_bucket_encryption(
            Bucket=bucket,
            ServerSideEncryptionConfiguration={
                "Rules": [{"ApplyServerSideEncryptionByDefault": {"SSEAlgorithm": "AES256"}}]
            },
        )

    def has_object(self, bucket: str, key: str, *, owner: str) -> bool:
        """Whether the key is in the bucket."""
        return self._told_of(bucket, key, owner) is not None

    def has_content(self, bucket: str, key: str, content: BinaryIO, *, owner: str) -> bool | None:
        """Whether the key holds that content, as far as S3 tells; None where there is no such key.

        Of what a key of KMS encrypts, the length is all that is known.
        """
        told = self._told_of(bucket, key, owner)
        if told is None:
            return None
        if told["ContentLength"] != content.seek(0, os.SEEK_END):
            return False
        return told.get("ServerSideEncryption") != "AES256" or told["ETag"].strip('"') == etag_of(content)

    def _told_of(self, bucket: str, key: str, owner: str) -> Mapping[str, Any] | None:
        """What S3 tells of the key without its content; None where there is no such key."""
        with asking("s3", f"s3://{bucket}/{key}"):
            try:
                return dict(self.s3.head_object(Bucket=bucket, Key=key, ExpectedBucketOwner=owner))
            except ClientError as error:
                if error_code(error) in {"404", "NoSuchKey"}:
                    return None
                raise

    def upload(self, content: BinaryIO, bucket: str, key: str, *, owner: str, progress: Callable[[int], None]) -> None:
        """Send what a file holds; `progress` is told how many bytes more have gone out."""
        content.seek(0)
        with asking("s3", f"s3://{bucket}/{key}"):
            self.s3.upload_fileobj(content, bucket, key, ExtraArgs={"ExpectedBucketOwner": owner}, Callback=progress)

    def download(self, bucket: str, key: str, path: Path, *, owner: str) -> None:
        """Fetch an object into a file."""
        with asking("s3", f"s3://{bucket}/{key}"), path.open("wb") as file:
            self.s3.download_fileobj(bucket, key, file, ExtraArgs={"ExpectedBucketOwner": owner})


def etag_of(content: BinaryIO) -> str:
    """The ETag that S3 gives to what boto3 sends: its MD5, in parts where it is large enough to be sent in parts.

    Source: Amazon S3 user guide, 'Checking object integrity', and boto3's defaults for transfers.
    """
    content.seek(0)
    parts = [_md5(part) for part in iter(lambda: content.read(_PART_BYTES), b"")]
    if content.tell() < _PART_BYTES:
        return b"".join(parts or [_md5(b"")]).hex()
    return f"{_md5(b''.join(parts)).hex()}-{len(parts)}"


def _md5(data: bytes) -> bytes:
    return hashlib.md5(data, usedforsecurity=False).digest()
