"""Environments that AWS keeps ready: what scales the alias's provisioned concurrency by the clock."""

from __future__ import annotations

from typing import Any

from lambwsgi.deploy import names
from lambwsgi.deploy.template.intrinsics import Json, Resources, sub
from lambwsgi.settings.capacity import ProvisionedConcurrency, Scaling
from lambwsgi.settings.model import StageSettings


def alias_capacity(settings: StageSettings) -> Json:
    """The alias's own property; none where a schedule sets the number, since each update would set it back."""
    wanted = settings.provisioned_concurrency
    if wanted is None or wanted.schedules:
        return {}
    return {"ProvisionedConcurrencyConfig": {"ProvisionedConcurrentExecutions": wanted.environments}}


def capacity_resources(settings: StageSettings) -> Resources:
    """What scales the alias; nothing where its number never changes."""
    wanted = settings.provisioned_concurrency
    if wanted is None or not wanted.schedules:
        return {}
    return {"ProvisionedScaling": _scalable_target(wanted)}


def _scalable_target(wanted: ProvisionedConcurrency) -> Json:
    return {
        "Type": "AWS::ApplicationAutoScaling::ScalableTarget",
        "DependsOn": [names.ALIAS_ID],
        "Properties": {
            "ServiceNamespace": "lambda",
            "ScalableDimension": "lambda:function:ProvisionedConcurrency",
            "ResourceId": sub(f"function:${{{names.FUNCTION_ID}}}:{names.ALIAS}"),
            **_capacity(wanted.environments),
            "ScheduledActions": [_action(name, scaling) for name, scaling in wanted.schedules.items()],
        },
    }


def _action(name: str, scaling: Scaling) -> Json:
    return {
        "ScheduledActionName": name,
        "Schedule": scaling.schedule,
        "Timezone": scaling.timezone,
        "ScalableTargetAction": _capacity(scaling.environments),
    }


def _capacity(environments: int) -> dict[str, Any]:
    return {"MinCapacity": environments, "MaxCapacity": environments}
