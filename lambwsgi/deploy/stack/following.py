"""Following an operation of CloudFormation's to its end, and what made it fail."""

from __future__ import annotations

import itertools
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from lambwsgi.deploy.aws.calls import Aws
from lambwsgi.deploy.aws.records import Stack, StackEvent
from lambwsgi.deploy.errors import DeployError, FollowError, StackFailedError, UnwatchedError

# Two hours: CloudFormation itself gives a resource an hour at most.
_WAIT_SECONDS = 7200
_CONSEQUENCE = "cancelled"
_GOES_ON = (
    "CloudFormation goes on in the cloud; `lambwsgi status` shows its state, `lambwsgi deploy` waits for the end of it"
)


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


def follow(
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
        raise FollowError(f"stopped watching, but {_GOES_ON}") from None
    except DeployError as error:
        raise UnwatchedError(f"{error}\nso it cannot be watched, but {_GOES_ON}") from error
    raise FollowError("this takes longer than two hours; `lambwsgi status` shows its state")


def newest_event(aws: Aws, stack_id: str) -> str | None:
    """The id of the newest line of the stack's history, by which later ones are known."""
    newest = next(aws.stack_events(stack_id), None)
    return newest.event_id if newest else None


def _events_after(aws: Aws, stack_id: str, event_id: str | None) -> list[StackEvent]:
    """The events that came later than that one, oldest first."""
    newest_first = itertools.takewhile(lambda event: event.event_id != event_id, aws.stack_events(stack_id))
    return list(newest_first)[::-1]


def _ends_operation(event: StackEvent, stack_id: str) -> bool:
    return event.physical_id == stack_id and not event.status.endswith("_IN_PROGRESS")


def failed(stack: Stack, events: list[StackEvent]) -> StackFailedError:
    """The error that names the first failure which is not a consequence of another one."""
    failures = (event for event in events if event.status.endswith("_FAILED") and _CONSEQUENCE not in event.reason)
    cause = next(failures, None)
    logical_id = cause.logical_id if cause else stack.name
    reason = (cause.reason if cause else stack.status_reason) or "CloudFormation gives no reason"
    return StackFailedError(
        f"stack {stack.name!r} is {stack.status}: {logical_id}: {reason}", logical_id=logical_id, reason=reason
    )
