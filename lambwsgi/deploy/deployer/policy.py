"""What whoever deploys a stage must be allowed: the calls that lambwsgi makes, and those that CloudFormation makes with
the same credentials for the resources of the stage's template. Pure.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from lambwsgi.deploy import names
from lambwsgi.deploy.deployer.grants import BY_PROPERTY, BY_TYPE, OF_ALARMS, OF_CODE, OF_METRICS, OWN, Grant
from lambwsgi.deploy.template.intrinsics import Json
from lambwsgi.settings.model import StageSettings
from lambwsgi.settings.strategy import Strategy

_PARTITIONS = {"cn-": "aws-cn", "us-gov-": "aws-us-gov"}


def deployer_policy(settings: StageSettings, template: Json, region: str | None) -> Json:
    """The IAM policy that is enough to plan, deploy, roll back, ask and remove the stage, and no more.

    Without a region it holds for all of them. The account is left open, for the policy lies in it.
    """
    place = {
        "partition": _partition(region or ""),
        "region": region or "*",
        "account": "*",
        "stack": names.stack_name(settings),
        "project": settings.project,
        "repository": names.repository_name(settings),
        "bucket": settings.bucket or names.default_bucket("*", "*"),
        "log_group": names.log_group_name(settings),
        "gateway_log": names.gateway_log_name(settings),
        "kms_key": settings.kms_key or "*",
    }
    settled = [*OWN, *OF_CODE[settings.package], *_of_strategy(settings.strategy)]
    grants = dict.fromkeys([*settled, *_of_resources(template)])
    return {"Version": "2012-10-17", "Statement": [_statement(grant, place) for grant in grants]}


def _partition(region: str) -> str:
    """The part of AWS that a region is in. Source: AWS general reference, 'Amazon Resource Names'."""
    return next((name for prefix, name in _PARTITIONS.items() if region.startswith(prefix)), "aws")


def _of_strategy(strategy: Strategy) -> Iterator[Grant]:
    """What lambwsgi needs to watch a version that has a part of the requests."""
    if strategy.shifts and strategy.by == "lambwsgi":
        yield from [OF_ALARMS] if strategy.alarms else []
        yield from [OF_METRICS] if strategy.errors else []


def _of_resources(template: Json) -> Iterator[Grant]:
    """What CloudFormation needs for the types of the template's resources and for what they are given."""
    types = {resource["Type"] for resource in template["Resources"].values()}
    for name in sorted(types):
        service = name[: name.rindex("::") + 2]
        yield from BY_TYPE[name] if name in BY_TYPE else BY_TYPE[service]
    for resource in template["Resources"].values():
        for name in resource.get("Properties", {}):
            yield from BY_PROPERTY.get((resource["Type"], name), ())


def _statement(grant: Grant, place: Mapping[str, str]) -> Json:
    return {
        "Effect": "Allow",
        "Action": list(grant.actions),
        "Resource": [pattern.format_map(place) for pattern in grant.resources],
    }
