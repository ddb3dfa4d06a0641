"""The change-set flow: what state a stack is in, what it would become, and getting it there.

    standing -> clear_the_way -> propose -> (confirm) -> execute | withdraw

The stack is the only state. Events tell when an operation is over: the status may lag behind the call that changes it.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from enum import Enum, auto

from lambwsgi.deploy import names
from lambwsgi.deploy.aws.calls import Aws
from lambwsgi.deploy.aws.records import ChangeSet, ChangeSetRequest, Stack
from lambwsgi.deploy.errors import (
    AwsError,
    DeployError,
    FollowError,
    ForeignStackError,
    NotDeployedError,
    StackBusyError,
    StackFailedError,
)
from lambwsgi.deploy.stack.following import Watch, failed, follow, newest_event
from lambwsgi.settings.model import StageSettings

# How the names of our change sets begin.
_CHANGE_SET = "lambwsgi-"
_NOTHING_TO_DO = ("didn't contain changes", "No updates are to be performed")


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
    marker = newest_event(aws, stack.stack_id)
    if state is Standing.BUSY:
        report(f"{stack.name} is {stack.status}: waiting until that is over")
        follow(aws, stack.stack_id, watch, after=marker, until_event=False)
    elif state is Standing.STUCK:
        report(f"{stack.name} is {stack.status}: continuing the rollback")
        aws.continue_rollback(stack.name)
        settled, events = follow(aws, stack.stack_id, watch, after=marker)
        if standing(settled) is Standing.STUCK:
            raise failed(settled, events)
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

    A change set that comes to nothing is removed, whatever the reason, also one whose making was never answered.
    """
    name = f"{_CHANGE_SET}{uuid.uuid4().hex}"
    with withdrawing(aws, name, request.stack_name):
        aws.create_change_set(request, name=name, first=first)
        change_set = _worked_out(aws, name, request.stack_name, watch)
    if change_set.status == "CREATE_COMPLETE":
        return change_set
    withdraw(aws, change_set.change_set_id, request.stack_name)
    if any(text in change_set.status_reason for text in _NOTHING_TO_DO):
        return None
    raise StackFailedError(
        f"CloudFormation refuses the change to {request.stack_name!r}: {change_set.status_reason}",
        logical_id=request.stack_name,
        reason=change_set.status_reason,
    )


def _worked_out(aws: Aws, name: str, stack_name: str, watch: Watch) -> ChangeSet:
    for _ in watch.looks():
        change_set = aws.change_set(name, stack_name)
        if change_set.status in {"CREATE_COMPLETE", "FAILED"}:
            return change_set
    raise FollowError("CloudFormation does not get the change set worked out; try again later")


def withdraw(aws: Aws, change_set: str, stack_name: str) -> None:
    """Remove a change set, by id or name, that will not be executed, and the empty stack that it came with."""
    aws.delete_change_set(change_set, stack_name)
    if standing(aws.stack(stack_name)) is Standing.EMPTY and not aws.change_set_ids(stack_name):
        aws.delete_stack(stack_name)


def remove_empty(aws: Aws, settings: StageSettings) -> None:
    """Remove the stack that was never made, where nothing waits at it but our change sets."""
    name = names.stack_name(settings)
    is_ours = f":changeSet/{_CHANGE_SET}"
    if standing(aws.stack(name)) is Standing.EMPTY and all(is_ours in each for each in aws.change_set_ids(name)):
        aws.delete_stack(name)


@contextmanager
def withdrawing(aws: Aws, change_set: str, stack_name: str) -> Iterator[None]:
    """Withdraw the change set, by id or name, when the block fails, whose failure is what has to be told.

    CloudFormation removes none that is being executed.
    """
    try:
        yield
    except BaseException:
        with suppress(DeployError):
            withdraw(aws, change_set, stack_name)
        raise


def execute(aws: Aws, change_set: ChangeSet, *, first: bool, watch: Watch) -> Stack:
    """The stack after the change set was executed. What a failed creation made is removed, so it can be repeated."""
    with withdrawing(aws, change_set.change_set_id, change_set.stack_name):
        marker = newest_event(aws, change_set.stack_id)
        _begin(aws, change_set)
    stack, events = follow(aws, change_set.stack_id, watch, after=marker)
    if stack.status in {"CREATE_COMPLETE", "UPDATE_COMPLETE"}:
        return stack
    error = failed(stack, events)
    if first and standing(stack) is Standing.DEAD:
        raise _with_story(error, _clean_up(aws, stack, watch))
    if stack.status == "UPDATE_ROLLBACK_COMPLETE":
        raise _with_story(error, "CloudFormation went back to what was there; the stage serves as before")
    raise error


def _begin(aws: Aws, change_set: ChangeSet) -> None:
    """Order the execution. That its answer was lost on the way does not mean that it has not begun."""
    try:
        aws.execute_change_set(change_set.change_set_id, change_set.stack_name)
    except AwsError:
        if not aws.has_begun(change_set.change_set_id, change_set.stack_name):
            raise


def _clean_up(aws: Aws, stack: Stack, watch: Watch) -> str:
    """What became of the remains of a failed creation, in a sentence."""
    try:
        remove(aws, stack, watch)
    except DeployError as left:
        return f"What had been made could not be removed: {left}"
    return "What had been made has been removed again; fix the cause and deploy again"


def _with_story(error: StackFailedError, story: str) -> StackFailedError:
    return StackFailedError(f"{error}\n{story}", logical_id=error.logical_id, reason=error.reason)


def remove(aws: Aws, stack: Stack, watch: Watch) -> None:
    """Remove the stack and wait until it is gone."""
    marker = newest_event(aws, stack.stack_id)
    aws.delete_stack(stack.stack_id)
    gone, events = follow(aws, stack.stack_id, watch, after=marker)
    if standing(gone) is not Standing.ABSENT:
        raise failed(gone, events)
