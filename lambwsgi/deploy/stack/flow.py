"""The change-set flow: what state a stack is in, what it would become, and getting it there.

    standing -> clear_the_way -> propose -> (confirm) -> execute | withdraw

The stack is the only state. Events tell when an operation is over: the status may lag behind the call that changes it.
"""

from __future__ import annotations

import itertools
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from enum import Enum, auto

from lambwsgi.deploy import names
from lambwsgi.deploy.aws.calls import Aws
from lambwsgi.deploy.aws.records import ChangeSet, ChangeSetRequest, Stack, StackEvent
from lambwsgi.deploy.errors import (
    DeployError,
    FollowError,
    ForeignStackError,
    NotDeployedError,
    StackBusyError,
    StackFailedError,
)
from lambwsgi.settings.model import StageSettings

# Two hours: CloudFormation itself gives a resource an hour at most.
_WAIT_SECONDS = 7200
_NOTHING_TO_DO = ("didn't contain changes", "No updates are to be performed")
_CONSEQUENCE = "cancelled"


class Standing(Enum):
    """What can be done with a stack."""

    ABSENT = auto()  # nothing of that name: create
    EMPTY = auto()  # only change sets that nobody executed: create
    READY = auto()  # update
    DEAD = auto()  # its creation or removal failed: only removal is possible
    STUCK = auto()  # the rollback of an update failed: continue it
    BUSY = auto()  # an operation is under way: wait


# States in which a change set can be made.
_OPEN = frozenset({Standing.ABSENT, Standing.EMPTY, Standing.READY})
_DEAD = frozenset({"CREATE_FAILED", "ROLLBACK_COMPLETE", "ROLLBACK_FAILED", "DELETE_FAILED"})


def standing(stack: Stack | None) -> Standing:
    """What can be done with the stack. Source: CloudFormation user guide, 'Stack status codes'."""
    if stack is None or stack.status == "DELETE_COMPLETE":
        return Standing.ABSENT
    if stack.status == "REVIEW_IN_PROGRESS":
        return Standing.EMPTY
    if stack.status.endswith("_IN_PROGRESS"):
        return Standing.BUSY
    if stack.status in _DEAD:
        return Standing.DEAD
    return Standing.STUCK if stack.status == "UPDATE_ROLLBACK_FAILED" else Standing.READY


@dataclass(frozen=True, slots=True)
class Watch:
    """How to watch an operation: who hears its events, and how to wait between two looks."""

    on_event: Callable[[StackEvent], None] = lambda event: None
    pause: Callable[[float], None] = time.sleep
    every_seconds: float = 2.0

    def looks(self) -> Iterator[int]:
        """One item for each look, with a pause in between, until it would take too long."""
        for look in range(round(_WAIT_SECONDS / self.every_seconds)):
            yield look
            self.pause(self.every_seconds)


def own_stack(aws: Aws, settings: StageSettings) -> Stack | None:
    """The stage's stack, None when there is none. Raises ForeignStackError for one that is not the stage's.

    An empty stack shows no tags yet, and there is nothing in it to harm.
    """
    stack = aws.stack(names.stack_name(settings))
    if stack is None or standing(stack) in {Standing.ABSENT, Standing.EMPTY}:
        return stack
    found = (stack.tags.get(names.PROJECT_TAG), stack.tags.get(names.STAGE_TAG))
    if found == (settings.project, settings.stage):
        return stack
    raise ForeignStackError(
        f"stack {stack.name!r} in {aws.region} was not made by lambwsgi for project {settings.project!r}, stage"
        f" {settings.stage!r}: its tags {names.PROJECT_TAG} and {names.STAGE_TAG} say {found[0]!r} and {found[1]!r};"
        " it is left alone: choose another `project` in the settings file, or another region"
    )


def deployed_stack(aws: Aws, settings: StageSettings) -> Stack:
    """The stage's stack. Raises NotDeployedError when there is none, or only an empty one."""
    stack = own_stack(aws, settings)
    if stack is None or is_first(stack):
        raise NotDeployedError(
            f"stage {settings.stage!r} of {settings.project!r} is not deployed in {aws.region};"
            f" `lambwsgi deploy {settings.stage}` does that"
        )
    return stack


def is_first(stack: Stack | None) -> bool:
    """Whether the stack is still to be made."""
    return standing(stack) in {Standing.ABSENT, Standing.EMPTY}


def clear_the_way(aws: Aws, stack: Stack | None, report: Callable[[str], None], watch: Watch) -> Stack | None:
    """The stack, once it can take a change set: waits, continues a rollback or removes what is dead, and says so."""
    state = standing(stack)
    if stack is None or state in _OPEN:
        return stack
    marker = _newest_event(aws, stack.stack_id)
    if state is Standing.BUSY:
        report(f"{stack.name} is {stack.status}: waiting until that is over")
        _follow(aws, stack.stack_id, watch, after=marker, until_event=False)
    elif state is Standing.STUCK:
        report(f"{stack.name} is {stack.status}: continuing the rollback")
        aws.continue_rollback(stack.name)
        settled, events = _follow(aws, stack.stack_id, watch, after=marker)
        if standing(settled) is Standing.STUCK:
            raise _failed(settled, events)
    else:
        report(f"{stack.name} is {stack.status}, which nothing can be made of: removing it first")
        remove(aws, stack, watch)
    return clear_the_way(aws, aws.stack(stack.name), report, watch)


def refuse_unless_open(stack: Stack | None) -> None:
    """Raises StackBusyError unless the stack can take a change set as it is."""
    if stack is None or standing(stack) in _OPEN:
        return
    raise StackBusyError(
        f"stack {stack.name!r} is {stack.status} and cannot be changed now;"
        " `lambwsgi deploy` waits for it or repairs it, `lambwsgi status` shows its state"
    )


def propose(aws: Aws, request: ChangeSetRequest, *, first: bool, watch: Watch) -> ChangeSet | None:
    """The change set that makes the stack what is asked, described; None when it is that already.

    A change set that comes to nothing is removed, whatever the reason.
    """
    change_set_id = aws.create_change_set(request, name=f"lambwsgi-{uuid.uuid4().hex}", first=first)
    try:
        change_set = _worked_out(aws, change_set_id, request.stack_name, watch)
    except BaseException:
        _try_to_withdraw(aws, change_set_id, request.stack_name)
        raise
    if change_set.status == "CREATE_COMPLETE":
        return change_set
    withdraw(aws, change_set_id, request.stack_name)
    if any(text in change_set.status_reason for text in _NOTHING_TO_DO):
        return None
    raise StackFailedError(
        f"CloudFormation refuses the change to {request.stack_name!r}: {change_set.status_reason}",
        logical_id=request.stack_name,
        reason=change_set.status_reason,
    )


def _worked_out(aws: Aws, change_set_id: str, stack_name: str, watch: Watch) -> ChangeSet:
    for _ in watch.looks():
        change_set = aws.change_set(change_set_id, stack_name)
        if change_set.status in {"CREATE_COMPLETE", "FAILED"}:
            return change_set
    raise FollowError("CloudFormation does not get the change set worked out; try again later")


def withdraw(aws: Aws, change_set_id: str, stack_name: str) -> None:
    """Remove a change set that will not be executed, and the empty stack that it came with."""
    aws.delete_change_set(change_set_id, stack_name)
    if standing(aws.stack(stack_name)) is Standing.EMPTY and not aws.change_set_ids(stack_name):
        aws.delete_stack(stack_name)


def _try_to_withdraw(aws: Aws, change_set_id: str, stack_name: str) -> None:
    """Withdraw after another failure, which is the one that has to be told."""
    with suppress(DeployError):
        withdraw(aws, change_set_id, stack_name)


def execute(aws: Aws, change_set: ChangeSet, *, first: bool, watch: Watch) -> Stack:
    """The stack after the change set was executed. What a failed creation made is removed, so it can be repeated."""
    try:
        marker = _newest_event(aws, change_set.stack_id)
        aws.execute_change_set(change_set.change_set_id, change_set.stack_name)
    except DeployError:
        _try_to_withdraw(aws, change_set.change_set_id, change_set.stack_name)
        raise
    stack, events = _follow(aws, change_set.stack_id, watch, after=marker)
    if stack.status in {"CREATE_COMPLETE", "UPDATE_COMPLETE"}:
        return stack
    error = _failed(stack, events)
    if first and standing(stack) is Standing.DEAD:
        raise _with_story(error, _clean_up(aws, stack, watch))
    if stack.status == "UPDATE_ROLLBACK_COMPLETE":
        raise _with_story(error, "CloudFormation went back to what was there; the stage serves as before")
    raise error


def _clean_up(aws: Aws, stack: Stack, watch: Watch) -> str:
    """What became of the remains of a failed creation, in a sentence."""
    try:
        remove(aws, stack, watch)
    except StackFailedError as left:
        return f"What had been made could not be removed: {left}"
    return "What had been made has been removed again; fix the cause and deploy again"


def _with_story(error: StackFailedError, story: str) -> StackFailedError:
    return StackFailedError(f"{error}\n{story}", logical_id=error.logical_id, reason=error.reason)


def remove(aws: Aws, stack: Stack, watch: Watch) -> None:
    """Remove the stack and wait until it is gone."""
    marker = _newest_event(aws, stack.stack_id)
    aws.delete_stack(stack.stack_id)
    gone, events = _follow(aws, stack.stack_id, watch, after=marker)
    if standing(gone) is not Standing.ABSENT:
        raise _failed(gone, events)


def _follow(
    aws: Aws, stack_id: str, watch: Watch, *, after: str | None, until_event: bool = True
) -> tuple[Stack, list[StackEvent]]:
    """The stack at the end of the operation, and the events of it, each told once, in order.

    `until_event`: wait for an event that ends the operation, since the status of a stack whose change was just ordered
    may still be the old one.
    """
    told: list[StackEvent] = []
    ended = not until_event
    try:
        for _ in watch.looks():
            for event in _events_after(aws, stack_id, told[-1].event_id if told else after):
                watch.on_event(event)
                told.append(event)
                ended = ended or _ends_operation(event, stack_id)
            stack = aws.stack(stack_id) if ended else None
            if stack is not None and not stack.status.endswith("_IN_PROGRESS"):
                return stack, told
    except KeyboardInterrupt:
        raise FollowError(
            "stopped watching, but CloudFormation goes on in the cloud;"
            " `lambwsgi status` shows its state, `lambwsgi deploy` waits for the end of it"
        ) from None
    raise FollowError("this takes longer than two hours; `lambwsgi status` shows its state")


def _newest_event(aws: Aws, stack_id: str) -> str | None:
    newest = next(aws.stack_events(stack_id), None)
    return newest.event_id if newest else None


def _events_after(aws: Aws, stack_id: str, event_id: str | None) -> list[StackEvent]:
    """The events that came later than that one, oldest first."""
    newest_first = itertools.takewhile(lambda event: event.event_id != event_id, aws.stack_events(stack_id))
    return list(newest_first)[::-1]


def _ends_operation(event: StackEvent, stack_id: str) -> bool:
    return event.physical_id == stack_id and not event.status.endswith("_IN_PROGRESS")


def _failed(stack: Stack, events: list[StackEvent]) -> StackFailedError:
    """The error that names the first failure which is not a consequence of another one."""
    failures = (event for event in events if event.status.endswith("_FAILED") and _CONSEQUENCE not in event.reason)
    cause = next(failures, None)
    logical_id = cause.logical_id if cause else stack.name
    reason = (cause.reason if cause else stack.status_reason) or "CloudFormation gives no reason"
    return StackFailedError(
        f"stack {stack.name!r} is {stack.status}: {logical_id}: {reason}", logical_id=logical_id, reason=reason
    )
