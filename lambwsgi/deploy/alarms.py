"""What speaks against a version that has a part of the requests: alarms of the settings, and failures of its own.

Its failures are counted twice over, for neither count has all: Lambda's metric knows invocations that died, some
minutes late; the access log knows answers of 500 and above, which are good invocations to Lambda.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from lambwsgi.deploy import names
from lambwsgi.deploy.errors import ShiftError
from lambwsgi.deploy.log_lines import Kind, read_line
from lambwsgi.deploy.logs import LogQuery, read_log
from lambwsgi.deploy.records import Alarm, LogEvent
from lambwsgi.settings.model import StageSettings

if TYPE_CHECKING:
    from lambwsgi.deploy.aws import Aws

_FIRST_FAILURE = 500
# CloudWatch Logs' own filter; what is found is looked at again, for the embedded AWS finds all (ministack 1.5.33).
_FAILURES = f"{{ $.status >= {_FIRST_FAILURE} }}"


@dataclass(frozen=True, slots=True)
class Complaint:
    """What speaks against a version, in words. `alarm` is the name of the one that does, if it is one."""

    text: str
    alarm: str | None = None


def standing_complaint(aws: Aws, settings: StageSettings) -> Complaint | None:
    """The first alarm of the settings that is in alarm. Raises ShiftError for alarms that there are not."""
    wanted = settings.strategy.alarms
    if not wanted:
        return None
    found = aws.alarms([each.partition(":alarm:")[2] or each for each in wanted])
    missing = [each for each in wanted if not any(each in {alarm.name, alarm.arn} for alarm in found)]
    if missing:
        raise ShiftError(
            f"`strategy` watches {', '.join(map(repr, missing))}, and there is no such alarm in {aws.region}; mend"
            " `alarms` in the settings file"
        )
    return next((_complaint(alarm) for alarm in found if alarm.state == "ALARM"), None)


def complaint_about(aws: Aws, settings: StageSettings, number: int, since: datetime) -> Complaint | None:
    """The first thing that speaks against the version, which has requests since that moment."""
    found = standing_complaint(aws, settings)
    if found is not None or not settings.strategy.errors:
        return found
    until = datetime.now(UTC) + timedelta(minutes=1)
    died = aws.version_errors(settings.function_name, names.ALIAS, number, since.replace(second=0), until)
    if died >= settings.strategy.errors:
        return Complaint(f"{died} of its invocations ended in an error")
    query = LogQuery(names.log_group_name(settings), int(since.timestamp() * 1000), _FAILURES)
    failed = list(_failed_answers(read_log(aws, query), number))
    if len(failed) >= settings.strategy.errors:
        return Complaint(f"{len(failed)} of its answers were {_FIRST_FAILURE} and above, the first: {failed[0]}")
    return None


def _complaint(alarm: Alarm) -> Complaint:
    return Complaint(f"alarm {alarm.name!r} is in alarm: {alarm.reason or 'CloudWatch gives no reason'}", alarm.name)


def _failed_answers(events: Iterator[LogEvent], number: int) -> Iterator[str]:
    """The version's answers of 500 and above, in words. The name of a log stream has the version in brackets."""
    for event in events:
        line = read_line(event)
        if f"[{number}]" in event.stream and line.kind is Kind.ACCESS and _is_failure(line.fields.get("status")):
            yield line.text


def _is_failure(status: object) -> bool:
    return isinstance(status, int) and status >= _FIRST_FAILURE
