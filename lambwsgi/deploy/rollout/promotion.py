"""A release that is carried from one stage to another: what serves there, fetched so that it can be deployed here."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

from lambwsgi.deploy import names
from lambwsgi.deploy.artifacts.upload import layer_needed, read_artifact
from lambwsgi.deploy.aws.calls import Aws
from lambwsgi.deploy.aws.records import FunctionVersion
from lambwsgi.deploy.errors import ReleaseError
from lambwsgi.deploy.rollout.switch import serving_version
from lambwsgi.deploy.stack.flow import deployed_stack
from lambwsgi.package.artifact import Artifact, layer_path
from lambwsgi.settings.model import Package, StageSettings


def fetch_release(
    aws: Aws, settings: StageSettings, target: StageSettings, folder: Path, report: Callable[[str], None]
) -> Artifact:
    """The artifact that serves in the stage `settings`, with its layer, put into the folder.

    Raises ReleaseError where it would not run in the stage `target`, or is not in the bucket any more.
    """
    stack = deployed_stack(aws, settings)
    live = serving_version(aws, settings, stack)
    _refuse_unfit(live, settings, target)
    report(f"version {live.number} of {settings.function_name} serves: artifact {live.sha256[:12]}")
    if live.is_image:
        return _image_of(aws, stack.parameters[names.REPOSITORY_PARAMETER], live)
    bucket = stack.parameters[names.BUCKET_PARAMETER]
    path = folder / "artifact.zip"
    _fetch(aws, settings, bucket, live.sha256, path)
    needed = layer_needed(path)
    if needed is not None:
        _fetch(aws, settings, bucket, needed, layer_path(path))
    return _proven(read_artifact(path), live.sha256, bucket)


def _refuse_unfit(live: FunctionVersion, settings: StageSettings, target: StageSettings) -> None:
    """Raise ReleaseError with all by which the two stages differ, where an artifact is for one of them only."""
    reasons = [
        f"`{name}` is {_shown(has)} in what serves in {settings.stage!r} and {_shown(wants)} in the settings of"
        f" {target.stage!r}"
        for name, has, wants in _differences(live, target)
        if has != wants
    ]
    if reasons:
        raise ReleaseError(
            f"the artifact of {settings.stage!r} would not run in {target.stage!r}: {'; '.join(reasons)};"
            f" make them the same, or build one by `lambwsgi deploy {target.stage}`"
        )


def _differences(live: FunctionVersion, target: StageSettings) -> Iterator[tuple[str, object, object]]:
    """What an artifact is built for: the setting, its value where it serves, and the one that is asked for."""
    yield "package", (Package.IMAGE if live.is_image else Package.ZIP).value, target.package.value
    if not live.is_image:  # which brings its own Python
        yield "runtime", live.runtime, str(target.runtime)
    yield "architecture", live.architecture, target.architecture.value
    # Our own runtime travels only with a stage that streams.
    yield "streaming", live.streams, target.streaming


def _image_of(aws: Aws, uri: str, live: FunctionVersion) -> Artifact:
    """The image that serves; nothing of it is fetched before it is known what the other repository lacks."""
    from lambwsgi.deploy.artifacts.repository import open_repository  # noqa: PLC0415 - requests is woken for images only
    from lambwsgi.package.images.oci import ContainerImage, blobs_of  # noqa: PLC0415 - the same

    origin = open_repository(aws, uri.partition("/")[2])
    manifest, _ = origin.manifest(f"sha256:{live.sha256}")
    image = ContainerImage(manifest, blobs_of(manifest), origin)
    size_bytes = sum(blob.size_bytes for blob in image.blobs)
    return Artifact(Path(), live.sha256, size_bytes, size_bytes, (), image=image)


def _shown(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _fetch(aws: Aws, settings: StageSettings, bucket: str, sha256: str, path: Path) -> None:
    key = names.artifact_key(settings.project, sha256)
    if not aws.has_object(bucket, key, owner=aws.account):
        raise ReleaseError(
            f"s3://{bucket}/{key} is what serves in {settings.stage!r}, and it is not there any more; deploy"
            f" {settings.stage!r} anew, or the other stage by itself"
        )
    aws.download(bucket, key, path, owner=aws.account)


def _proven(artifact: Artifact, sha256: str, bucket: str) -> Artifact:
    """The artifact, whose bytes are those that serve. Raises ReleaseError when somebody changed them in the bucket."""
    if artifact.sha256 != sha256:
        raise ReleaseError(
            f"what lies in bucket {bucket!r} as {sha256[:12]}… has the digest {artifact.sha256[:12]}…, so it is not"
            " what serves; somebody has changed it"
        )
    return artifact
