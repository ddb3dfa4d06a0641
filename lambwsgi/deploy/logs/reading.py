"""The log of a function: read from a moment on, and followed without telling a line twice."""

from __future__ import annotations

import re
import time
from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import replace

from lambwsgi.deploy.aws.calls import Aws
from lambwsgi.deploy.aws.records import LogEvent, LogQuery
from lambwsgi.deploy.errors import DeployError

# CloudWatch takes in lines of different environments out of order, some seconds late.
_LATE_MS = 10_000
# Each time that there is nothing new the pause grows, up to this.
_SLOWER = 1.5
_SLOWEST_SECONDS = 10.0
_DURATION = re.compile(r"(\d+)([smhdw])")
_UNIT_SECONDS = {"s": 1, "m": 60, "h": 3600, "d": 86_400, "w": 604_800}


def duration_seconds(text: str) -> int:
    """The seconds in `90s`, `10m`, `2h`, `1d` or `1w`."""
    found = _DURATION.fullmatch(text)
    if found is None:
        raise DeployError(f"{text!r} is no duration: write a number and s, m, h, d or w, as in 10m")
    return int(found[1]) * _UNIT_SECONDS[found[2]]


def read_log(aws: Aws, query: LogQuery) -> Iterator[LogEvent]:
    """The lines there are, oldest first. An empty page may be followed by a full one: only a missing token ends it."""
    token: str | None = None
    while True:
        page = aws.log_page(query, token)
        yield from page.events
        token = page.next_token
        if token is None:
            return


def last_lines(aws: Aws, query: LogQuery, count: int) -> list[LogEvent]:
    """The newest lines, oldest of them first."""
    return list(deque(read_log(aws, query), maxlen=count))


def follow_log(
    aws: Aws, query: LogQuery, *, pause: Callable[[float], None] = time.sleep, every_seconds: float = 2.0
) -> Iterator[LogEvent]:
    """The lines there are and all that come, each once. Ends only when the caller stops asking.

    A log where nothing happens is asked ever more seldom: all readers of an account share some questions a second.
    """
    told: dict[str, int] = {}
    since_ms, wait = query.since_ms, every_seconds
    while True:
        fresh = False
        for event in read_log(aws, replace(query, since_ms=since_ms)):
            if event.event_id not in told:
                told[event.event_id] = event.time_ms
                fresh = True
                yield event
        wait = every_seconds if fresh else min(wait * _SLOWER, max(every_seconds, _SLOWEST_SECONDS))
        since_ms = max([since_ms, *(time_ms - _LATE_MS for time_ms in told.values())])
        told = {event_id: time_ms for event_id, time_ms in told.items() if time_ms >= since_ms}
        pause(wait)
