"""The function's role: what it may do follows from the settings, statement by statement, and is nothing else."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from lambwsgi.deploy import names
from lambwsgi.deploy.template.grants import granted_statements, namesake_arn
from lambwsgi.deploy.template.intrinsics import Arn, Json, Resources, get_att, sub, tag_list
from lambwsgi.settings.grants import PERMISSIONS
from lambwsgi.settings.model import StageSettings
from lambwsgi.settings.variables import secret_references

# Network interfaces and traces know no resources. Source: Lambda developer guide, 'Giving Lambda functions access to
# resources in an Amazon VPC'; X-Ray developer guide, 'How AWS X-Ray works with IAM'.
_EVERYTHING = ["*"]
_NETWORK = (
    *("ec2:AssignPrivateIpAddresses", "ec2:CreateNetworkInterface", "ec2:DeleteNetworkInterface"),
    *("ec2:DescribeNetworkInterfaces", "ec2:DescribeSubnets", "ec2:UnassignPrivateIpAddresses"),
)
_PARAMETER = PERMISSIONS["parameters"].prefix
_SECRET = PERMISSIONS["secrets"].prefix
_SEND = {"sqs": "sqs:SendMessage", "sns": "sns:Publish"}


def role_resources(settings: StageSettings) -> Resources:
    """The role; nothing where one is given."""
    if settings.role is not None:
        return {}
    role = {
        "Type": "AWS::IAM::Role",
        "Properties": {
            "AssumeRolePolicyDocument": assume_role_policy("lambda.amazonaws.com"),
            "Policies": _policies(settings),
            "Tags": tag_list(names.tags(settings)),
        },
    }
    return {names.ROLE_ID: role}


def role_arn(settings: StageSettings) -> Arn:
    """The ARN of the role that the function takes."""
    return settings.role or get_att(names.ROLE_ID, "Arn")


def needed_actions(settings: StageSettings) -> tuple[str, ...]:
    """What a role that is given has to allow, in the order of the alphabet."""
    statements = [each for policy in _policies(settings) for each in policy["PolicyDocument"]["Statement"]]
    return tuple(sorted({action for each in statements for action in each["Action"]}))


def assume_role_policy(service: str, **more: Json) -> Json:
    """The trust policy that lets one AWS service use a role; `more` are further parts of its statement."""
    statement = {"Effect": "Allow", "Principal": {"Service": service}, "Action": "sts:AssumeRole", **more}
    return {"Version": "2012-10-17", "Statement": [statement]}


def inline_policy(name: str, *statements: Json) -> Json:
    """One inline policy."""
    return {"PolicyName": name, "PolicyDocument": {"Version": "2012-10-17", "Statement": list(statements)}}


def allow(actions: Sequence[str], resources: Sequence[Arn], **more: Any) -> Json:
    """One statement that allows actions on resources; `more` are further parts of it."""
    return {"Effect": "Allow", "Action": list(actions), "Resource": list(resources), **more}


def _policies(settings: StageSettings) -> list[Json]:
    found = [(name, state(settings)) for name, state in _POLICIES.items()]
    return [inline_policy(name, *statements) for name, statements in found if statements]


def _write_own_log(_settings: StageSettings) -> list[Json]:
    # No logs:CreateLogGroup: a function that outlives its stack by a second must not bring the log group back.
    return [allow(["logs:CreateLogStream", "logs:PutLogEvents"], [get_att(names.LOG_GROUP_ID, "Arn")])]


def _invoke_own_alias(settings: StageSettings) -> list[Json]:
    """Where more than one environment is kept warm, the function sends the other warm-ups: to its own alias only.

    The ARN is spelled out, since the alias cannot be there before the function, nor the function before its role.
    """
    if all(schedule.concurrency == 1 for schedule in settings.warm_schedules.values()):
        return []
    alias = f"function:{settings.function_name}:{names.ALIAS}"
    arn = sub(f"arn:${{AWS::Partition}}:lambda:${{AWS::Region}}:${{AWS::AccountId}}:{alias}")
    return [allow(["lambda:InvokeFunction"], [arn])]


def _join_network(settings: StageSettings) -> list[Json]:
    return [allow(_NETWORK, _EVERYTHING)] if settings.vpc else []


def _mount(settings: StageSettings) -> list[Json]:
    """By this access point alone; the file system that it belongs to is not known here."""
    if settings.efs is None:
        return []
    writing = [] if settings.efs.read_only else ["elasticfilesystem:ClientWrite"]
    region, account = settings.efs.access_point.split(":")[3:5]
    file_systems = f"arn:${{AWS::Partition}}:elasticfilesystem:{region}:{account}:file-system/*"
    by_this = {"StringEquals": {"elasticfilesystem:AccessPointArn": settings.efs.access_point}}
    return [allow(["elasticfilesystem:ClientMount", *writing], [sub(file_systems)], Condition=by_this)]


def _trace(settings: StageSettings) -> list[Json]:
    return [allow(["xray:PutTelemetryRecords", "xray:PutTraceSegments"], _EVERYTHING)] if settings.tracing else []


def _send_dead_letters(settings: StageSettings) -> list[Json]:
    if settings.dead_letters is None:
        return []
    return [allow([_SEND[settings.dead_letters.split(":")[2]]], [settings.dead_letters])]


def _decrypt(settings: StageSettings) -> list[Json]:
    return [allow(["kms:Decrypt"], [settings.kms_key])] if settings.kms_key else []


def _read_secrets(settings: StageSettings) -> list[Json]:
    """Each parameter and each secret that a variable refers to; with their key by way of these services only."""
    wanted = sorted({each for references in secret_references(settings).values() for each in references})
    parameters = dict.fromkeys(each.name.partition(":")[0].removeprefix("/") for each in wanted if each.kind == "ssm")
    secrets = dict.fromkeys(each.name for each in wanted if each.kind == "secret")
    statements = []
    if parameters:
        statements.append(allow(["ssm:GetParameters"], [sub(_PARAMETER + name) for name in parameters]))
    if secrets:
        statements.append(allow(["secretsmanager:GetSecretValue"], [namesake_arn(_SECRET, name) for name in secrets]))
    if statements and settings.secrets_kms_key:
        services = [sub(f"{service}.${{AWS::Region}}.${{AWS::URLSuffix}}") for service in ("secretsmanager", "ssm")]
        by_way = {"StringEquals": {"kms:ViaService": services}}
        statements.append(allow(["kms:Decrypt"], [settings.secrets_kms_key], Condition=by_way))
    return statements


_POLICIES: dict[str, Callable[[StageSettings], list[Json]]] = {
    "WriteOwnLog": _write_own_log,
    "InvokeOwnAlias": _invoke_own_alias,
    "JoinNetwork": _join_network,
    "MountFileSystem": _mount,
    "Trace": _trace,
    "SendDeadLetters": _send_dead_letters,
    "Decrypt": _decrypt,
    "ReadSecrets": _read_secrets,
    "Granted": granted_statements,
}
