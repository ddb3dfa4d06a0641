"""AWS's answers as records. Pure: the JSON of the API in, a value of ours out."""

from __future__ import annotations

import base64
import re
from collections.abc import Iterable, Mapping
from typing import Any

from lambwsgi.adapter.stream import WRAPPER_VARIABLE
from lambwsgi.deploy.aws.records import (
    Alarm,
    ChangeSet,
    FunctionVersion,
    LogEvent,
    PropertyChange,
    ResourceChange,
    Stack,
    StackEvent,
)
from lambwsgi.deploy.errors import DeployError

Json = Mapping[str, Any]

_DIGEST = re.compile(r"[0-9a-f]{64}")


class _Expected(dict[str, str]):
    """What a template of ours gives its stack. Raises DeployError for what another template has left out."""

    def __init__(self, stack_name: str, kind: str, told: Mapping[str, str]) -> None:
        super().__init__(told)
        self._where = f"stack {stack_name!r} has no {kind}"

    def __missing__(self, key: str) -> str:
        raise DeployError(
            f"{self._where} {key!r}, as a stack of this lambwsgi has: it is of another template, by hand or by another"
            " version of lambwsgi; `lambwsgi deploy` with the stage's name brings it up to date"
        )


def read_stack(answer: Json) -> Stack:
    """A `Stack` of DescribeStacks."""
    name = answer["StackName"]
    return Stack(
        stack_id=answer["StackId"],
        name=name,
        status=answer["StackStatus"],
        status_reason=answer.get("StackStatusReason", ""),
        outputs=_Expected(
            name, "output", {output["OutputKey"]: output["OutputValue"] for output in answer.get("Outputs", ())}
        ),
        parameters=_Expected(
            name, "parameter", {each["ParameterKey"]: each["ParameterValue"] for each in answer.get("Parameters", ())}
        ),
        tags={tag["Key"]: tag["Value"] for tag in answer.get("Tags", ())},
        updated=answer.get("LastUpdatedTime") or answer.get("CreationTime"),
    )


def read_change_set(pages: Iterable[Json]) -> ChangeSet:
    """All pages of DescribeChangeSet."""
    first, *rest = pages
    changes = [change for page in (first, *rest) for change in page.get("Changes", ())]
    return ChangeSet(
        change_set_id=first["ChangeSetId"],
        stack_id=first["StackId"],
        stack_name=first["StackName"],
        status=first["Status"],
        status_reason=first.get("StatusReason", ""),
        changes=tuple(_read_change(change["ResourceChange"]) for change in changes if "ResourceChange" in change),
    )


def _read_change(answer: Json) -> ResourceChange:
    properties: dict[str, PropertyChange] = {}
    for detail in answer.get("Details", ()):
        target = detail.get("Target", {})
        name = target.get("Name") or target.get("Attribute", "")
        # Static and Dynamic evaluation of one property are two details; the one with values is worth more.
        if name and (name not in properties or "AfterValue" in target):
            properties[name] = PropertyChange(name, target.get("BeforeValue"), target.get("AfterValue"))
    return ResourceChange(
        action=answer["Action"],
        logical_id=answer["LogicalResourceId"],
        resource_type=answer["ResourceType"],
        replacement=answer.get("Replacement", ""),
        properties=tuple(properties[name] for name in sorted(properties)),
    )


def read_event(answer: Json) -> StackEvent:
    """A `StackEvent` of DescribeStackEvents."""
    return StackEvent(
        event_id=answer["EventId"],
        time=answer["Timestamp"],
        logical_id=answer.get("LogicalResourceId", ""),
        physical_id=answer.get("PhysicalResourceId", ""),
        resource_type=answer.get("ResourceType", ""),
        status=answer.get("ResourceStatus", ""),
        reason=answer.get("ResourceStatusReason", ""),
    )


def read_version(answer: Json) -> FunctionVersion:
    """A function's configuration, of a numbered version."""
    is_image = answer.get("PackageType") == "Image"
    return FunctionVersion(
        number=int(answer["Version"]),
        description=answer.get("Description", ""),
        sha256=_digest(answer, is_image=is_image),
        modified=answer.get("LastModified", ""),
        memory_mb=answer.get("MemorySize", 0),
        timeout_seconds=answer.get("Timeout", 0),
        runtime=answer.get("Runtime", ""),
        architecture=next(iter(answer.get("Architectures", ())), "x86_64"),
        layers=tuple(layer["Arn"] for layer in answer.get("Layers", ())),
        is_image=is_image,
        streams=WRAPPER_VARIABLE in answer.get("Environment", {}).get("Variables", {}),
    )


def _digest(answer: Json, *, is_image: bool) -> str:
    """The digest of the code. That of an image is told in another form; our own description has it in any case."""
    if not is_image:
        return base64.b64decode(answer.get("CodeSha256", "")).hex()
    found = _DIGEST.search(answer.get("Description", ""))
    return found[0] if found else ""


def read_alarm(answer: Json) -> Alarm:
    """A `MetricAlarm` or a `CompositeAlarm` of DescribeAlarms."""
    return Alarm(
        name=answer["AlarmName"],
        arn=answer["AlarmArn"],
        state=answer["StateValue"],
        reason=answer.get("StateReason", ""),
    )


def read_log_event(answer: Json) -> LogEvent:
    """A `FilteredLogEvent` of FilterLogEvents."""
    stream = answer.get("logStreamName", "")
    return LogEvent(
        # The embedded AWS gives no ids (ministack 1.5.33).
        event_id=answer.get("eventId") or f"{stream}/{answer['timestamp']}/{answer['message']}",
        time_ms=answer["timestamp"],
        stream=stream,
        message=answer["message"].rstrip("\n"),
    )
