"""What the logs tell of one request: the gateway's line, the access line, what was logged, the error, the figures."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from lambwsgi.deploy import names
from lambwsgi.deploy.aws.calls import Aws
from lambwsgi.deploy.aws.records import LogQuery
from lambwsgi.deploy.errors import DeployError
from lambwsgi.deploy.logs.lines import Kind, LogLine
from lambwsgi.deploy.logs.reading import read_log
from lambwsgi.deploy.logs.reports import Report, read_report
from lambwsgi.deploy.logs.request_lines import read_request
from lambwsgi.settings.model import StageSettings

# As Python prints it, perhaps a chain of them; what Lambda's runtime writes of an error has no last line.
_TRACEBACK = re.compile(r"Traceback \(most recent call last\):\n(?:[ \t].*(?:\n|$))+(?P<what>\S.*)?")
_OWN_KINDS = frozenset({Kind.ACCESS, Kind.RECORD, Kind.TEXT})


@dataclass(frozen=True, slots=True)
class Failure:
    """The error of a request: what it was in a line, and where it came from, empty where that is not told."""

    what: str
    traceback: str = ""


@dataclass(frozen=True, slots=True)
class Explanation:
    """One request as the logs tell it; None is what they do not have.

    `gateway` and `access` are the fields of the gateway's own line and of the application's. `report` is the last one,
    where the request was tried again.
    """

    request_id: str
    gateway: Mapping[str, Any] | None
    access: Mapping[str, Any] | None
    failure: Failure | None
    report: Report | None
    lines: tuple[LogLine, ...]


def explain(aws: Aws, settings: StageSettings, request_id: str, since_ms: int) -> Explanation:
    """What the logs have of a request since a moment. The id is Lambda's, or the gateway's where it writes a log.

    Raises DeployError when the function's log has nothing.
    """
    gateway = _gateway_line(aws, settings, request_id, since_ms) if settings.gateway_log else None
    own_id = str((gateway or {}).get("function_request_id") or request_id)
    lines = read_request(aws, LogQuery(names.log_group_name(settings), since_ms), own_id)
    return Explanation(
        request_id=own_id,
        gateway=gateway,
        access=next((line.fields for line in lines if line.kind is Kind.ACCESS), None),
        failure=find_failure(lines),
        report=next((report for line in reversed(lines) if (report := read_report(line.event.message))), None),
        lines=tuple(line for line in lines if line.kind in _OWN_KINDS),
    )


def _gateway_line(aws: Aws, settings: StageSettings, request_id: str, since_ms: int) -> Mapping[str, Any] | None:
    query = LogQuery(names.gateway_log_name(settings), since_ms, f'"{request_id}"')
    # Whoever may not read the gateway's log may still ask what the function's has.
    with suppress(DeployError, ValueError):
        for event in read_log(aws, query):
            line = json.loads(event.message)
            if isinstance(line, dict):
                return line
    return None


def find_failure(lines: Sequence[LogLine]) -> Failure | None:
    """The error that the lines tell of: the first traceback there is, or else the first line that says ERROR."""
    told = next((line for line in lines if line.is_error), None)
    # A traceback that was printed may be a line of the log for each of its own.
    text = "\n".join(line.text for line in lines if line.kind in _OWN_KINDS)
    traces = list(_TRACEBACK.finditer(text))
    if not traces:
        return Failure(told.text) if told else None
    last = traces[-1]
    what = last["what"] or (told.text.partition("\n")[0] if told else "")
    return Failure(what, text[traces[0].start() : last.end()].rstrip())
