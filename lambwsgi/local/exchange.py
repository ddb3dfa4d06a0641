"""What went between gateway and function for one request, and whether AWS would have taken the answer."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from lambwsgi.local.context import LambdaContext
from lambwsgi.local.envelopes import KINDS, faults
from lambwsgi.local.gateway import Handler, to_json
from lambwsgi.local.lambda_service.model import Receive
from lambwsgi.local.mirror.base import Event
from lambwsgi.local.mirror.table import pick


@dataclass(frozen=True, slots=True)
class Exchange:
    """The event that the function got, and its result as decoded JSON; of a streamed response what precedes the body.

    `streamed`: the body was sent part by part, so it is not in the result.
    """

    event: Event
    result: Any
    streamed: bool = False


def recording(handler: Handler, record: Callable[[Exchange], None]) -> Handler:
    """The same handler; `record` is told of each exchange that ended with a result."""

    def call(event: Event, context: LambdaContext) -> object:
        begin = context.begin_response
        if begin is not None:
            context.begin_response = lambda prelude: _record_prelude(Exchange(event, prelude, streamed=True), begin)
        result = handler(event, context)
        if result:
            record(Exchange(event, json.loads(result) if isinstance(result, bytes) else result))
        return result

    def _record_prelude(exchange: Exchange, begin: Callable[[Any], Receive]) -> Receive:
        record(exchange)
        return begin(exchange.result)

    return call


def assert_valid_result(result: object, gateway: str) -> None:
    """Raises AssertionError with all that the gateway would refuse or misread in a function's result.

    It is strict: what AWS would fill in, a status or a content type, has to be there.
    Raises `LocalError` for an unknown gateway.
    """
    __tracebackhide__ = True
    found = faults(KINDS[pick(gateway).name], result)
    if found:
        raise AssertionError(f"{gateway} would not take this result: {'; '.join(found)}")


def assert_within_limits(result: object, gateway: str) -> None:
    """Raises AssertionError for a result that is larger, as JSON, than the gateway lets through."""
    __tracebackhide__ = True
    size_bytes, limit_bytes = len(to_json(result)), pick(gateway).response_limit_bytes
    if size_bytes > limit_bytes:
        raise AssertionError(f"{gateway}: the result has {size_bytes} bytes of JSON, above the limit of {limit_bytes}")
