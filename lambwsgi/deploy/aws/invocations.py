"""What AWS answers to an invocation, as a record. Pure, but that the pieces of a stream are handed on as they come."""

from __future__ import annotations

import base64
from collections.abc import Callable, Mapping
from typing import Any

from lambwsgi.deploy.aws.records import Invocation

Json = Mapping[str, Any]


def read_invocation(answer: Json, body: bytes) -> Invocation:
    """An `Invocation` of Invoke, whose payload is read."""
    return Invocation(
        payload=body.decode("utf-8", "replace"),
        error=answer.get("FunctionError"),
        log_tail=_log_tail(answer),
        version=answer.get("ExecutedVersion", ""),
    )


def read_streamed_invocation(answer: Json, receive: Callable[[bytes], None]) -> Invocation:
    """An `Invocation` of InvokeWithResponseStream, whose pieces are handed on as they come."""
    last: Json = {}
    for event in answer["EventStream"]:
        if "PayloadChunk" in event:
            receive(event["PayloadChunk"]["Payload"])
        last = event.get("InvokeComplete", last)
    return Invocation(
        payload=last.get("ErrorDetails", ""),
        error=last.get("ErrorCode"),
        log_tail=_log_tail(last),
        version=answer.get("ExecutedVersion", ""),
    )


def _log_tail(answer: Json) -> str:
    return base64.b64decode(answer.get("LogResult", "")).decode("utf-8", "replace")
