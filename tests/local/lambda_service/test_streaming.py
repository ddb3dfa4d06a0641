"""Streamed responses, by a runtime of the function's own."""

from __future__ import annotations

import json
import os
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from lambwsgi.local.errors import FunctionError
from lambwsgi.local.lambda_service.model import FunctionVersion
from lambwsgi.local.lambda_service.service import LambdaService
from tests.local.lambda_service.invoking import invocation_of, wait_for
from tests.local.lambda_service.wrappers import ship_runtime

PRELUDE = b'{"statusCode": 200}' + bytes(8)
INTEGRATION = "application/vnd.awslambda.http-integration-response"


class Client:
    """Takes a response, and remembers when each piece came."""

    def __init__(self) -> None:
        self.content_types: list[str] = []
        self.pieces: list[bytes] = []
        self.times: list[float] = []

    def __call__(self, content_type: str) -> Callable[[bytes], None]:
        """The response begins."""
        self.content_types.append(content_type)
        return self.take

    def take(self, piece: bytes) -> None:
        """A piece."""
        self.pieces.append(piece)
        self.times.append(time.monotonic())


@pytest.fixture
def streaming(function: FunctionVersion) -> FunctionVersion:
    """A function with a runtime that streams."""
    ship_runtime(function.task_root)
    return replace(function, environment={"AWS_LAMBDA_EXEC_WRAPPER": "/var/task/runtime/bootstrap"})


@pytest.fixture
def client() -> Client:
    """Who asks."""
    return Client()


def test_pieces_arrive_as_they_are_made(service: LambdaService, streaming: FunctionVersion, client: Client) -> None:
    service.stream(streaming, invocation_of(streaming, do="stream", pieces=3, pause=0.2), client)

    assert client.content_types == [INTEGRATION]
    assert b"".join(client.pieces) == PRELUDE + b"0;1;2;"
    assert client.times[-1] - client.times[0] > 0.35


def test_a_buffered_response_is_one_piece_of_json(
    service: LambdaService, function: FunctionVersion, client: Client
) -> None:
    service.stream(function, invocation_of(function), client)

    assert client.content_types == ["application/json"]
    assert json.loads(b"".join(client.pieces))["calls"] == 1
    assert len(client.pieces) == 1


def test_a_function_that_fails_before_it_answers_begins_nothing(
    service: LambdaService, function: FunctionVersion, client: Client
) -> None:
    with pytest.raises(FunctionError, match="not like this"):
        service.stream(function, invocation_of(function, do="raise"), client)

    assert client.content_types == []


def test_a_stream_may_end_with_an_error_and_the_environment_goes_on(
    service: LambdaService, streaming: FunctionVersion, client: Client, lines: list[str]
) -> None:
    with pytest.raises(FunctionError, match="no more") as caught:
        service.stream(streaming, invocation_of(streaming, do="break off"), client)
    service.stream(streaming, invocation_of(streaming), Client())

    assert caught.value.error_type == "ValueError"
    assert b"".join(client.pieces) == PRELUDE + b"so far"
    assert "Init Duration" not in lines[-1]


def test_a_runtime_that_dies_in_the_middle_is_an_exit_error(
    service: LambdaService, streaming: FunctionVersion, client: Client
) -> None:
    with pytest.raises(FunctionError, match="Runtime exited with error: exit status 7"):
        service.stream(streaming, invocation_of(streaming, do="die"), client)

    assert b"".join(client.pieces) == PRELUDE + b"so far"


def test_a_runtime_that_lets_go_of_the_connection_gave_a_truncated_response(
    bare: LambdaService, streaming: FunctionVersion, client: Client
) -> None:
    with pytest.raises(FunctionError) as caught:
        bare.stream(streaming, invocation_of(streaming, do="let go"), client)

    assert caught.value.error_type == "Runtime.TruncatedResponse"


def test_a_stream_that_takes_too_long_is_cut_off(
    service: LambdaService, streaming: FunctionVersion, client: Client
) -> None:
    hasty = replace(streaming, timeout_seconds=1)
    with pytest.raises(FunctionError, match=r"Task timed out after 1\.00 seconds"):
        service.stream(hasty, invocation_of(hasty, do="hang"), client)

    assert b"".join(client.pieces) == PRELUDE


def test_a_client_that_leaves_does_not_stop_the_function(
    service: LambdaService, streaming: FunctionVersion, lines: list[str]
) -> None:
    def leave(content_type: str) -> Callable[[bytes], None]:
        def receive(piece: bytes) -> None:
            raise BrokenPipeError

        return receive

    service.stream(streaming, invocation_of(streaming, do="pour", mb=8), leave)

    wait_for(lambda: "poured 202" in lines)


def test_a_client_that_takes_nothing_does_not_keep_the_function_beyond_its_time(
    bare: LambdaService, streaming: FunctionVersion, client: Client
) -> None:
    hasty = replace(streaming, timeout_seconds=1)
    others = children()
    gone: list[bool] = []

    def begin(content_type: str) -> Callable[[bytes], None]:
        def receive(piece: bytes) -> None:
            if not gone:
                wait_for(lambda: children() <= others)
                gone.append(True)

        return receive

    with pytest.raises(FunctionError, match=r"Task timed out after 1\.00 seconds"):
        bare.stream(hasty, invocation_of(hasty, do="pour", mb=100), begin)

    assert gone


def test_a_plain_invocation_of_a_function_that_streams_gives_all_of_it(
    service: LambdaService, streaming: FunctionVersion
) -> None:
    payload = service.invoke(streaming, invocation_of(streaming, do="stream", pieces=2))

    assert payload == PRELUDE + b"0;1;"


def test_a_plain_invocation_takes_no_more_of_a_stream_than_6_mb(
    bare: LambdaService, streaming: FunctionVersion
) -> None:
    with pytest.raises(FunctionError, match="exceeded maximum allowed payload size") as caught:
        bare.invoke(streaming, invocation_of(streaming, do="pour", mb=7))

    assert caught.value.error_type == "Function.ResponseSizeTooLarge"


def test_a_stream_ends_at_200_mb_and_takes_no_memory_however_slow_the_client_is(
    bare: LambdaService, streaming: FunctionVersion, lines: list[str]
) -> None:
    size, before = 0, resident_mb()

    def begin(content_type: str) -> Callable[[bytes], None]:
        time.sleep(0.3)

        def receive(piece: bytes) -> None:
            nonlocal size
            size += len(piece)

        return receive

    bare.stream(streaming, invocation_of(streaming, do="pour", mb=200), begin)
    with pytest.raises(FunctionError, match="209715200 bytes"):
        bare.stream(streaming, invocation_of(streaming, do="pour", mb=201), begin)

    assert size == 2 * 209_715_200
    assert resident_mb() - before < 30


def test_another_response_mode_is_refused(bare: LambdaService, streaming: FunctionVersion, lines: list[str]) -> None:
    with pytest.raises(FunctionError) as caught:
        bare.invoke(streaming, invocation_of(streaming, do="wrong mode"))
    after = json.loads(bare.invoke(streaming, invocation_of(streaming)))

    assert caught.value.error_type == "Runtime.InvalidResponseModeHeader"
    assert "400" in lines
    assert after["event"] == {}


def test_a_buffered_response_may_come_in_chunks(bare: LambdaService, streaming: FunctionVersion) -> None:
    payload = bare.invoke(streaming, invocation_of(streaming, do="chunked"))

    assert json.loads(payload) == {"put": "together"}


def children() -> set[int]:
    """The processes that this one has started and that have not ended."""
    folders = Path("/proc/self/task").iterdir()
    return {int(pid) for folder in folders for pid in (folder / "children").read_text("ascii").split()}


def resident_mb() -> int:
    """Memory of this process."""
    pages = int(Path("/proc/self/statm").read_text("ascii").split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") // 1_048_576
