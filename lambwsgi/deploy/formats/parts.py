"""A template's resources cut into the parts that Terraform has as resources of their own; still in CloudFormation's
words, intrinsic functions included. Pure.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from lambwsgi.deploy import names
from lambwsgi.deploy.template.intrinsics import Json, Resources, get_att, ref, sub

# The longest that Terraform leaves room after for what makes a name unique.
# Source: documentation of the provider hashicorp/aws, `name_prefix` of aws_iam_role.
_PREFIX_LONGEST = 38


def cut(resources: Resources) -> dict[str, Resources]:
    """For each resource, by its logical id, what it becomes: itself, and parts that have an id of their own.

    A version is none of them: Terraform publishes it with the function.
    """
    return {
        logical_id: _CUTS.get(resource["Type"], _whole)(logical_id, resource, resources)
        for logical_id, resource in resources.items()
    }


def _whole(logical_id: str, resource: Json, _resources: Resources) -> Resources:
    return {logical_id: resource}


def _with(resource: Json, *without: str, **more: Any) -> Json:
    """The resource with further properties, and without some."""
    kept = {name: value for name, value in resource["Properties"].items() if name not in without}
    return {**resource, "Properties": {**kept, **more}}


def _name(resources: Resources) -> str:
    name: str = resources[names.FUNCTION_ID]["Properties"]["FunctionName"]
    return name


def _prefix(resources: Resources) -> str:
    return f"{_name(resources)}-"[:_PREFIX_LONGEST]


def _named(logical_id: str, resource: Json, resources: Resources) -> Resources:
    """What CloudFormation finds a name for and Terraform does not."""
    return {logical_id: _with(resource, Name=_name(resources))}


def _schedule(logical_id: str, resource: Json, resources: Resources) -> Resources:
    return {logical_id: _with(resource, NamePrefix=_prefix(resources))}


def _function(logical_id: str, resource: Json, resources: Resources) -> Resources:
    """After the role's policies, since Lambda asks whether a function may join its network when it is made.

    A version has the description that the function has when it is published.
    """
    [version] = [each for each in resources.values() if each["Type"] == "AWS::Lambda::Version"]
    log = {"LogFormat": "Text", **resource["Properties"]["LoggingConfig"]}
    changed = _with(resource, Description=version["Properties"]["Description"], LoggingConfig=log)
    return {logical_id: {**changed, "DependsOn": [each for each in (names.ROLE_ID,) if each in resources]}}


def _version(_logical_id: str, _resource: Json, _resources: Resources) -> Resources:
    return {}


def _alias(logical_id: str, resource: Json, _resources: Resources) -> Resources:
    provisioned = resource["Properties"].get("ProvisionedConcurrencyConfig")
    if provisioned is None:
        return {logical_id: resource}
    function = resource["Properties"]["FunctionName"]
    part = {"FunctionName": function, "Qualifier": get_att(logical_id, "Name"), **provisioned}
    return {
        logical_id: _with(resource, "ProvisionedConcurrencyConfig"),
        f"{logical_id}Provisioned": {"Type": "ProvisionedConcurrency", "Properties": part},
    }


def _permission(logical_id: str, resource: Json, resources: Resources) -> Resources:
    """Of the alias by name and qualifier: by its ARN, Terraform would find it changed each time it looks."""
    if resource["Properties"]["FunctionName"] != ref(names.ALIAS_ID):
        return {logical_id: resource}
    function = resources[names.ALIAS_ID]["Properties"]["FunctionName"]
    return {logical_id: _with(resource, FunctionName=function, Qualifier=get_att(names.ALIAS_ID, "Name"))}


def _role(logical_id: str, resource: Json, resources: Resources) -> Resources:
    policies = {
        f"{logical_id}{policy['PolicyName']}": {
            "Type": "RolePolicy",
            "Properties": {"Role": ref(logical_id), **_whole_log(policy)},
        }
        for policy in resource["Properties"].get("Policies", ())
    }
    return {logical_id: _with(resource, "Policies", NamePrefix=_prefix(resources)), **policies}


def _whole_log(value: Any) -> Any:
    """What is allowed on a log is allowed on its streams; CloudFormation's ARN of it means these, Terraform's not."""
    if value == get_att(names.LOG_GROUP_ID, "Arn"):
        return sub(f"${{{names.LOG_GROUP_ID}.Arn}}:*")
    if isinstance(value, list):
        return [_whole_log(each) for each in value]
    if isinstance(value, dict):
        return {name: _whole_log(each) for name, each in value.items()}
    return value


def _method(logical_id: str, resource: Json, _resources: Resources) -> Resources:
    properties = resource["Properties"]
    place = {name: properties[name] for name in ("RestApiId", "ResourceId")}
    integration = {**place, "HttpMethod": get_att(logical_id, "HttpMethod"), **properties["Integration"]}
    return {
        logical_id: _with(resource, "Integration"),
        f"{logical_id}Integration": {"Type": "Integration", "Properties": integration},
    }


def _deployment(logical_id: str, resource: Json, _resources: Resources) -> Resources:
    """The id follows what is deployed, so it says when to deploy again."""
    return {logical_id: _with(resource, Triggers={"content": logical_id})}


def _stage(logical_id: str, resource: Json, _resources: Resources) -> Resources:
    settings = resource["Properties"].get("MethodSettings")
    if settings is None:
        return {logical_id: resource}
    limits = {name: value for name, value in settings[0].items() if name.startswith("Throttling")}
    part = {
        "RestApiId": resource["Properties"]["RestApiId"],
        "StageName": ref(logical_id),
        "MethodPath": "*/*",
        "Settings": limits,
    }
    return {
        logical_id: _with(resource, "MethodSettings"),
        f"{logical_id}Settings": {"Type": "MethodSettings", "Properties": part},
    }


def _scalable_target(logical_id: str, resource: Json, _resources: Resources) -> Resources:
    properties = resource["Properties"]
    place = {name: properties[name] for name in ("ServiceNamespace", "ScalableDimension")}
    actions = {
        f"{logical_id}{action['ScheduledActionName'].capitalize()}": {
            "Type": "ScheduledAction",
            "Properties": {**place, "ResourceId": get_att(logical_id, "ResourceId"), **action},
        }
        for action in properties["ScheduledActions"]
    }
    return {logical_id: _with(resource, "ScheduledActions"), **actions}


def _distribution(logical_id: str, resource: Json, _resources: Resources) -> Resources:
    """Terraform wants to be told which methods are cached, where none is."""
    configuration = resource["Properties"]["DistributionConfig"]
    behavior = {**configuration["DefaultCacheBehavior"], "CachedMethods": ["GET", "HEAD"]}
    return {logical_id: _with(resource, DistributionConfig={**configuration, "DefaultCacheBehavior": behavior})}


def _target_group(logical_id: str, resource: Json, _resources: Resources) -> Resources:
    [target] = resource["Properties"]["Targets"]
    part = {
        "Type": "TargetGroupAttachment",
        "DependsOn": resource["DependsOn"],
        "Properties": {"TargetGroupArn": ref(logical_id), "TargetId": target["Id"]},
    }
    group = _with(resource, "Targets", "TargetGroupAttributes", LambdaMultiValueHeadersEnabled=True)
    return {logical_id: group, f"{logical_id}Target": part}


def _record(logical_id: str, resource: Json, _resources: Resources) -> Resources:
    target = {**resource["Properties"]["AliasTarget"], "EvaluateTargetHealth": False}
    return {logical_id: _with(resource, AliasTarget=target)}


_CUTS: Mapping[str, Callable[[str, Json, Resources], Resources]] = {
    "AWS::ApiGateway::ApiKey": _named,
    "AWS::ApiGateway::Deployment": _deployment,
    "AWS::ApiGateway::Method": _method,
    "AWS::ApiGateway::Stage": _stage,
    "AWS::ApiGateway::UsagePlan": _named,
    "AWS::ApplicationAutoScaling::ScalableTarget": _scalable_target,
    "AWS::CloudFront::Distribution": _distribution,
    "AWS::ElasticLoadBalancingV2::TargetGroup": _target_group,
    "AWS::IAM::Role": _role,
    "AWS::Lambda::Alias": _alias,
    "AWS::Lambda::Function": _function,
    "AWS::Lambda::Permission": _permission,
    "AWS::Lambda::Version": _version,
    "AWS::Route53::RecordSet": _record,
    "AWS::Scheduler::Schedule": _schedule,
}
