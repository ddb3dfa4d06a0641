"""Keep-warm: a schedule that invokes the alias, and the role that lets it do that and nothing else."""

from __future__ import annotations

import json

from lambwsgi.deploy import names
from lambwsgi.deploy.template.function import assume_role_policy, inline_policy
from lambwsgi.deploy.template.intrinsics import Resources, get_att, ref, tag_list
from lambwsgi.events.warm import PAYLOAD
from lambwsgi.settings.model import StageSettings

_ROLE_ID = "WarmRole"
# The scheduler serves all accounts; it may take this role for schedules of this one.
# Source: EventBridge Scheduler user guide, 'Confused deputy prevention'.
_OWN_SCHEDULES = {"StringEquals": {"aws:SourceAccount": ref("AWS::AccountId")}}


def warm_resources(settings: StageSettings) -> Resources:
    """Schedule and role; nothing when the stage is not kept warm, so that switching it off removes both.

    A missed warm-up is not worth a second try: the next one comes anyway.
    """
    if not settings.warm:
        return {}
    return {
        _ROLE_ID: {
            "Type": "AWS::IAM::Role",
            "Properties": {
                "AssumeRolePolicyDocument": assume_role_policy("scheduler.amazonaws.com", Condition=_OWN_SCHEDULES),
                "Policies": [inline_policy("InvokeLiveAlias", ["lambda:InvokeFunction"], [ref(names.ALIAS_ID)])],
                "Tags": tag_list(names.tags(settings)),
            },
        },
        names.SCHEDULE_ID: {
            "Type": "AWS::Scheduler::Schedule",
            "Properties": {
                "Description": f"Keeps {settings.function_name} warm",
                "FlexibleTimeWindow": {"Mode": "OFF"},
                "ScheduleExpression": settings.warm.schedule,
                "Target": {
                    "Arn": ref(names.ALIAS_ID),
                    "RoleArn": get_att(_ROLE_ID, "Arn"),
                    "Input": json.dumps(PAYLOAD, separators=(",", ":")),
                    "RetryPolicy": {"MaximumRetryAttempts": 0},
                },
            },
        },
    }
