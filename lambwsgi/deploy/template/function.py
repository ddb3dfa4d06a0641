"""The function and what it cannot be without: log group, role, version and the alias that serves."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from lambwsgi.adapter.limits import ENVIRONMENT_BYTES, LAYERS_MOST
from lambwsgi.deploy import names
from lambwsgi.deploy.errors import TemplateError
from lambwsgi.deploy.template.alias import alias_resource
from lambwsgi.deploy.template.attachments import attachments
from lambwsgi.deploy.template.intrinsics import Json, Resources, content_id, get_att, ref, sub, tag_list
from lambwsgi.deploy.template.layer import layer_resources
from lambwsgi.deploy.template.role import role_arn, role_resources
from lambwsgi.settings.model import Package, StageSettings
from lambwsgi.settings.variables import HANDLER, function_variables

# What belongs to the function and not to its versions, so that a change of it publishes nothing.
_NOT_FROZEN = frozenset({"ReservedConcurrentExecutions", "Tags"})


def function_resources(settings: StageSettings, artifact_sha256: str, layer_sha256: str | None = None) -> Resources:
    """Log group, role, layer if there is one, function, version and alias, in the order in which they are made.

    The version is retained when a later template no longer names it: that is what a rollback goes back to. Deleting the
    function deletes its versions with it, so nothing outlives the stack.
    """
    layer = layer_resources(settings, layer_sha256)
    function = _function(settings, artifact_sha256, layers=list(layer))
    version_id = _version_id(function)
    return {
        names.LOG_GROUP_ID: _log_group(settings),
        **role_resources(settings),
        **layer,
        names.FUNCTION_ID: function,
        version_id: _version(artifact_sha256),
        names.ALIAS_ID: alias_resource(settings, get_att(version_id, "Version")),
    }


def live_version(resources: Resources) -> Json:
    """The number of the version that the alias points at, as the alias itself has it."""
    version: Json = resources[names.ALIAS_ID]["Properties"]["FunctionVersion"]
    return version


def newest_version(resources: Resources) -> Json:
    """The number of the version that the template publishes, whether or not it serves."""
    version_id = next(name for name, each in resources.items() if each["Type"] == "AWS::Lambda::Version")
    return get_att(version_id, "Version")


def _log_group(settings: StageSettings) -> Json:
    return {
        "Type": "AWS::Logs::LogGroup",
        # Said aloud, for whoever reads the template: the log goes when the stage goes.
        "DeletionPolicy": "Delete",
        "UpdateReplacePolicy": "Delete",
        "Properties": {
            "LogGroupName": names.log_group_name(settings),
            "RetentionInDays": settings.log_retention_days,
            "Tags": tag_list(names.tags(settings)),
        },
    }


def _function(settings: StageSettings, artifact_sha256: str, *, layers: list[str]) -> Json:
    started, code = _PACKAGES[settings.package]
    return {
        "Type": "AWS::Lambda::Function",
        "Properties": {
            "FunctionName": settings.function_name,
            **started(settings),
            "Architectures": [settings.architecture.value],
            "MemorySize": settings.memory_mb,
            "Timeout": settings.timeout_seconds,
            "Code": code(settings, artifact_sha256),
            **_layers(settings, layers),
            "Environment": {"Variables": _environment(settings)},
            **attachments(settings),
            "Role": role_arn(settings),
            "Tags": tag_list(names.tags(settings)),
        },
    }


def _started_by_runtime(settings: StageSettings) -> Json:
    return {"Handler": HANDLER, "Runtime": str(settings.runtime)}


def _started_by_itself(_settings: StageSettings) -> Json:
    return {"PackageType": "Image"}


def _in_bucket(settings: StageSettings, sha256: str) -> Json:
    return {"S3Bucket": ref(names.BUCKET_PARAMETER), "S3Key": names.artifact_key(settings.project, sha256)}


def _in_repository(_settings: StageSettings, sha256: str) -> Json:
    """By its digest: that a tag has moved would not be noticed."""
    return {"ImageUri": sub(f"${{{names.REPOSITORY_PARAMETER}}}@sha256:{sha256}")}


# What starts the code, and where it lies, by the form in which it reaches Lambda.
_PACKAGES: Mapping[Package, tuple[Callable[[StageSettings], Json], Callable[[StageSettings, str], Json]]] = {
    Package.ZIP: (_started_by_runtime, _in_bucket),
    Package.IMAGE: (_started_by_itself, _in_repository),
}


def _layers(settings: StageSettings, own: list[str]) -> Json:
    """The settings' layers and then ours, whose files win. Raises TemplateError for more than Lambda takes."""
    found = [*settings.layers, *map(ref, own)]
    if len(found) > LAYERS_MOST:
        problem = (
            f"the function would have {len(found)} layers, that of the dependencies among them, and Lambda takes"
            f" {LAYERS_MOST}: leave one of `layers` out, or set `layer: false`"
        )
        raise TemplateError(problem, problems=[problem])
    return {"Layers": found} if found else {}


def _environment(settings: StageSettings) -> dict[str, str]:
    """The function's variables. Raises TemplateError where they are larger than Lambda takes."""
    variables = function_variables(settings)
    size = sum(len(f"{name}{value}".encode()) for name, value in variables.items())
    if size > ENVIRONMENT_BYTES:
        problem = f"Function: the variables take {size} bytes, those of lambwsgi included"
        raise TemplateError(
            f"{problem}; Lambda takes {ENVIRONMENT_BYTES}: make `environment` in the settings smaller",
            problems=[problem],
        )
    return variables


def _version_id(function: Json) -> str:
    """A logical id over all that a version freezes."""
    frozen = {name: value for name, value in function["Properties"].items() if name not in _NOT_FROZEN}
    return content_id("Version", frozen)


def _version(artifact_sha256: str) -> Json:
    return {
        "Type": "AWS::Lambda::Version",
        # Not plain Retain: what a failed deploy published would stay, and Lambda refuse the next try as a duplicate.
        "DeletionPolicy": "RetainExceptOnCreate",
        "UpdateReplacePolicy": "Retain",
        "Properties": {"FunctionName": ref(names.FUNCTION_ID), "Description": f"artifact {artifact_sha256}"},
    }
