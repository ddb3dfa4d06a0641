"""What a change set would do, in words. Pure: a described change set and a template in, a plan out."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Any

from lambwsgi.deploy.aws.records import ChangeSet, PropertyChange, ResourceChange
from lambwsgi.deploy.stack.drift import Drift


class Deed(StrEnum):
    """What happens to a resource."""

    ADD = "add"
    CHANGE = "change"
    REPLACE = "replace"
    REMOVE = "remove"


_MARKS = {Deed.ADD: "+", Deed.CHANGE: "~", Deed.REPLACE: "!", Deed.REMOVE: "-"}
_REPLACED = {"True": "yes", "Conditional": "perhaps"}
_DEEDS = {"Add": Deed.ADD, "Modify": Deed.CHANGE, "Remove": Deed.REMOVE}

# What is lost, where a resource of the type is replaced or removed.
_LOSSES = {
    "AWS::Lambda::Url": "the public URL changes",
    "AWS::ApiGatewayV2::Api": "the public URL changes",
    "AWS::ApiGateway::RestApi": "the public URL changes",
    "AWS::ApiGateway::Stage": "the public URL changes",
    "AWS::ApiGatewayV2::DomainName": "requests by the domain fail until another one is there and DNS leads to it",
    "AWS::CloudFront::Distribution": "requests by the domain fail until another one is there and DNS leads to it",
    "AWS::Logs::LogGroup": "the log is lost",
    "AWS::Lambda::Function": "the function is gone for a while, and its releases for good",
    "AWS::Lambda::Alias": "requests fail until the new alias is there",
}
# Removing these loses nothing: versions are retained, deployments are snapshots.
_RETAINED = {"AWS::Lambda::Version": "kept for rollback", "AWS::Lambda::LayerVersion": "kept for rollback"}

# Values fit to be shown. An environment may hold secrets, a role's policy does not fit in a line.
_SHOWN = frozenset(
    {
        "Architectures",
        "AuthType",
        "AuthorizationType",
        "FunctionVersion",
        "Handler",
        "MemorySize",
        "ReservedConcurrentExecutions",
        "RetentionInDays",
        "Runtime",
        "ScheduleExpression",
        "StageName",
        "Timeout",
        "TimeoutInMillis",
    }
)


@dataclass(frozen=True, slots=True)
class PlannedChange:
    """One line of a plan. `risk` says what is lost, and is empty when nothing is.

    `details` are the properties in words, `properties` the same with their values as JSON text, where these are known
    and fit to be shown. `replaced` is `yes`, `no` or `perhaps`, for CloudFormation does not always know beforehand.
    """

    deed: Deed
    logical_id: str
    resource_type: str
    details: tuple[str, ...]
    properties: tuple[PropertyChange, ...] = ()
    replaced: str = "no"
    note: str = ""
    risk: str = ""


@dataclass(frozen=True, slots=True)
class Plan:
    """All that a deployment would do.

    `permissions` are what the template grants, whether or not that is new; the other two what it grants beyond what is
    deployed, and what it takes away of that. `drift` is where the stage is other than its stack says.
    `fast`: it goes by the fast lane, past CloudFormation.
    """

    stack_name: str
    creates_stack: bool
    changes: tuple[PlannedChange, ...]
    permissions: tuple[str, ...]
    permissions_added: tuple[str, ...] = ()
    permissions_removed: tuple[str, ...] = ()
    drift: tuple[Drift, ...] = ()
    fast: bool = False

    @property
    def risks(self) -> tuple[str, ...]:
        """What would be lost, each thing once."""
        return tuple(dict.fromkeys(change.risk for change in self.changes if change.risk))


def make_plan(
    change_set: ChangeSet,
    permissions: tuple[str, ...],
    *,
    creates_stack: bool,
    permitted: tuple[str, ...] = (),
    drift: tuple[Drift, ...] = (),
) -> Plan:
    """The plan that executing the change set carries out; additions first, removals last.

    `permitted` is what is granted before, `drift` what was changed past CloudFormation.
    """
    changes = sorted(map(_planned, change_set.changes), key=lambda change: list(Deed).index(change.deed))
    added = tuple(each for each in permissions if each not in permitted)
    removed = tuple(each for each in permitted if each not in permissions)
    return Plan(change_set.stack_name, creates_stack, tuple(changes), permissions, added, removed, drift)


def make_idle_plan(stack_name: str, drift: tuple[Drift, ...]) -> Plan | None:
    """The plan where CloudFormation has nothing to do: to tell of drift; None where there is none."""
    return Plan(stack_name, creates_stack=False, changes=(), permissions=(), drift=drift) if drift else None


def plan_lines(plan: Plan) -> Iterator[str]:
    """The plan as text, a line at a time."""
    yield f"{plan.stack_name}: {_kind(plan)}"
    for change in plan.changes:
        details = f": {', '.join(change.details)}" if change.details else ""
        note = f" ({change.note})" if change.note else ""
        yield f"  {_MARKS[change.deed]} {change.deed} {change.logical_id} ({change.resource_type}){details}{note}"
    for permission in plan.permissions:
        is_new = permission in plan.permissions_added and not plan.creates_stack
        yield f"  {'new permission' if is_new else 'permission'}: {permission}"
    for permission in plan.permissions_removed:
        yield f"  permission taken away: {permission}"
    for risk in plan.risks:
        yield f"  risk: {risk}"
    for drift in plan.drift:
        yield f"  drift: {drift}"


def _kind(plan: Plan) -> str:
    if plan.creates_stack:
        return "a new stack"
    if plan.fast:
        return "only the code, by the fast lane"
    return "an update" if plan.changes else "nothing to change for CloudFormation"


def plan_json(plan: Plan | None) -> dict[str, Any]:
    """The plan for programs; the same keys whether or not there is anything to do."""
    if plan is None:
        return {
            "stack_name": None,
            "creates_stack": False,
            "changes": [],
            "permissions": [],
            "permissions_added": [],
            "permissions_removed": [],
            "drift": [],
            "fast": False,
            "risks": [],
        }
    return {**asdict(plan), "risks": list(plan.risks)}


def _planned(change: ResourceChange) -> PlannedChange:
    deed = _DEEDS.get(change.action, Deed.CHANGE)
    if deed is Deed.CHANGE and change.replacement == "True":
        deed = Deed.REPLACE
    return PlannedChange(
        deed=deed,
        logical_id=change.logical_id,
        resource_type=change.resource_type,
        details=tuple(map(_detail, change.properties)),
        properties=tuple(map(_shown, change.properties)),
        replaced=_REPLACED.get(change.replacement, "no"),
        note=_RETAINED.get(change.resource_type, "") if deed is Deed.REMOVE else "",
        risk=_risk(change, deed),
    )


def _risk(change: ResourceChange, deed: Deed) -> str:
    """What is lost. CloudFormation does not always know beforehand whether it has to replace a resource."""
    loss = _LOSSES.get(change.resource_type, "")
    if deed in {Deed.REPLACE, Deed.REMOVE}:
        return loss
    return f"perhaps {loss}" if loss and change.replacement == "Conditional" else ""


def _shown(change: PropertyChange) -> PropertyChange:
    """The change, without values that are not fit to be shown."""
    return change if change.name in _SHOWN else PropertyChange(change.name)


def _detail(change: PropertyChange) -> str:
    """`MemorySize 512 -> 1024`, or the name alone where values are unknown or not fit to be shown."""
    if change.name not in _SHOWN or change.after is None:
        return change.name
    return f"{change.name} {change.before or 'none'} -> {change.after}"
