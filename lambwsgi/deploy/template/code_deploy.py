"""CodeDeploy in the place of lambwsgi's own shift: it moves the alias whenever the stack changes what that stands for.

Source: CloudFormation user guide, 'UpdatePolicy attribute', CodeDeployLambdaAliasUpdate.
"""

from __future__ import annotations

from lambwsgi.deploy import names
from lambwsgi.deploy.template.alias import HELD
from lambwsgi.deploy.template.intrinsics import Json, Resources, content_id, get_att, ref, sub, tag_list
from lambwsgi.deploy.template.role import assume_role_policy
from lambwsgi.settings.model import StageSettings
from lambwsgi.settings.strategy import Strategy, StrategyKind

_ROLE_ID = "ShiftRole"
_ERRORS_ID = "ShiftErrors"
_POLICY = "arn:${AWS::Partition}:iam::aws:policy/service-role/AWSCodeDeployRoleForLambdaLimited"
_AT_ONCE = "CodeDeployDefault.LambdaAllAtOnce"
# By kind: the type of a routing, and what it calls its percentage and its minutes.
_ROUTINGS = {
    StrategyKind.CANARY: ("TimeBasedCanary", "CanaryPercentage", "CanaryInterval"),
    StrategyKind.LINEAR: ("TimeBasedLinear", "LinearPercentage", "LinearInterval"),
}


def code_deploy_resources(settings: StageSettings, newest: Json) -> Resources:
    """What moves the alias; nothing where lambwsgi does. `newest` is the number of the template's version."""
    strategy = settings.strategy
    if strategy.by != "codedeploy":
        return {}
    config = _config(strategy)
    errors = _errors(strategy, newest)
    return {
        names.SHIFT_ID: {
            "Type": "AWS::CodeDeploy::Application",
            "Properties": {"ComputePlatform": "Lambda", "Tags": tag_list(names.tags(settings))},
        },
        _ROLE_ID: {
            "Type": "AWS::IAM::Role",
            "Properties": {
                "AssumeRolePolicyDocument": assume_role_policy("codedeploy.amazonaws.com"),
                "ManagedPolicyArns": [sub(_POLICY)],
                "Tags": tag_list(names.tags(settings)),
            },
        },
        **config,
        **errors,
        names.SHIFT_GROUP_ID: _group(settings, config=list(config), errors=list(errors)),
    }


def _config(strategy: Strategy) -> Resources:
    """How the requests go over, where CodeDeploy has no such way by itself. It cannot be changed, only followed."""
    if strategy.kind not in _ROUTINGS:
        return {}
    kind, percentage, interval = _ROUTINGS[strategy.kind]
    routing = {"Type": kind, kind: {percentage: strategy.percent, interval: strategy.minutes}}
    properties: Json = {"ComputePlatform": "Lambda", "TrafficRoutingConfig": routing}
    return {
        content_id("ShiftConfig", properties): {"Type": "AWS::CodeDeploy::DeploymentConfig", "Properties": properties}
    }


def _errors(strategy: Strategy, newest: Json) -> Resources:
    """The alarm on invocations of the newest version that end in an error."""
    if not (strategy.shifts and strategy.errors):
        return {}
    dimensions = {
        "FunctionName": ref(names.FUNCTION_ID),
        "Resource": sub(f"${{{names.FUNCTION_ID}}}:{names.ALIAS}"),
        "ExecutedVersion": newest,
    }
    properties = {
        "AlarmDescription": "Invocations of the newest version that end in an error",
        "Namespace": "AWS/Lambda",
        "MetricName": "Errors",
        "Dimensions": [{"Name": name, "Value": value} for name, value in dimensions.items()],
        "Statistic": "Sum",
        "Period": 60,
        "EvaluationPeriods": 1,
        "Threshold": strategy.errors,
        "ComparisonOperator": "GreaterThanOrEqualToThreshold",
        "TreatMissingData": "notBreaching",
    }
    return {_ERRORS_ID: {"Type": "AWS::CloudWatch::Alarm", "Properties": properties}}


def _group(settings: StageSettings, *, config: list[str], errors: list[str]) -> Json:
    """What the alias names. While the alias is held, as a rollback holds it, it moves at once and asks no alarm."""
    watched = [*(each.partition(":alarm:")[2] or each for each in settings.strategy.alarms), *map(ref, errors)]
    alarms = {"Enabled": {"Fn::If": [HELD, False, True]}, "Alarms": [{"Name": each} for each in watched]}
    return {
        "Type": "AWS::CodeDeploy::DeploymentGroup",
        "Properties": {
            "ApplicationName": ref(names.SHIFT_ID),
            "ServiceRoleArn": get_att(_ROLE_ID, "Arn"),
            "DeploymentConfigName": {"Fn::If": [HELD, _AT_ONCE, ref(config[0])]} if config else _AT_ONCE,
            "DeploymentStyle": {"DeploymentType": "BLUE_GREEN", "DeploymentOption": "WITH_TRAFFIC_CONTROL"},
            "AutoRollbackConfiguration": {
                "Enabled": True,
                "Events": ["DEPLOYMENT_FAILURE", "DEPLOYMENT_STOP_ON_ALARM", "DEPLOYMENT_STOP_ON_REQUEST"],
            },
            **({"AlarmConfiguration": alarms} if watched else {}),
            "Tags": tag_list(names.tags(settings)),
        },
    }
