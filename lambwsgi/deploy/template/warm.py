"""Keep-warm: schedules that invoke the alias, and the role that lets them do that and nothing else."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from lambwsgi.deploy import names
from lambwsgi.deploy.template.intrinsics import Json, Resources, get_att, ref, tag_list
from lambwsgi.deploy.template.role import allow, assume_role_policy, inline_policy
from lambwsgi.events.warm import warm_event
from lambwsgi.settings.model import StageSettings
from lambwsgi.settings.warm import DEFAULT, Schedule

_ROLE_ID = "WarmRole"
# The scheduler serves all accounts; it may take this role for schedules of this one.
# Source: EventBridge Scheduler user guide, 'Confused deputy prevention'.
_OWN_SCHEDULES = {"StringEquals": {"aws:SourceAccount": ref("AWS::AccountId")}}


def warm_resources(settings: StageSettings) -> Resources:
    """Schedules and their role; nothing when the stage is not kept warm, so that switching it off removes both."""
    schedules = settings.warm_schedules
    if not schedules:
        return {}
    role = {
        "Type": "AWS::IAM::Role",
        "Properties": {
            "AssumeRolePolicyDocument": assume_role_policy("scheduler.amazonaws.com", Condition=_OWN_SCHEDULES),
            "Policies": [inline_policy("InvokeLiveAlias", allow(["lambda:InvokeFunction"], [ref(names.ALIAS_ID)]))],
            "Tags": tag_list(names.tags(settings)),
        },
    }
    named = {_schedule_id(name): _schedule(settings, name, schedule) for name, schedule in schedules.items()}
    return {_ROLE_ID: role, **named}


def event_of(name: str, schedule: Schedule) -> Mapping[str, Any]:
    """The event that the schedule sends: what differs from what the handler takes for granted."""
    usual = Schedule()
    wish = {
        field: getattr(schedule, field)
        for field in ("concurrency", "hold_ms", "path", "payload")
        if getattr(schedule, field) != getattr(usual, field)
    }
    return warm_event(**({} if name == DEFAULT else {"schedule": name}), **wish)


def _schedule_id(name: str) -> str:
    return names.SCHEDULE_ID if name == DEFAULT else f"{names.SCHEDULE_ID}{name.capitalize()}"


def _schedule(settings: StageSettings, name: str, schedule: Schedule) -> Json:
    """A missed warm-up is not worth a second try: the next one comes anyway."""
    which = "" if name == DEFAULT else f", schedule {name}"
    moments = {"StartDate": schedule.start, "EndDate": schedule.end}
    return {
        "Type": "AWS::Scheduler::Schedule",
        "Properties": {
            "Description": f"Keeps {settings.function_name} warm{which}",
            "FlexibleTimeWindow": {"Mode": "OFF"},
            "ScheduleExpression": schedule.schedule,
            **({} if schedule.timezone == "UTC" else {"ScheduleExpressionTimezone": schedule.timezone}),
            **{key: f"{moment:%Y-%m-%dT%H:%M:%SZ}" for key, moment in moments.items() if moment},
            "Target": {
                "Arn": ref(names.ALIAS_ID),
                "RoleArn": get_att(_ROLE_ID, "Arn"),
                "Input": json.dumps(event_of(name, schedule), separators=(",", ":")),
                "RetryPolicy": {"MaximumRetryAttempts": 0},
            },
        },
    }
