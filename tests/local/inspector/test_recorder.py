"""The handler that is watched: what is told of an invocation, and that nothing changes for the application."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import pytest
from werkzeug.test import Client

from lambwsgi.local.context import FunctionIdentity, LambdaContext
from lambwsgi.local.inspector.recorder import BEGINNING_BYTES, Recorder, Sink, Terms
from lambwsgi.local.inspector.records import Log
from lambwsgi.local.prices import invocation_usd

PRELUDE = {"statusCode": 200, "headers": {"content-type": "text/plain"}}


class StreamingContext:
    """A context as the runtime has it for a function that streams."""

    aws_request_id = "the-id"

    def __init__(self) -> None:
        self.sent: list[object] = []

    def begin_response(self, prelude: Mapping[str, Any]) -> Callable[[bytes], None]:
        self.sent.append(prelude)
        return self.sent.append


def streaming(parts: list[bytes]) -> Callable[[Any, Any], None]:
    def handler(_event: Any, context: Any) -> None:
        send = context.begin_response(PRELUDE)
        for part in parts:
            send(part)

    return handler


def test_event_and_result_are_the_handlers_own(visitor: Client, log: Log) -> None:
    assert visitor.post("/orders", data=b"two").text == "two"

    [record] = log.all()
    assert record.event["requestContext"]["http"]["path"] == "/orders"
    assert record.result["body"] == "two"
    assert (record.origin, record.source, record.error) == ("request", None, None)
    assert record.duration_ms > 0
    assert record.peak_memory_mb is None or record.peak_memory_mb > 1


def test_only_the_first_invocation_is_cold_and_init_is_billed_with_it(log: Log) -> None:
    recorder = Recorder(lambda _event, _context: None, log, Terms(), init_ms=250.5)

    recorder({}, None)
    recorder({}, None)

    cold, warm = log.all()
    assert (cold.is_cold, cold.init_ms, cold.billed_ms) == (True, 250.5, 251)
    assert (warm.is_cold, warm.init_ms, warm.billed_ms) == (False, None, 1)


def test_the_cost_is_that_of_the_price_list() -> None:
    # 100 ms with 2 GB: 0.2 GB-seconds at 0.0000166667 USD, and the request at 0.0000002 USD.
    assert invocation_usd(100, memory_mb=2048, architecture="x86_64") == pytest.approx(0.00000353334)
    assert invocation_usd(100, memory_mb=2048, architecture="arm64") == pytest.approx(0.00000286668)


def test_a_failure_is_recorded_and_raised(log: Log) -> None:
    def fail(_event: Any, _context: Any) -> None:
        raise ValueError("boom")

    with pytest.raises(ValueError, match="boom"):
        Recorder(fail, log, Terms())({"a": 1}, None)

    [record] = log.all()
    assert record.event == {"a": 1}
    assert record.error is not None
    assert record.error.endswith("ValueError: boom\n")


def test_a_streamed_answer_goes_through_and_is_counted(log: Log) -> None:
    context = StreamingContext()

    Recorder(streaming([b"", b"one", b"two"]), log, Terms())({}, context)

    [record] = log.all()
    assert context.sent == [PRELUDE, b"", b"one", b"two"]
    assert record.result is None
    assert record.stream is not None
    assert (record.stream.prelude, record.stream.beginning) == (PRELUDE, b"onetwo")
    assert (record.stream.chunks, record.stream.size_bytes) == (2, 6)
    assert record.stream.first_chunk_ms is not None
    assert record.stream.first_chunk_ms <= record.duration_ms


def test_of_a_long_stream_only_the_beginning_is_kept(log: Log) -> None:
    Recorder(streaming([b"x" * BEGINNING_BYTES, b"y" * 10]), log, Terms())({}, StreamingContext())

    [record] = log.all()
    assert record.stream is not None
    assert record.stream.size_bytes == BEGINNING_BYTES + 10
    assert record.stream.beginning == b"x" * BEGINNING_BYTES


@pytest.mark.parametrize(
    "context",
    [
        pytest.param(object(), id="of AWS's own runtime"),
        pytest.param(LambdaContext("id", FunctionIdentity(), deadline_ms=0), id="of a gateway that waits"),
    ],
)
def test_a_context_that_cannot_stream_is_handed_on_as_it_is(log: Log, context: object) -> None:
    seen: list[object] = []

    Recorder(lambda _event, context: seen.append(context), log, Terms())({}, context)

    assert seen == [context]
    assert log.all()[0].stream is None


def test_a_context_that_streams_is_itself_in_everything_else(log: Log) -> None:
    recorder = Recorder(lambda _event, context: context.aws_request_id, log, Terms())

    assert recorder({}, StreamingContext()) == "the-id"
    assert log.all()[0].stream is None


def test_a_streamed_answer_can_be_asked_for_again_without_a_listener(log: Log) -> None:
    Recorder(streaming([b"one"]), log, Terms())({}, Sink(StreamingContext()))

    [record] = log.all()
    assert record.stream is not None
    assert record.stream.beginning == b"one"
