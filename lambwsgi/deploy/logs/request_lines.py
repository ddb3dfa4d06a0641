"""Lines of the log by request. An environment serves one at a time, so what lies between its marks is the request's."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from lambwsgi.deploy.aws.calls import Aws
from lambwsgi.deploy.aws.records import LogEvent, LogQuery
from lambwsgi.deploy.errors import DeployError
from lambwsgi.deploy.logs.lines import Kind, LogLine, read_line
from lambwsgi.deploy.logs.reading import read_log

_MARKS = frozenset({Kind.START, Kind.END, Kind.REPORT})


@dataclass(frozen=True, slots=True)
class RequestLines:
    """The lines of one request, or, with no id, of what an environment does between requests."""

    request_id: str | None
    lines: tuple[LogLine, ...]


def grouped(events: Iterable[LogEvent]) -> Iterator[RequestLines]:
    """The lines request by request, each given when its REPORT is there; at the end, what has none."""
    waiting: dict[str, list[LogLine]] = {}
    for line in map(read_line, events):
        lines = waiting.setdefault(line.event.stream, [])
        if line.kind is Kind.START and lines:
            yield _group(lines)
            lines.clear()
        lines.append(line)
        if line.kind is Kind.REPORT:
            yield _group(lines)
            del waiting[line.event.stream]
    yield from map(_group, filter(None, waiting.values()))


def _group(lines: list[LogLine]) -> RequestLines:
    marked = (line.request_id for line in lines if line.kind in _MARKS)
    return RequestLines(next(marked, None), tuple(lines))


def read_request(aws: Aws, query: LogQuery, request_id: str) -> tuple[LogLine, ...]:
    """All lines of a request, oldest first; one that was tried again has several of everything.

    Raises DeployError when the log has none.
    """
    marks = [read_line(event) for event in read_log(aws, replace(query, pattern=f'"{request_id}"'))]
    # A line may speak of another request, and the filter finds pieces of ids too.
    streams = dict.fromkeys(mark.event.stream for mark in marks if mark.request_id == request_id)
    if not streams:
        raise DeployError(
            f"the log {query.group} has no request {request_id!r} in that time: give an earlier --since, or wait some"
            " seconds, since CloudWatch takes in lines late"
        )
    return tuple(line for stream in streams for line in _in_stream(aws, query, request_id, stream, marks))


def _in_stream(aws: Aws, query: LogQuery, request_id: str, stream: str, marks: list[LogLine]) -> list[LogLine]:
    """The lines from the first to the last that name the request: neighbours have the same moment now and then."""
    times = [mark.event.time_ms for mark in marks if mark.event.stream == stream]
    near = replace(query, pattern="", since_ms=min(times), until_ms=max(times), stream=stream)
    lines = [read_line(event) for event in read_log(aws, near)]
    named = [place for place, line in enumerate(lines) if request_id in line.event.message]
    return lines[named[0] : named[-1] + 1] if named else []
