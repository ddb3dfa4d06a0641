"""Buckets and what lies in them, one method for each thing that we ask of S3."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from botocore.exceptions import ClientError

from lambwsgi.deploy.aws.asking import asking
from lambwsgi.deploy.aws.clients import Clients
from lambwsgi.deploy.errors import BucketError


class Objects(Clients):
    """S3, as one profile sees it."""

    def bucket_region(self, bucket: str, *, owner: str) -> str | None:
        """The region of the bucket, None when there is no such bucket. Raises BucketError when `owner` has it not."""
        with asking("s3", f"bucket {bucket!r}"):
            try:
                answer = self.s3.head_bucket(Bucket=bucket, ExpectedBucketOwner=owner)
            except ClientError as error:
                if code_of_refusal(error) in {"404", "NoSuchBucket"}:
                    return None
                if code_of_refusal(error) in {"403", "AccessDenied"}:
                    raise BucketError(
                        f"bucket {bucket!r} belongs to another account, or these credentials may not do s3:ListBucket"
                        " on it; name a bucket of your own with `bucket` in the settings file"
                    ) from error
                raise
        return answer.get("BucketRegion", self.region)

    def create_bucket(self, bucket: str) -> None:
        """Make a bucket in this region that nobody outside the account can read, encrypted."""
        with asking("s3", f"bucket {bucket!r}"):
            # us-east-1 is the one region that must not be named as a location.
            location: Any = {"CreateBucketConfiguration": {"LocationConstraint": self.region}}
            self.s3.create_bucket(Bucket=bucket, **({} if self.region == "us-east-1" else location))
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
        with asking("s3", f"s3://{bucket}/{key}"):
            try:
                self.s3.head_object(Bucket=bucket, Key=key, ExpectedBucketOwner=owner)
            except ClientError as error:
                if code_of_refusal(error) in {"404", "NoSuchKey"}:
                    return False
                raise
        return True

    def upload(self, path: Path, bucket: str, key: str, *, owner: str, progress: Callable[[int], None]) -> None:
        """Send a file; `progress` is told how many bytes more have gone out."""
        with asking("s3", f"s3://{bucket}/{key}"), path.open("rb") as file:
            self.s3.upload_fileobj(file, bucket, key, ExtraArgs={"ExpectedBucketOwner": owner}, Callback=progress)

    def download(self, bucket: str, key: str, path: Path, *, owner: str) -> None:
        """Fetch an object into a file."""
        with asking("s3", f"s3://{bucket}/{key}"), path.open("wb") as file:
            self.s3.download_fileobj(bucket, key, file, ExtraArgs={"ExpectedBucketOwner": owner})


def code_of_refusal(error: ClientError) -> str:
    """The code by which AWS names a refusal."""
    return error.response.get("Error", {}).get("Code", "")
