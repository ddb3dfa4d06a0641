"""Pushes an image to its ECR repository. The digest is its name, so what is there is not sent again."""

from __future__ import annotations

import base64
import json
import tempfile
from collections.abc import Callable
from pathlib import Path

from lambwsgi.deploy import names
from lambwsgi.deploy.aws.calls import Aws
from lambwsgi.deploy.errors import AwsError, RepositoryError
from lambwsgi.package.images.oci import ContainerImage
from lambwsgi.package.images.registry import Repository
from lambwsgi.settings.model import StageSettings

Report = Callable[[str], None]

_MISSING = "RepositoryNotFoundException"
# What was released has a tag and is kept. What has none was cut off while it was sent.
_UNTAGGED_DAYS = 7
_LIFECYCLE = {
    "rules": [
        {
            "rulePriority": 1,
            "description": "what was never released",
            "selection": {
                "tagStatus": "untagged",
                "countType": "sinceImagePushed",
                "countUnit": "days",
                "countNumber": _UNTAGGED_DAYS,
            },
            "action": {"type": "expire"},
        }
    ]
}


def repository_uri(aws: Aws, settings: StageSettings) -> str:
    """The address by which Lambda finds the images of the project. Asks for the account only.

    Source: Amazon ECR user guide, 'Amazon ECR private registry'.
    """
    suffix = "amazonaws.com.cn" if aws.region.startswith("cn-") else "amazonaws.com"
    return f"{aws.account}.dkr.ecr.{aws.region}.{suffix}/{names.repository_name(settings)}"


def ensure_repository(aws: Aws, name: str, *, named: bool, report: Report) -> None:
    """Make the default repository when it is missing. One that the settings name has to be there."""
    resource = f"repository {name!r}"
    try:
        aws.ask("ecr", "list_images", resource, repositoryName=name, maxResults=1)
    except AwsError as error:
        if error.code != _MISSING:
            raise
    else:
        return
    if named:
        raise RepositoryError(
            f"{resource}, named in the settings file, does not exist in {aws.region}; create it, correct `repository`,"
            " or leave it out for one that lambwsgi creates"
        )
    report(f"making {resource}: private, encrypted, tags that never move")
    aws.ask("ecr", "create_repository", resource, repositoryName=name, imageTagMutability="IMMUTABLE")
    aws.ask("ecr", "put_lifecycle_policy", resource, repositoryName=name, lifecyclePolicyText=json.dumps(_LIFECYCLE))


def open_repository(aws: Aws, name: str) -> Repository:
    """The repository, logged in to for some hours."""
    given = aws.ask("ecr", "get_authorization_token", "the registry of this account")["authorizationData"][0]
    user, _, password = base64.b64decode(given["authorizationToken"]).decode().partition(":")
    # The embedded AWS tells the address of the cloud's.
    return Repository(aws.endpoint_url or given["proxyEndpoint"], name, (user, password))


def push_image(
    aws: Aws, settings: StageSettings, image: ContainerImage, *, report: Report, sent: Callable[[int], None]
) -> str:
    """The address of the repository that now holds the image; of its parts only those are sent that it lacks."""
    name = names.repository_name(settings)
    ensure_repository(aws, name, named=settings.repository is not None, report=report)
    repository = open_repository(aws, name)
    if repository.has_manifest(f"sha256:{image.sha256}"):
        report("the image is in the repository already")
        return repository_uri(aws, settings)
    with tempfile.TemporaryDirectory(prefix="lambwsgi-push-") as scratch:
        for blob in image.blobs:
            if repository.has_blob(blob.digest):
                continue
            path = blob.path or Path(scratch, "blob")
            if blob.path is None:
                report(f"fetching a layer of the base image, {blob.size_bytes / 1e6:.1f} MB")
                image.origin.fetch(blob.digest, path)
            repository.push(blob.digest, path, sent)
    repository.push_manifest(image.manifest, names.image_tag(image.sha256))
    return repository_uri(aws, settings)
