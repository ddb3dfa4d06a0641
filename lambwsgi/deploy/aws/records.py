"""What AWS tells us and what it is asked for, as values of our own. Knows nothing of how it is asked."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Stack:
    """A stack as CloudFormation describes it."""

    stack_id: str
    name: str
    status: str
    status_reason: str
    outputs: Mapping[str, str]
    parameters: Mapping[str, str]
    tags: Mapping[str, str]
    updated: datetime | None


@dataclass(frozen=True, slots=True)
class PropertyChange:
    """One property that a change touches; `before` and `after` as JSON text, where CloudFormation tells them."""

    name: str
    before: str | None = None
    after: str | None = None


@dataclass(frozen=True, slots=True)
class ResourceChange:
    """One resource that a change set touches. `replacement` is `True`, `False`, `Conditional` or empty, as AWS says."""

    action: str
    logical_id: str
    resource_type: str
    replacement: str
    properties: tuple[PropertyChange, ...]


@dataclass(frozen=True, slots=True)
class ChangeSet:
    """A change set, described in full."""

    change_set_id: str
    stack_id: str
    stack_name: str
    status: str
    status_reason: str
    changes: tuple[ResourceChange, ...]


@dataclass(frozen=True, slots=True)
class StackEvent:
    """One line of the stack's history."""

    event_id: str
    time: datetime
    logical_id: str
    physical_id: str
    resource_type: str
    status: str
    reason: str


# Ends the description of a version that the fast lane published.
FAST_LANE_MARK = ", by the fast lane"


@dataclass(frozen=True, slots=True)
class FunctionVersion:
    """A published version. `sha256` is the hex digest of its code; `modified` is AWS's time stamp, as text.

    `streams`: it sends its responses while it makes them. `layers` are ARNs of versions of layers. An image, whose
    digest is its manifest's, tells no runtime.
    """

    number: int
    description: str
    sha256: str
    modified: str
    memory_mb: int
    timeout_seconds: int
    runtime: str
    streams: bool = False
    architecture: str = "x86_64"
    layers: tuple[str, ...] = ()
    is_image: bool = False

    @property
    def shown_runtime(self) -> str:
        """The runtime in words; that of an image is its own affair."""
        return "image" if self.is_image else self.runtime

    @property
    def by_fast_lane(self) -> bool:
        """Whether it was published past CloudFormation, by lambwsgi."""
        return self.description.endswith(FAST_LANE_MARK)


@dataclass(frozen=True, slots=True)
class LayerVersion:
    """A published version of a layer."""

    number: int
    description: str


@dataclass(frozen=True, slots=True)
class Alarm:
    """A CloudWatch alarm. `state` is `OK`, `ALARM` or `INSUFFICIENT_DATA`; `reason` says why, in AWS's words."""

    name: str
    arn: str
    state: str
    reason: str


@dataclass(frozen=True, slots=True)
class LogEvent:
    """One line of the log. `time_ms` is milliseconds since 1970."""

    event_id: str
    time_ms: int
    stream: str
    message: str


@dataclass(frozen=True, slots=True)
class LogQuery:
    """Which lines: of a group, since a moment in milliseconds since 1970, matching a CloudWatch filter pattern.

    `until_ms` is the last moment, `stream` the one stream that is read; None is no limit.
    """

    group: str
    since_ms: int
    pattern: str = ""
    until_ms: int | None = None
    stream: str | None = None


@dataclass(frozen=True, slots=True)
class LogPage:
    """A page of log events and the token of the next one."""

    events: tuple[LogEvent, ...]
    next_token: str | None


@dataclass(frozen=True, slots=True)
class Invocation:
    """What an invocation gave. `error` is the kind of function error, if any; `payload` is JSON text."""

    payload: str
    error: str | None
    log_tail: str
    version: str


@dataclass(frozen=True, slots=True)
class ChangeSetRequest:
    """What a stack is asked to become. `template` is its text; None keeps the one that the stack has."""

    stack_name: str
    template: str | None
    parameters: Mapping[str, str]
    tags: Mapping[str, str]
