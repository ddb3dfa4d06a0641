"""Looking for drift: a quick look at function and alias, and CloudFormation's own detection for all else."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from typing import Any

from lambwsgi.deploy import names
from lambwsgi.deploy.aws.asking import asking
from lambwsgi.deploy.aws.calls import Aws
from lambwsgi.deploy.aws.records import Stack
from lambwsgi.deploy.errors import DeployError
from lambwsgi.deploy.function.state import FunctionState, read_function, read_live
from lambwsgi.deploy.stack.drift import VARIABLES, Drift, alias_drift, function_drift, gone, shown

Report = Callable[[str], None]
# Looks for drift of a stack; what keeps it from that is reported.
Look = Callable[[Aws, Stack, Report], tuple[Drift, ...]]

_WAIT_SECONDS = 300
_EVERY_SECONDS = 2


def look(*, thorough: bool) -> Look:
    """How to look: quickly, or also by CloudFormation's own detection."""
    return thorough_look if thorough else quick_look


def quick_look(aws: Aws, stack: Stack, report: Report) -> tuple[Drift, ...]:
    """Drift of the function and of its alias: three calls, which take no longer than they do."""
    name, serving = stack.outputs.get("FunctionName"), stack.outputs.get("Version")
    if name is None or serving is None:
        return ()
    try:
        state = read_function(aws, name)
        found = [
            *function_drift(aws.template(stack.name), state),
            *alias_drift(int(serving), read_live(aws, name)),
        ]
        return tuple(_attributed(aws, stack, each, state) for each in found)
    except DeployError as error:
        report(f"warning: whether the stage was changed past CloudFormation is not known: {error}")
        return ()


def thorough_look(
    aws: Aws, stack: Stack, report: Report, *, pause: Callable[[float], None] = time.sleep
) -> tuple[Drift, ...]:
    """Drift of all that the stack is made of, as CloudFormation detects it; what a quick look finds comes first."""
    quick = quick_look(aws, stack, report)
    try:
        detected = tuple(_detected(aws, stack, report, pause))
    except DeployError as error:
        report(f"warning: CloudFormation does not detect drift: {error}")
        return quick
    known = {(each.logical_id, each.name) for each in quick}
    return (*quick, *(each for each in detected if (each.logical_id, each.name) not in known))


def _attributed(aws: Aws, stack: Stack, drift: Drift, state: FunctionState | None) -> Drift:
    """The drift, known as ours where the code is an artifact of the project's."""
    if drift.name != "Code" or state is None:
        return drift
    return replace(drift, by_fast_lane=_is_artifact(aws, stack, state.sha256))


def _is_artifact(aws: Aws, stack: Stack, sha256: str) -> bool:
    """Whether lambwsgi stored the code, as it does before it gives it to a function."""
    key = names.artifact_key(stack.tags[names.PROJECT_TAG], sha256)
    return aws.has_object(stack.parameters[names.BUCKET_PARAMETER], key, owner=aws.account)


def _detected(aws: Aws, stack: Stack, report: Report, pause: Callable[[float], None]) -> Iterator[Drift]:
    with asking("cloudformation", f"the drift of stack {stack.name!r}"):
        detection = aws.cloudformation.detect_stack_drift(StackName=stack.name)["StackDriftDetectionId"]
        for _ in range(_WAIT_SECONDS // _EVERY_SECONDS):
            told = aws.cloudformation.describe_stack_drift_detection_status(StackDriftDetectionId=detection)
            if told["DetectionStatus"] != "DETECTION_IN_PROGRESS":
                break
            pause(_EVERY_SECONDS)
        else:
            report(f"warning: CloudFormation still looks for drift after {_WAIT_SECONDS} s; what it found is told")
        if told["DetectionStatus"] == "DETECTION_FAILED":
            report(f"warning: not all could be compared: {told.get('DetectionStatusReason', 'no reason is given')}")
        for each in _drifted(aws, stack):
            yield from read_drift(each)


def _drifted(aws: Aws, stack: Stack) -> Iterator[Mapping[str, Any]]:
    """The resources that CloudFormation found to be other than they should be, all pages of them."""
    more: Any = {}
    while True:
        page = aws.cloudformation.describe_stack_resource_drifts(
            StackName=stack.name, StackResourceDriftStatusFilters=["MODIFIED", "DELETED"], **more
        )
        yield from page["StackResourceDrifts"]
        if not page.get("NextToken"):
            return
        more = {"NextToken": page["NextToken"]}


def read_drift(told: Mapping[str, Any]) -> Iterator[Drift]:
    """A `StackResourceDrift` of DescribeStackResourceDrifts; values of variables are left out."""
    logical_id, kind = told["LogicalResourceId"], told["ResourceType"]
    if told["StackResourceDriftStatus"] == "DELETED":
        yield gone(logical_id, kind)
    for each in told.get("PropertyDifferences", ()):
        name = each["PropertyPath"].strip("/").replace("/", ".")
        values = each.get("ExpectedValue"), each.get("ActualValue")
        expected, actual = _SECRET_WORDS[each["DifferenceType"]] if name.startswith(VARIABLES) else map(_value, values)
        yield Drift(logical_id, kind, name, expected, actual)


_SECRET_WORDS = {
    "ADD": ("missing", "set"),
    "REMOVE": ("set", "missing"),
    "NOT_EQUAL": ("set", "of another value"),
}


def _value(text: str | None) -> str:
    return shown(None if text == "null" else text)
