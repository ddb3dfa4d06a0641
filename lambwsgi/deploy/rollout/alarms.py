"""Complaints about a version that has a part of the requests: alarms of the settings, and failures of its own.

Its failures are counted twice over, for neither count has all: Lambda's metric knows invocations that died, some
minutes late; the access log knows answers of 500 and above, which are good invocations to Lambda.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from lambwsgi.deploy import names
from lambwsgi.deploy.aws.calls import Aws
from lambwsgi.deploy.aws.records import Alarm, LogEvent, LogQuery
from lambwsgi.deploy.errors import ShiftError
from lambwsgi.deploy.logs.lines import Kind, read_line
from lambwsgi.deploy.logs.reading import read_log
from lambwsgi.settings.model import StageSettings

_FIRST_FAILURE = 500
_LATE_MS = 60_000
# CloudWatch Logs' own filter; what is found is looked at again, for the embedded AWS finds all (ministack 1.5.33).
_FAILURES = f"{{ $.status >= {_FIRST_FAILURE} }}"


@dataclass(frozen=True, slots=True)
class Complaint:
    """What is wrong with a version, in words. `alarm` is the name of the alarm that says so, if one does."""

    text: str
    alarm: str | None = None


def standing_complaint(aws: Aws, settings: StageSettings) -> Complaint | None:
    """The first alarm of the settings that is in alarm. Raises ShiftError for alarms that do not exist."""
    wanted = settings.strategy.alarms
    if not wanted:
        return None
    found = aws.alarms([each.partition(":alarm:")[2] or each for each in wanted])
    missing = [each for each in wanted if not any(each in {alarm.name, alarm.arn} for alarm in found)]
    if missing:
        raise ShiftError(
            f"`strategy` watches {', '.join(map(repr, missing))}, and there is no such alarm in {aws.region}; correct"
            " `alarms` in the settings file"
        )
    return next((_complaint(alarm) for alarm in found if alarm.state == "ALARM"), None)


def complaints_about(aws: Aws, settings: StageSettings, number: int, since: datetime) -> Iterator[Complaint | None]:
    """One look after the other, without end, for what is wrong with the version, which has requests since then."""
    enough = settings.strategy.errors
    failures = _failed_answers(aws, settings, number, since)
    while True:
        found = standing_complaint(aws, settings)
        if found is None and enough:
            found = _of_deaths(aws, settings, number, since) or _of_failures(next(failures), enough)
        yield found


def _complaint(alarm: Alarm) -> Complaint:
    return Complaint(f"alarm {alarm.name!r} is in alarm: {alarm.reason or 'CloudWatch gives no reason'}", alarm.name)


def _of_deaths(aws: Aws, settings: StageSettings, number: int, since: datetime) -> Complaint | None:
    # A minute is the least that the metric is told by.
    until = datetime.now(UTC) + timedelta(minutes=1)
    died = aws.version_errors(settings.function_name, names.ALIAS, number, since.replace(second=0), until)
    return Complaint(f"{died} of its invocations ended in an error") if died >= settings.strategy.errors else None


def _of_failures(failed: Sequence[str], enough: int) -> Complaint | None:
    if len(failed) < enough:
        return None
    return Complaint(f"{len(failed)} of its answers were {_FIRST_FAILURE} and above, the first: {failed[0]}")


def _failed_answers(aws: Aws, settings: StageSettings, number: int, since: datetime) -> Iterator[Sequence[str]]:
    """The version's answers of 500 and above so far, in words, at one look after the other.

    Each look reads what came since the last, and a minute more, since lines arrive late.
    """
    group, since_ms = names.log_group_name(settings), int(since.timestamp() * 1000)
    known: dict[str, str] = {}
    while True:
        now_ms = int(time.time() * 1000)
        events = read_log(aws, LogQuery(group, since_ms, _FAILURES))
        known |= {event.event_id: text for event in events if (text := _failure_of(event, number)) is not None}
        since_ms = max(since_ms, now_ms - _LATE_MS)
        yield tuple(known.values())


def _failure_of(event: LogEvent, number: int) -> str | None:
    """A line that tells of a failed answer of the version, in words. A stream's name has the version in brackets."""
    line = read_line(event)
    status = line.fields.get("status")
    is_failure = line.kind is Kind.ACCESS and isinstance(status, int) and status >= _FIRST_FAILURE
    return line.text if is_failure and f"[{number}]" in event.stream else None
