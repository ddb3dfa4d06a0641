"""Warming a stage now, and what became of its last warm-up. The warming itself is the function's work."""

from __future__ import annotations

import json
import time
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from lambwsgi.deploy import names
from lambwsgi.deploy.aws.calls import Aws
from lambwsgi.deploy.aws.records import LogQuery
from lambwsgi.deploy.errors import DeployError, InvocationError
from lambwsgi.deploy.logs.reading import last_lines
from lambwsgi.deploy.stage.invocation import invoke_stage
from lambwsgi.deploy.template.warm import event_of
from lambwsgi.events.warm import LOG_TYPE
from lambwsgi.settings.model import StageSettings
from lambwsgi.settings.warm import DEFAULT, Schedule

# The usual schedule comes every four minutes; a longer look costs time on a log that is busy.
_LAST_SECONDS = 1800


@dataclass(frozen=True, slots=True)
class WarmEnvironment:
    """One environment that a warm-up reached.

    `init_ms` is how long its INIT took, where the warm-up was what started it and it can tell; `milliseconds` what the
    warm-up took in it; `status` what the application answered, where a path was asked.
    """

    environment: str
    cold: bool
    init_ms: float | None
    milliseconds: float
    status: int | None


@dataclass(frozen=True, slots=True)
class WarmUp:
    """What a warm-up did. `errors` says for each environment that was not reached why."""

    asked: int
    environments: tuple[WarmEnvironment, ...]
    errors: tuple[str, ...]

    @property
    def distinct(self) -> int:
        """How many environments are warm: one that was free again too early may have answered twice."""
        return len({each.environment for each in self.environments})


@dataclass(frozen=True, slots=True)
class LastWarmUp:
    """What the log has of the last warm-up."""

    moment: datetime
    schedule: str | None
    asked: int
    distinct: int
    cold: int
    errors: tuple[str, ...]


def warm(aws: Aws, settings: StageSettings, *, schedule: str | None, concurrency: int | None) -> WarmUp:
    """Warm the stage now, as the schedule of that name does, by default as its first, or so many environments.

    Raises InvocationError when the function fails or is older than this.
    """
    name, wanted = _pick(settings, schedule)
    if concurrency is not None:
        wanted = wanted.model_copy(update={"concurrency": concurrency})
    answer = invoke_stage(aws, settings, json.dumps(event_of(name, wanted)))
    return WarmUp(wanted.concurrency, *_read(answer.payload, settings))


def last_warm_up(aws: Aws, settings: StageSettings) -> LastWarmUp | None:
    """The last warm-up of the last half hour; None where the log has none."""
    since_ms = int((time.time() - _LAST_SECONDS) * 1000)
    for event in last_lines(aws, LogQuery(names.log_group_name(settings), since_ms, f'"{LOG_TYPE}"'), 1):
        told = json.loads(event.message)
        return LastWarmUp(
            moment=datetime.fromtimestamp(event.time_ms / 1000, tz=UTC),
            schedule=told["schedule"],
            asked=told["asked"],
            distinct=told["distinct"],
            cold=told["cold"],
            errors=tuple(told["errors"]),
        )
    return None


def _pick(settings: StageSettings, name: str | None) -> tuple[str, Schedule]:
    known = settings.warm.named() if settings.warm else {DEFAULT: Schedule()}
    if name is None:
        return next(iter(settings.warm_schedules.items()), (DEFAULT, Schedule()))
    if name not in known:
        raise DeployError(f"stage {settings.stage!r} has no schedule {name!r}; it has {', '.join(known)}")
    return name, known[name]


def _read(payload: str, settings: StageSettings) -> tuple[tuple[WarmEnvironment, ...], tuple[str, ...]]:
    try:
        told = json.loads(payload)
        return tuple(map(_environment, told["environments"])), tuple(map(str, told["errors"]))
    except (ValueError, TypeError, KeyError) as error:
        raise InvocationError(
            f"{settings.function_name} did not answer as a warm-up does: is what is deployed older than this lambwsgi?"
            f" `lambwsgi deploy {settings.stage}` brings it up to date"
        ) from error


def _environment(told: Any) -> WarmEnvironment:
    return WarmEnvironment(
        environment=told["environment"],
        cold=told["cold"],
        init_ms=told.get("init_ms"),
        milliseconds=told["milliseconds"],
        status=told.get("status"),
    )
