"""The layer that holds the dependencies, where they are apart from the code."""

from __future__ import annotations

from lambwsgi.deploy import names
from lambwsgi.deploy.template.intrinsics import Json, Resources, content_id, ref
from lambwsgi.settings.model import StageSettings


def layer_resources(settings: StageSettings, sha256: str | None) -> Resources:
    """The layer version of that content; none where there is no layer.

    It is never changed, only followed by another of another logical id, and then retained: an older version of the
    function, which a rollback goes back to, needs the layer that it was published with.
    """
    if sha256 is None:
        return {}
    properties: Json = {
        "LayerName": settings.function_name,
        "Description": f"layer {sha256}",
        "CompatibleRuntimes": [str(settings.runtime)],
        "CompatibleArchitectures": [settings.architecture.value],
        "Content": {
            "S3Bucket": ref(names.BUCKET_PARAMETER),
            "S3Key": names.artifact_key(settings.project, sha256),
        },
    }
    return {
        content_id("Layer", properties): {
            "Type": "AWS::Lambda::LayerVersion",
            # Not plain Retain: what a failed deploy published goes again.
            "DeletionPolicy": "RetainExceptOnCreate",
            "UpdateReplacePolicy": "Retain",
            "Properties": properties,
        }
    }
