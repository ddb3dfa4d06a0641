"""Keep-warm as a stage's settings say it: when, how many environments, and what a warm-up does."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Annotated, Any, Self
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError, available_timezones

from pydantic import AfterValidator, Field, field_validator, model_validator

from lambwsgi.events.warming import ENVIRONMENTS_MOST, HOLD_MS, HOLD_MS_MOST
from lambwsgi.settings.frozen import FrozenModel
from lambwsgi.settings.messages import did_you_mean

_RATE = re.compile(r"rate\((?:1 (?:minute|hour|day)|(?:[2-9]|[1-9]\d+) (?:minutes|hours|days))\)")
_CRON = re.compile(r"cron\(\S+ \S+ (\S+) \S+ (\S+) \S+\)")
_NAME = re.compile(r"[a-z][a-z0-9]*")
# The name of the one schedule of a stage that names none.
DEFAULT = "default"


def check_name(name: str) -> str:
    """The name of a schedule. Raises ValueError for one that is none; a template needs letters and digits only."""
    if not _NAME.fullmatch(name):
        raise ValueError(f"{name!r} is no name of a schedule: lower-case letters and digits, a letter first")
    return name


def check_expression(value: str) -> str:
    """A schedule expression as EventBridge Scheduler takes it. Raises ValueError for what is none."""
    cron = _CRON.fullmatch(value)
    if not (cron or _RATE.fullmatch(value)):
        raise ValueError(
            f"{value!r} is no schedule; write 'rate(4 minutes)' ('rate(1 minute)' in the singular)"
            " or a cron of six fields, as in 'cron(0 8 ? * MON-FRI *)'"
        )
    if cron and (cron[1] == "?") == (cron[2] == "?"):
        raise ValueError(
            f"{value!r} must have '?' for the day of the month or for the day of the week, and for one only"
        )
    return value


def check_time_zone(value: str) -> str:
    """The name of a time zone. Raises ValueError for what is none, where this machine knows them."""
    try:
        ZoneInfo(value)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        known = available_timezones()
        if known:
            hint = did_you_mean(value, known) or "; it is named as in 'Europe/Berlin'"
            raise ValueError(f"{value!r} is no time zone{hint}") from error
    return value


class Schedule(FrozenModel):
    """One schedule of warm-ups. Source of what it may be: EventBridge Scheduler user guide, 'Schedule types'."""

    schedule: str = Field(default="rate(4 minutes)", description="`rate(4 minutes)` or `cron(0 8 ? * MON-FRI *)`.")
    timezone: str = Field(default="UTC", description="Time zone of a cron, as in `Europe/Berlin`.")
    start: datetime | None = Field(default=None, strict=False, description="First moment; UTC unless it says.")
    end: datetime | None = Field(default=None, strict=False, description="Last moment; UTC unless it says.")
    enabled: bool = Field(default=True, description="`false` takes this schedule away at the next deploy.")
    concurrency: int = Field(default=1, ge=1, le=ENVIRONMENTS_MOST, description="How many environments to keep warm.")
    hold_ms: int = Field(
        default=HOLD_MS,
        ge=0,
        le=HOLD_MS_MOST,
        description="Milliseconds that each is held, so that all of them overlap.",
    )
    path: str | None = Field(default=None, pattern=r"^/", description="Path that a warm-up asks of the application.")
    payload: dict[str, Any] | None = Field(default=None, description="Sent to `path` as JSON, by POST.")

    _schedule = field_validator("schedule")(check_expression)
    _timezone = field_validator("timezone")(check_time_zone)

    @field_validator("start", "end")
    @classmethod
    def _in_utc(cls, value: datetime | None) -> datetime | None:
        if value is None:
            return None
        return (value if value.tzinfo else value.replace(tzinfo=UTC)).astimezone(UTC)

    @field_validator("payload")
    @classmethod
    def _is_json(cls, value: dict[str, Any] | None) -> dict[str, Any] | None:
        try:
            json.dumps(value, allow_nan=False)
        except (TypeError, ValueError) as error:
            raise ValueError(f"cannot be sent as JSON: {error}; write a date as text, in quotes") from error
        return value


class Warm(Schedule):
    """All schedules of a stage. What stands beside `schedules` holds for each of them that does not say otherwise."""

    schedules: dict[Annotated[str, AfterValidator(check_name)], Schedule] = Field(
        default_factory=dict, description="Schedules by name; without any there is one, of what stands beside it."
    )

    @model_validator(mode="after")
    def _makes_sense(self) -> Self:
        for name, schedule in self.named().items():
            where = f"schedule {name!r}: " if self.schedules else ""
            if schedule.payload is not None and schedule.path is None:
                raise ValueError(f"{where}`payload` is sent to `path`, so that has to be given as well")
            if schedule.start and schedule.end and schedule.start >= schedule.end:
                raise ValueError(f"{where}`end` is not after `start`")
        return self

    def named(self) -> Mapping[str, Schedule]:
        """The schedules by name, each complete; also those that are not enabled."""
        common = _given(self)
        if not self.schedules:
            return {DEFAULT: Schedule.model_construct(**common)}
        return {name: Schedule.model_construct(**common | _given(each)) for name, each in self.schedules.items()}

    @property
    def active(self) -> Mapping[str, Schedule]:
        """The schedules that are enabled."""
        return {name: schedule for name, schedule in self.named().items() if schedule.enabled}


def _given(schedule: Schedule) -> dict[str, Any]:
    """What was said, not what follows from silence."""
    return {name: getattr(schedule, name) for name in schedule.model_fields_set & Schedule.model_fields.keys()}
