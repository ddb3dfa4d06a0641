"""What a line of the function's log is: a mark of Lambda's, a request's access line, a record of `logging`, a text.

Text and JSON become the same record. Source: Lambda developer guide, 'Log and monitor Python Lambda functions'.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from lambwsgi.deploy.aws.records import LogEvent
from lambwsgi.deploy.logs.reports import read_report, report_text

_MARK = re.compile(r"(START|END|REPORT) RequestId: (\S+)")
# `[ERROR]<tab>time<tab>request id<tab>message`, as Lambda's runtime writes a record of `logging`.
_RECORD = re.compile(r"\[([A-Z]+)\]\t\S+Z\t(\S*)\t(.*)", re.DOTALL)
_FAILURE = re.compile(r"\[(ERROR)\] (.*)", re.DOTALL)
_TIMED_OUT = re.compile(r"\S+Z (\S+) (Task timed out after .*)", re.DOTALL)
_NO_BREAK_SPACE = "\u00a0"
_SEVERE = frozenset({"ERROR", "CRITICAL", "FATAL"})


class Kind(StrEnum):
    """What a line is."""

    START = "start"  # an invocation begins
    END = "end"  # it has ended
    REPORT = "report"  # its figures
    PLATFORM = "platform"  # something else that Lambda says
    ACCESS = "access"  # a request of the web, as `access_log` tells it
    RECORD = "record"  # of `logging`, or an error that nobody caught
    TEXT = "text"  # printed


@dataclass(frozen=True, slots=True)
class LogLine:
    """One line. `text` is readable, a traceback included; `fields` are those of a line of JSON."""

    event: LogEvent
    kind: Kind
    text: str
    level: str | None = None
    request_id: str | None = None
    fields: Mapping[str, Any] = field(default_factory=dict)

    @property
    def is_error(self) -> bool:
        """Whether it tells of a failure."""
        return self.level in _SEVERE


# Types of Lambda's own lines in a log of JSON. Source: 'Telemetry API event schema'.
_PLATFORM = {"platform.start": Kind.START, "platform.runtimeDone": Kind.END, "platform.report": Kind.REPORT}


def read_line(event: LogEvent) -> LogLine:
    """What the line is and tells."""
    # Where the line ends part entries, `\r` and blanks that nothing takes away hold the lines of one together.
    text = event.message.replace("\r", "\n").replace(_NO_BREAK_SPACE, " ").rstrip()
    fields = _object(text)
    if fields is not None:
        return _read_json(event, fields)
    if mark := _MARK.match(text):
        return _read_mark(event, Kind(mark[1].lower()), mark[2], text)
    if record := _RECORD.fullmatch(text):
        return LogLine(event, Kind.RECORD, record[3], level=record[1], request_id=record[2] or None)
    if failure := _FAILURE.fullmatch(text):
        return LogLine(event, Kind.RECORD, failure[2], level=failure[1])
    if late := _TIMED_OUT.fullmatch(text):
        return LogLine(event, Kind.RECORD, late[2], level="ERROR", request_id=late[1])
    return LogLine(event, Kind.PLATFORM if text.startswith("INIT_") else Kind.TEXT, text)


def _object(text: str) -> dict[str, Any] | None:
    if not text.startswith("{"):
        return None
    try:
        found = json.loads(text)
    except ValueError:
        return None
    return found if isinstance(found, dict) else None


def _read_mark(event: LogEvent, kind: Kind, request_id: str, text: str) -> LogLine:
    report = read_report(text) if kind is Kind.REPORT else None
    rest = text.partition(request_id)[2].strip()
    return LogLine(event, kind, report_text(report) if report else rest, request_id=request_id)


def _read_json(event: LogEvent, fields: dict[str, Any]) -> LogLine:
    kind = str(fields.get("type", ""))
    if kind.startswith("platform."):
        return _read_platform(event, kind, fields)
    if {"request_id", "status", "milliseconds", "gateway"} <= fields.keys():
        return LogLine(event, Kind.ACCESS, access_text(fields), request_id=fields["request_id"], fields=fields)
    level, request_id = fields.get("level"), fields.get("requestId")
    if not isinstance(level, str):
        return LogLine(event, Kind.TEXT, event.message, fields=fields)
    return LogLine(event, Kind.RECORD, _record_text(fields), level=level, request_id=request_id, fields=fields)


def _read_platform(event: LogEvent, kind: str, fields: dict[str, Any]) -> LogLine:
    record = fields.get("record")
    request_id = record.get("requestId") if isinstance(record, dict) else None
    report = read_report(event.message)
    known = _PLATFORM.get(kind)
    text = report_text(report) if report else "" if known else kind.removeprefix("platform.")
    return LogLine(event, known or Kind.PLATFORM, text, request_id=request_id, fields=fields)


def access_text(fields: Mapping[str, Any]) -> str:
    """An access line, the function's or the gateway's, in words: `200 GET /about in 12.3 ms, 345 bytes`."""
    cold = ", cold" if fields.get("cold") else ""
    return (
        f"{fields.get('status')} {fields.get('method')} {fields.get('path')} in {fields.get('milliseconds')} ms,"
        f" {fields.get('bytes')} bytes{cold}"
    )


def _record_text(fields: Mapping[str, Any]) -> str:
    """Message, traceback and error of a record; one of them may be missing."""
    message = fields.get("message")
    trace = fields.get("stackTrace")
    lines = [message if isinstance(message, str) else json.dumps(message)] if message is not None else []
    if isinstance(trace, list) and trace:
        lines += ["Traceback (most recent call last):", "".join(f"{each.rstrip()}\n" for each in map(str, trace))]
    what = ": ".join(str(fields[key]) for key in ("errorType", "errorMessage") if fields.get(key))
    return "\n".join([line.rstrip("\n") for line in lines] + ([what] if what else []))
