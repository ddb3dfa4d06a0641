"""A gateway's throttle: a token bucket, as API Gateway's documents describe theirs."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

from lambwsgi.adapter.message import HttpResponse
from lambwsgi.local.errors import LocalError
from lambwsgi.local.mirror.base import Mirror


class Throttle:
    """Lets through so many requests a second, and as many at once; with 0 all of them.

    Raises `LocalError` for a gateway that has no throttle.
    """

    def __init__(self, mirror: Mirror, per_second: float, now: Callable[[], float] = time.monotonic) -> None:
        if per_second and mirror.rate_exceeded is None:
            raise LocalError(f"gateway {mirror.name!r} has no throttle; a Function URL and the API Gateways have one")
        self._refusal = mirror.rate_exceeded
        self._per_second = per_second
        self._burst = max(1.0, per_second)
        self._tokens = self._burst
        self._now = now
        self._at = now()
        self._lock = threading.Lock()

    def refusal(self) -> HttpResponse | None:
        """The answer to a request that comes now: None for one that is let through."""
        if not self._per_second:
            return None
        with self._lock:
            at = self._now()
            self._tokens = min(self._burst, self._tokens + (at - self._at) * self._per_second)
            self._at = at
            if self._tokens < 1:
                return self._refusal
            self._tokens -= 1
            return None
