"""Where the code of a stage lies: a zip in a bucket, an image in a repository. The template is told by a parameter."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from lambwsgi.deploy import names
from lambwsgi.deploy.artifacts.upload import choose_bucket, upload_artifact
from lambwsgi.deploy.aws.calls import Aws
from lambwsgi.deploy.aws.records import Stack
from lambwsgi.deploy.errors import ReleaseError
from lambwsgi.package.artifact import Artifact
from lambwsgi.settings.model import Package, StageSettings

Parameters = Mapping[str, str]


def planned(aws: Aws, settings: StageSettings) -> Parameters:
    """The parameters that say where the code would lie. Creates nothing, sends nothing."""
    if settings.package is Package.ZIP:
        return {names.BUCKET_PARAMETER: choose_bucket(aws, settings)}
    from lambwsgi.deploy.artifacts.repository import repository_uri  # noqa: PLC0415 - requests is woken for images only

    return {names.REPOSITORY_PARAMETER: repository_uri(aws, settings)}


def store(
    aws: Aws, settings: StageSettings, artifact: Artifact, *, report: Callable[[str], None], sent: Callable[[int], None]
) -> Parameters:
    """The parameters that say where the code now lies."""
    if artifact.image is None:
        return {names.BUCKET_PARAMETER: upload_artifact(aws, settings, artifact, report=report, sent=sent)}
    from lambwsgi.deploy.artifacts.repository import push_image  # noqa: PLC0415 - requests is woken for images only

    return {names.REPOSITORY_PARAMETER: push_image(aws, settings, artifact.image, report=report, sent=sent)}


def refuse_other_package(settings: StageSettings, stack: Stack | None) -> None:
    """Raise ReleaseError where the stage's function is of the other kind, which Lambda never changes.

    Source: Lambda developer guide, 'Create a Lambda function using a container image'.
    """
    held = {names.BUCKET_PARAMETER: Package.ZIP, names.REPOSITORY_PARAMETER: Package.IMAGE}
    has = next((held[name] for name in (stack.parameters if stack else ()) if name in held), settings.package)
    if has is not settings.package:
        raise ReleaseError(
            f"the function of {settings.function_name} is made as `package: {has}`, and Lambda cannot make it"
            f" `package: {settings.package}`; give that to another stage, or delete this one first"
        )


def left_behind(settings: StageSettings, stack: Stack) -> tuple[str, ...]:
    """What is left on purpose when the stack is removed, one line each."""
    if names.REPOSITORY_PARAMETER in stack.parameters:
        return (f"{stack.parameters[names.REPOSITORY_PARAMETER]}: the images, which other stages may share",)
    bucket = stack.parameters.get(names.BUCKET_PARAMETER)
    if bucket is None:  # somebody else's template
        return ()
    return (f"s3://{bucket}/lambwsgi/{settings.project}/: the artifacts, which other stages may share",)
