"""A model of environments, for advice: which requests meet one that is ready, and which wait for INIT.

Visitors come at random (a Poisson process) whose rate follows the day: four in the afternoon is the busiest hour, with
1.8 times the mean, four at night the quietest, with 0.2 times. Each comes with some requests at once, as a page and
what it fetches. How long a request takes is exponentially distributed.

An environment serves one request at a time; the one that was used last is taken first, and a new one is started when
none is free. It ends when it was idle for five to seven minutes, drawn evenly, or lived for two hours: AWS names no
times, these are measurements of others. Environments that are kept ready never end; what they cannot serve goes to
others. The same seed gives the same days.
"""

from __future__ import annotations

import heapq
import math
import random
from collections.abc import Iterator
from dataclasses import dataclass, field

DAY_SECONDS = 86_400.0
_IDLE_SECONDS = (300.0, 420.0)
_LIFE_SECONDS = 7200.0
_SWING, _BUSIEST_SECONDS = 0.8, 16 * 3600.0
# So many requests are enough for the shares to settle.
_REQUESTS_MOST = 200_000
_DAYS_MOST = 28


@dataclass(frozen=True, slots=True)
class Traffic:
    """Requests a day, so many at once, the seconds that each takes, and the seconds of INIT."""

    requests_per_day: float
    at_once: int
    request_seconds: float
    init_seconds: float


@dataclass(frozen=True, slots=True)
class Strategy:
    """What is done against cold starts. `warm` environments every so many seconds, so many `kept` ready.

    `start_seconds` is what takes the place of INIT, as a restore does; None: nothing does.
    """

    name: str
    warm: int = 0
    every_seconds: float = 240.0
    hold_seconds: float = 0.075
    kept: int = 0
    start_seconds: float | None = None


@dataclass(slots=True)
class Day:
    """What a day brings, on average.

    `cold` are requests that waited for a new environment, `warm_cold` warm-ups that started one.
    """

    requests: float = 0
    cold: float = 0
    warm_ups: float = 0
    warm_cold: float = 0
    run_seconds: float = 0
    run_kept_seconds: float = 0


@dataclass(order=True, slots=True)
class _Environment:
    free_at: float
    born: float = field(compare=False)
    idle_seconds: float = field(compare=False)

    def is_alive(self, now: float) -> bool:
        return now - self.free_at < self.idle_seconds and now - self.born < _LIFE_SECONDS


def simulate(traffic: Traffic, strategy: Strategy, *, seed: int = 1) -> Day:
    """The average day under a strategy."""
    days = max(1, min(_DAYS_MOST, int(_REQUESTS_MOST / max(traffic.requests_per_day, 1))))
    # The same visits under each strategy, and of a sequence of their own.
    visits = _visits(traffic, days, random.Random(f"visits {seed}"))  # noqa: S311 - a model, no secret
    run = _Run(traffic, strategy, random.Random(f"times {seed}"))  # noqa: S311 - the same
    for now, is_warm_up in heapq.merge(visits, _warm_ups(strategy, days)):
        run.arrive(now, is_warm_up=is_warm_up)
    total = run.total
    return Day(*(getattr(total, name) / days for name in Day.__slots__))


def _visits(traffic: Traffic, days: int, chance: random.Random) -> Iterator[tuple[float, bool]]:
    """Moments of requests. Thinned from a process of the highest rate, which is exact (Lewis and Shedler, 1979)."""
    visits_per_day = traffic.requests_per_day / traffic.at_once
    if visits_per_day <= 0:
        return
    highest = visits_per_day / DAY_SECONDS * (1 + _SWING)
    now = 0.0
    while (now := now + chance.expovariate(highest)) < days * DAY_SECONDS:
        swing = _SWING * math.cos(2 * math.pi * (now - _BUSIEST_SECONDS) / DAY_SECONDS)
        if chance.random() * (1 + _SWING) < 1 + swing:
            for _ in range(traffic.at_once):
                yield now, False


def _warm_ups(strategy: Strategy, days: int) -> Iterator[tuple[float, bool]]:
    if strategy.warm:
        for number in range(int(days * DAY_SECONDS / strategy.every_seconds)):
            for _ in range(strategy.warm):
                yield number * strategy.every_seconds, True


class _Run:
    """Environments in the order in which they were free last; the last of those that are free is taken first."""

    def __init__(self, traffic: Traffic, strategy: Strategy, chance: random.Random) -> None:
        self.total = Day()
        self._traffic = traffic
        self._strategy = strategy
        self._chance = chance
        start = strategy.start_seconds
        self._start_seconds = traffic.init_seconds if start is None else start
        self._kept = [0.0] * strategy.kept
        self._free: list[_Environment] = []
        self._busy: list[_Environment] = []

    def arrive(self, now: float, *, is_warm_up: bool) -> None:
        """A request or a warm-up, which takes an environment until it is done."""
        if is_warm_up:
            seconds = self._strategy.hold_seconds
            self.total.warm_ups += 1
        else:
            seconds = self._chance.expovariate(1 / self._traffic.request_seconds)
            self.total.requests += 1
            if self._kept and self._kept[0] <= now:
                heapq.heapreplace(self._kept, now + seconds)
                self.total.run_kept_seconds += seconds
                return
        environment = self._take(now)
        if environment is None:
            seconds += self._start_seconds
            environment = _Environment(now, now, self._chance.uniform(*_IDLE_SECONDS))
            if is_warm_up:
                self.total.warm_cold += 1
            else:
                self.total.cold += 1
        environment.free_at = now + seconds
        heapq.heappush(self._busy, environment)
        self.total.run_seconds += seconds

    def _take(self, now: float) -> _Environment | None:
        while self._busy and self._busy[0].free_at <= now:
            self._free.append(heapq.heappop(self._busy))
        while self._free:
            environment = self._free.pop()
            if environment.is_alive(now):
                return environment
        return None
