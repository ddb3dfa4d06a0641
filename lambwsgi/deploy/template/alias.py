"""The alias that serves: the version it stands for, and who moves it how to another one."""

from __future__ import annotations

from lambwsgi.deploy import names
from lambwsgi.deploy.template.capacity import alias_capacity
from lambwsgi.deploy.template.intrinsics import Json, ref
from lambwsgi.settings.model import StageSettings

# The condition under which the alias is held at an older version.
HELD = "RolledBack"
# The condition under which the newest version gets a part of the requests.
_SHARED = "Shared"


def alias_parameters(settings: StageSettings) -> Json:
    """What a deployment moves the alias by, without another template."""
    version = {
        "Type": "String",
        "Default": "",
        "AllowedPattern": "^[0-9]*$",
        "Description": "Version that serves; empty: the one of this template",
    }
    weight = {
        "Type": "Number",
        "Default": names.NO_WEIGHT,
        "MinValue": 0,
        "MaxValue": 1,
        "Description": "Part of the requests that the version of this template gets while another one serves",
    }
    return {names.VERSION_PARAMETER: version, **({names.WEIGHT_PARAMETER: weight} if _has_weights(settings) else {})}


def alias_conditions(settings: StageSettings) -> Json:
    """What follows from the parameters."""
    shared = {_SHARED: _is_not(names.WEIGHT_PARAMETER, names.NO_WEIGHT)} if _has_weights(settings) else {}
    return {HELD: _is_not(names.VERSION_PARAMETER, ""), **shared}


def alias_resource(settings: StageSettings, newest: Json) -> Json:
    """The alias, at the version of the template, which has the number `newest`, or at the one that it is held at."""
    properties = {
        "Name": names.ALIAS,
        "FunctionName": ref(names.FUNCTION_ID),
        "FunctionVersion": {"Fn::If": [HELD, ref(names.VERSION_PARAMETER), newest]},
        **(_routing(newest) if _has_weights(settings) else {}),
        **alias_capacity(settings),
    }
    policy = {} if _has_weights(settings) else _moved_by_code_deploy()
    return {"Type": "AWS::Lambda::Alias", **policy, "Properties": properties}


def without_weights(template: Json) -> Json:
    """The template for tools that move no alias step by step, which `deploy` does by these."""
    resources = dict(template["Resources"])
    alias = resources[names.ALIAS_ID]
    properties = {name: value for name, value in alias["Properties"].items() if name != "RoutingConfig"}
    return {
        **template,
        "Parameters": {name: each for name, each in template["Parameters"].items() if name != names.WEIGHT_PARAMETER},
        "Conditions": {name: each for name, each in template["Conditions"].items() if name != _SHARED},
        "Resources": {**resources, names.ALIAS_ID: {**alias, "Properties": properties}},
    }


def _has_weights(settings: StageSettings) -> bool:
    """Whether the template sets the weights; CodeDeploy would have its own overwritten."""
    return settings.strategy.by == "lambwsgi"


def _routing(newest: Json) -> Json:
    share = {"FunctionVersion": newest, "FunctionWeight": ref(names.WEIGHT_PARAMETER)}
    # Said even where it is empty: what an update leaves out, Lambda would leave as it is.
    return {"RoutingConfig": {"AdditionalVersionWeights": {"Fn::If": [_SHARED, [share], []]}}}


def _moved_by_code_deploy() -> Json:
    group = {"ApplicationName": ref(names.SHIFT_ID), "DeploymentGroupName": ref(names.SHIFT_GROUP_ID)}
    return {"UpdatePolicy": {"CodeDeployLambdaAliasUpdate": group}}


def _is_not(parameter: str, value: str) -> Json:
    return {"Fn::Not": [{"Fn::Equals": [ref(parameter), value]}]}
