"""The function and what it cannot be without: log group, role, version and the alias that serves."""

from __future__ import annotations

from typing import Any

from lambwsgi.adapter.limits import ENVIRONMENT_BYTES
from lambwsgi.deploy import names
from lambwsgi.deploy.errors import TemplateError
from lambwsgi.deploy.template.capacity import alias_capacity
from lambwsgi.deploy.template.intrinsics import Json, Resources, content_id, get_att, ref, sub, tag_list
from lambwsgi.deploy.template.layer import layer_resources
from lambwsgi.settings.model import StageSettings
from lambwsgi.settings.variables import function_variables

HANDLER = "lambwsgi.entrypoint.handler"
# The condition under which the alias is held at an older version.
ROLLED_BACK = "RolledBack"


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
        names.ROLE_ID: _role(settings),
        **layer,
        names.FUNCTION_ID: function,
        version_id: _version(artifact_sha256),
        names.ALIAS_ID: _alias(settings, version_id),
    }


def live_version(resources: Resources) -> Json:
    """The number of the version that the alias points at, as the alias itself has it."""
    version: Json = resources[names.ALIAS_ID]["Properties"]["FunctionVersion"]
    return version


def newest_version(resources: Resources) -> Json:
    """The number of the version that the template publishes, whether or not it serves."""
    version_id = next(name for name, each in resources.items() if each["Type"] == "AWS::Lambda::Version")
    return get_att(version_id, "Version")


def assume_role_policy(service: str, **more: Json) -> Json:
    """The trust policy that lets one AWS service use a role; `more` are further parts of its statement."""
    statement = {"Effect": "Allow", "Principal": {"Service": service}, "Action": "sts:AssumeRole", **more}
    return {"Version": "2012-10-17", "Statement": [statement]}


def inline_policy(name: str, actions: list[str], resources: list[Any]) -> Json:
    """One inline policy of one statement."""
    statement = {"Effect": "Allow", "Action": actions, "Resource": resources}
    return {"PolicyName": name, "PolicyDocument": {"Version": "2012-10-17", "Statement": [statement]}}


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


def _role(settings: StageSettings) -> Json:
    # No logs:CreateLogGroup: a function that outlives its stack by a second must not bring the log group back.
    write_log = inline_policy(
        "WriteOwnLog", ["logs:CreateLogStream", "logs:PutLogEvents"], [get_att(names.LOG_GROUP_ID, "Arn")]
    )
    return {
        "Type": "AWS::IAM::Role",
        "Properties": {
            "AssumeRolePolicyDocument": assume_role_policy("lambda.amazonaws.com"),
            "Policies": [write_log, *_warm_others(settings)],
            "Tags": tag_list(names.tags(settings)),
        },
    }


def _warm_others(settings: StageSettings) -> list[Json]:
    """Where more than one environment is kept warm, the function sends the other warm-ups: to its own alias only.

    The ARN is spelled out, since the alias cannot be there before the function, nor the function before its role.
    """
    if all(schedule.concurrency == 1 for schedule in settings.warm_schedules.values()):
        return []
    alias = f"function:{settings.function_name}:{names.ALIAS}"
    arn = sub(f"arn:${{AWS::Partition}}:lambda:${{AWS::Region}}:${{AWS::AccountId}}:{alias}")
    return [inline_policy("InvokeOwnAlias", ["lambda:InvokeFunction"], [arn])]


def _function(settings: StageSettings, artifact_sha256: str, *, layers: list[str]) -> Json:
    return {
        "Type": "AWS::Lambda::Function",
        "Properties": {
            "FunctionName": settings.function_name,
            "Handler": HANDLER,
            "Runtime": str(settings.runtime),
            "Architectures": [settings.architecture.value],
            "MemorySize": settings.memory_mb,
            "Timeout": settings.timeout_seconds,
            "Code": {
                "S3Bucket": ref(names.BUCKET_PARAMETER),
                "S3Key": names.artifact_key(settings.project, artifact_sha256),
            },
            **({"Layers": [ref(layer) for layer in layers]} if layers else {}),
            "Environment": {"Variables": _environment(settings)},
            "LoggingConfig": {"LogGroup": ref(names.LOG_GROUP_ID)},
            **({"SnapStart": {"ApplyOn": "PublishedVersions"}} if settings.snapstart else {}),
            "Role": get_att(names.ROLE_ID, "Arn"),
            "Tags": tag_list(names.tags(settings)),
        },
    }


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
    """A logical id over all that a version freezes. Tags are not frozen, so they publish nothing."""
    frozen = {name: value for name, value in function["Properties"].items() if name != "Tags"}
    return content_id("Version", frozen)


def _version(artifact_sha256: str) -> Json:
    return {
        "Type": "AWS::Lambda::Version",
        # Not plain Retain: what a failed deploy published would stay, and Lambda refuse the next try as a duplicate.
        "DeletionPolicy": "RetainExceptOnCreate",
        "UpdateReplacePolicy": "Retain",
        "Properties": {"FunctionName": ref(names.FUNCTION_ID), "Description": f"artifact {artifact_sha256}"},
    }


def _alias(settings: StageSettings, version_id: str) -> Json:
    pinned_or_newest = [ROLLED_BACK, ref(names.VERSION_PARAMETER), get_att(version_id, "Version")]
    return {
        "Type": "AWS::Lambda::Alias",
        "Properties": {
            "Name": names.ALIAS,
            "FunctionName": ref(names.FUNCTION_ID),
            "FunctionVersion": {"Fn::If": pinned_or_newest},
            **alias_capacity(settings),
        },
    }
