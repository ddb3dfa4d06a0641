"""What a mirror is: the half of a gateway that AWS plays. Knows nothing of WSGI, servers or handlers."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from lambwsgi.adapter.message import Header, HttpResponse

Event = dict[str, Any]


@dataclass(frozen=True, slots=True)
class WireRequest:
    """One HTTP request as a client sends it to a gateway.

    `raw_target` is the request target (percent-encoded, with `?query`); `headers` are pairs in order with lower-case
    names, of which one may repeat, and native strings as values (code points are bytes).
    """

    method: str
    raw_target: str
    headers: Sequence[Header]
    body: bytes
    scheme: str
    server_port: str
    remote_addr: str
    protocol: str = "HTTP/1.1"

    @property
    def query_string(self) -> str:
        """What stands behind the first `?` of the target."""
        return self.raw_target.partition("?")[2]


@dataclass(frozen=True, slots=True)
class Arrival:
    """What a gateway knows beyond the request itself: when and under which ids it came in, and through which API.

    `at` is an aware time. An empty `stage` is what a client of a custom domain sees: no stage in the URL.
    """

    at: datetime
    request_id: str
    trace_id: str
    stage: str = ""
    region: str = "us-east-1"
    account_id: str = "123456789012"
    api_id: str = "lambwsgi00"

    @classmethod
    def now(cls, *, stage: str = "", region: str = "us-east-1") -> Arrival:
        """What comes in at this moment, under ids of its own. A trace id holds the seconds and 96 random bits."""
        at = datetime.now(UTC)
        trace_id = f"Root=1-{int(at.timestamp()):08x}-{uuid.uuid4().hex[:24]}"
        return cls(at=at, request_id=str(uuid.uuid4()), trace_id=trace_id, stage=stage, region=region)

    @property
    def clf_time(self) -> str:
        """The time as access logs spell it, `24/Nov/2026:06:05:00 +0000`."""
        return self.at.strftime("%d/%b/%Y:%H:%M:%S %z")

    @property
    def epoch_ms(self) -> int:
        """The time in milliseconds since 1970."""
        return int(self.at.timestamp() * 1000)


@dataclass(frozen=True, slots=True)
class Bound:
    """How much of a request a gateway takes: what has `size_of` above `limit_bytes` is answered with `refusal`."""

    size_of: Callable[[WireRequest], int]
    limit_bytes: int
    refusal: HttpResponse


def serves_everything(_request: WireRequest, _arrival: Arrival) -> HttpResponse | None:
    """No refusal: the gateway sends every path to the function."""
    return None


@dataclass(frozen=True, slots=True)
class Mirror:
    """One gateway as AWS runs it: how it asks the function, how it takes the answer, how it refuses.

    `write_event` makes the event; `read_result` takes the decoded JSON of the function's answer and never raises: a
    malformed one becomes the gateway's own error response. `failed` answers a function error, `throttled` a function
    that is busy, `rate_exceeded`, where given, a client that asks too often, `too_large` a request above
    `request_limit_bytes`; `route` gives the response to a request that the gateway does not pass on.
    Limits are bytes of JSON; `bounds` are those of the request itself, in the order in which they are looked at.
    After `timeout_seconds`, where given, the gateway stops waiting for the function and answers `timed_out`.
    `read_prelude`, where the gateway can stream, makes the head of the response of what a function sends before the
    body; it raises `MalformedResultError`.
    """

    name: str
    write_event: Callable[[WireRequest, Arrival], Event]
    read_result: Callable[[object], HttpResponse]
    failed: HttpResponse
    throttled: HttpResponse
    too_large: HttpResponse
    response_limit_bytes: int
    request_limit_bytes: int
    bounds: tuple[Bound, ...] = ()
    timeout_seconds: float | None = None
    timed_out: HttpResponse | None = None
    rate_exceeded: HttpResponse | None = None
    route: Callable[[WireRequest, Arrival], HttpResponse | None] = serves_everything
    read_prelude: Callable[[object], HttpResponse] | None = None
