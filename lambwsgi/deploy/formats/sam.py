"""The stage as a SAM template: SAM's own resources for function, alias, URL, schedules and layer, the rest as it is.

Pure. The APIs stay CloudFormation's, which SAM's command line knows as well: of its own, SAM would make an OpenAPI
document, and with it an API that is set up otherwise than the one that `deploy` makes.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

from lambwsgi.deploy import names
from lambwsgi.deploy.formats.refusal import refusal
from lambwsgi.deploy.template.alias import HELD, without_weights
from lambwsgi.deploy.template.intrinsics import Json, Resources, get_att

# Ids that SAM makes. Source: SAM developer guide, 'Generated CloudFormation resources for AWS::Serverless::Function'.
ALIAS_ID = f"{names.FUNCTION_ID}Alias{names.ALIAS}"
_NEWEST = get_att(f"{names.FUNCTION_ID}.Version", "Version")
# What SAM puts before the names of CodeDeploy's own ways. Source: SAM developer guide, 'DeploymentPreference'.
_BY_CODE_DEPLOY = "CodeDeployDefault.Lambda"
_ALIAS_WORDS = frozenset({"FunctionName", "FunctionVersion", "Name", "ProvisionedConcurrencyConfig"})


def sam_template(template: Json) -> Json:
    """The SAM template of the same stage. Without the parameters that `deploy` moves the alias by.

    Raises TemplateError for what it cannot say.
    """
    template = without_weights(template)
    resources: Resources = template["Resources"]
    kept = {name: each for name, each in resources.items() if not _is_within_the_function(each)}
    written = {name: _WRITERS.get(each["Type"], _as_it_is)(each, resources) for name, each in kept.items()}
    parameters = {name: each for name, each in template["Parameters"].items() if name != names.VERSION_PARAMETER}
    outputs = {name: each for name, each in template["Outputs"].items() if name != names.NEWEST_OUTPUT}
    return {
        "AWSTemplateFormatVersion": template["AWSTemplateFormatVersion"],
        "Transform": "AWS::Serverless-2016-10-31",
        "Description": template["Description"],
        "Parameters": parameters,
        "Resources": _renamed(written),
        "Outputs": _renamed(outputs),
    }


def _is_within_the_function(resource: Json) -> bool:
    """Whether SAM makes it of the function: the permissions of a public URL as well."""
    open_to_all = resource["Type"] == "AWS::Lambda::Permission" and resource["Properties"]["Principal"] == "*"
    return resource["Type"] in _WITHIN_THE_FUNCTION or open_to_all


def _function(function: Json, resources: Resources) -> Json:
    properties: Json = {}
    for name, value in function["Properties"].items():
        properties |= _PROPERTIES[name](value) if name in _PROPERTIES else {name: value}
    return {
        **function,
        "Type": "AWS::Serverless::Function",
        "Properties": {**properties, **_alias(resources), **_url(resources), **_events(resources)},
    }


def _alias(resources: Resources) -> Json:
    """A version for each change of any property, since code and configuration go live together."""
    properties = resources[names.ALIAS_ID]["Properties"]
    if beyond := sorted(properties.keys() - _ALIAS_WORDS):
        raise refusal("SAM", f"{', '.join(beyond)} of an alias")
    provisioned = properties.get("ProvisionedConcurrencyConfig")
    return {
        "AutoPublishAlias": properties["Name"],
        "AutoPublishAliasAllProperties": True,
        **({"ProvisionedConcurrencyConfig": provisioned} if provisioned else {}),
        **_shift(resources),
    }


def _shift(resources: Resources) -> Json:
    """How CodeDeploy moves the alias, where it does; application and group are SAM's then, and know no hold."""
    if names.SHIFT_GROUP_ID not in resources:
        return {}
    group = resources[names.SHIFT_GROUP_ID]["Properties"]
    alarms = [each["Name"] for each in group.get("AlarmConfiguration", {"Alarms": []})["Alarms"]]
    config = group["DeploymentConfigName"]
    kind = config.removeprefix(_BY_CODE_DEPLOY) if isinstance(config, str) else config
    preference = {"Type": kind, "Role": group["ServiceRoleArn"], **({"Alarms": alarms} if alarms else {})}
    return {"DeploymentPreference": preference}


def _url(resources: Resources) -> Json:
    if names.URL_ID not in resources:
        return {}
    properties = resources[names.URL_ID]["Properties"]
    return {"FunctionUrlConfig": {name: properties[name] for name in _URL_WORDS if name in properties}}


def _events(resources: Resources) -> Json:
    schedules = {name: each for name, each in resources.items() if each["Type"] == "AWS::Scheduler::Schedule"}
    if not schedules:
        return {}
    return {"Events": {name: _schedule(each["Properties"]) for name, each in schedules.items()}}


def _schedule(properties: Json) -> Json:
    """Unnamed as in the CloudFormation template, where SAM would take the id for a name, the same in each stage."""
    target = {name: value for name, value in properties["Target"].items() if name != "Arn"}
    own = {name: value for name, value in properties.items() if name != "Target"}
    return {"Type": "ScheduleV2", "Properties": {**own, **target, "OmitName": True}}


def _layer(layer: Json, _resources: Resources) -> Json:
    properties = layer["Properties"]
    kept = {name: value for name, value in properties.items() if name != "Content"}
    return {
        "Type": "AWS::Serverless::LayerVersion",
        "Properties": {**kept, "ContentUri": _place(properties["Content"]), "RetentionPolicy": "Retain"},
    }


def _as_it_is(resource: Json, _resources: Resources) -> Json:
    return resource


def _code(code: Json) -> Json:
    return {"ImageUri": code["ImageUri"]} if "ImageUri" in code else {"CodeUri": _place(code)}


def _place(code: Json) -> Json:
    return {"Bucket": code["S3Bucket"], "Key": code["S3Key"]}


def _dead_letters(given: Json) -> Json:
    arn: str = given["TargetArn"]
    return {"DeadLetterQueue": {"Type": arn.split(":")[2].upper(), "TargetArn": arn}}


def _renamed(value: Any) -> Any:
    """The same with SAM's ids for alias and version."""
    if isinstance(value, list):
        return [_renamed(each) for each in value]
    if not isinstance(value, dict):
        return value
    if value.get("Fn::If", [None])[0] == HELD:
        return _renamed(value["Fn::If"][2])
    if _is_of_version(value):
        return _NEWEST
    return {name: _NAMING.get(name, _renamed)(each) for name, each in value.items()}


def _renamed_id(named: Any) -> Any:
    """An id, or a list of ids and attributes."""
    if isinstance(named, list):
        return [_renamed_id(each) for each in named]
    return ALIAS_ID if named == names.ALIAS_ID else named


def _renamed_text(text: str) -> str:
    return text.replace(f"${{{names.ALIAS_ID}}}", f"${{{ALIAS_ID}}}")


def _is_of_version(value: Json) -> bool:
    return bool(re.fullmatch(r"Version[0-9a-f]{12}", str(value.get("Fn::GetAtt", [""])[0])))


# What names resources.
_NAMING: Mapping[str, Callable[[Any], Any]] = {
    "DependsOn": _renamed_id,
    "Fn::GetAtt": _renamed_id,
    "Fn::Sub": _renamed_text,
    "Ref": _renamed_id,
}
_URL_WORDS = ("AuthType", "Cors", "InvokeMode")
# What the function says itself in SAM.
_WITHIN_THE_FUNCTION = frozenset(
    {
        "AWS::CodeDeploy::Application",
        "AWS::CodeDeploy::DeploymentGroup",
        "AWS::Lambda::Alias",
        "AWS::Lambda::Url",
        "AWS::Lambda::Version",
        "AWS::Scheduler::Schedule",
    }
)
_WRITERS: Mapping[str, Callable[[Json, Resources], Json]] = {
    "AWS::Lambda::Function": _function,
    "AWS::Lambda::LayerVersion": _layer,
}
_PROPERTIES: Mapping[str, Callable[[Any], Json]] = {
    "Code": _code,
    "DeadLetterConfig": _dead_letters,
    "Tags": lambda tags: {"Tags": {each["Key"]: each["Value"] for each in tags}},
    "TracingConfig": lambda given: {"Tracing": given["Mode"]},
}
