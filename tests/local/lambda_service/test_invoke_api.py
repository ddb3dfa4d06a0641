"""The Invoke API, asked by boto3."""

from __future__ import annotations

import base64
import json
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import boto3
import pytest
from botocore.config import Config
from botocore.exceptions import ClientError

from lambwsgi.local.lambda_service.invoke_api import InvokeApi
from lambwsgi.local.lambda_service.invoke_request import InvokeError, read_request
from lambwsgi.local.lambda_service.model import FunctionVersion
from lambwsgi.local.lambda_service.service import LambdaService
from tests.local.lambda_service.invoking import wait_for
from tests.local.lambda_service.wrappers import ship_runtime

if TYPE_CHECKING:
    from mypy_boto3_lambda import LambdaClient

LARGE = b'"%s"' % (b"x" * 6_291_555)
LARGE_EVENT = {"Payload": b'"%s"' % (b"x" * 1_048_575), "InvocationType": "Event"}
ARN = "arn:aws:lambda:us-east-1:123456789012:function:shop-dev"


@pytest.fixture
def client(bare: LambdaService, function: FunctionVersion) -> Iterator[LambdaClient]:
    """boto3 on a local Lambda that knows version 7 as `live`, and `stream`, which has a runtime of its own."""
    ship_runtime(function.task_root)
    wrapper = {"AWS_LAMBDA_EXEC_WRAPPER": "/var/task/runtime/bootstrap"}
    stream = replace(function, name="stream", arn=f"{ARN}-stream", environment=wrapper)
    known = {("shop-dev", "live"): function, ("shop-dev", "7"): function, ("stream", "$LATEST"): stream}
    api = InvokeApi(bare, lambda name, qualifier: known.get((name, qualifier)))
    made = boto3.client(
        "lambda",
        endpoint_url=api.url,
        region_name="us-east-1",
        aws_access_key_id="test",
        aws_secret_access_key="test",
        config=Config(retries={"total_max_attempts": 1}),
    )
    yield made
    made.close()
    api.close()


@pytest.mark.parametrize(
    ("name", "qualifier"),
    [
        ("shop-dev", {"Qualifier": "live"}),
        ("shop-dev:live", {}),
        (f"{ARN}:7", {}),
        (ARN, {"Qualifier": "7"}),
        ("123456789012:function:shop-dev", {"Qualifier": "7"}),
        ("function:shop-dev:7", {}),
    ],
    ids=["name and qualifier", "name with qualifier", "ARN with version", "ARN", "partial ARN", "short partial ARN"],
)
def test_a_function_is_found_by_whatever_names_it(client: LambdaClient, name: str, qualifier: Any) -> None:
    answer = client.invoke(FunctionName=name, Payload=b'{"greeting": "hi"}', **qualifier)

    assert answer["StatusCode"] == 200
    assert answer["ExecutedVersion"] == "7"
    assert "FunctionError" not in answer
    assert json.loads(answer["Payload"].read())["event"] == {"greeting": "hi"}


def test_the_request_id_of_the_answer_is_that_of_the_invocation(client: LambdaClient, lines: list[str]) -> None:
    answer = client.invoke(FunctionName="shop-dev:live")

    assert lines[0] == f"START RequestId: {answer['ResponseMetadata']['RequestId']} Version: 7"
    assert json.loads(answer["Payload"].read())["event"] == {}


def test_an_error_of_the_function_is_an_answer(client: LambdaClient) -> None:
    answer = client.invoke(FunctionName="shop-dev:live", Payload=b'{"do": "raise"}')

    assert (answer["StatusCode"], answer["FunctionError"]) == (200, "Unhandled")
    assert json.loads(answer["Payload"].read())["errorMessage"] == "not like this"


def test_the_tail_of_the_log_comes_on_request(client: LambdaClient) -> None:
    answer = client.invoke(FunctionName="shop-dev:live", Payload=b'{"do": "print"}', LogType="Tail")

    lines = base64.b64decode(answer["LogResult"]).decode().splitlines()
    assert lines[0].startswith("START RequestId: ")
    assert lines[1:3] == ["one", "two"]
    assert lines[-1].startswith("REPORT RequestId: ")


def test_the_tail_is_4_kb_of_this_invocation_only(client: LambdaClient) -> None:
    client.invoke(FunctionName="shop-dev:live", Payload=b'{"do": "print"}', LogType="Tail")
    answer = client.invoke(FunctionName="shop-dev:live", Payload=b'{"do": "print many"}', LogType="Tail")
    plain = client.invoke(FunctionName="shop-dev:live")

    tail = base64.b64decode(answer["LogResult"])
    assert len(tail) == 4096
    assert b"one" not in tail
    assert "LogResult" not in plain


def test_the_client_context_reaches_the_function(client: LambdaClient) -> None:
    context = base64.b64encode(json.dumps({"custom": {"who": "é"}}).encode()).decode()

    answer = client.invoke(FunctionName="shop-dev:live", Payload=b'{"do": "context"}', ClientContext=context)

    assert json.loads(answer["Payload"].read()) == {"who": "é"}


def test_an_event_is_taken_and_run_later(client: LambdaClient, lines: list[str]) -> None:
    answer = client.invoke(FunctionName="shop-dev:live", InvocationType="Event", Payload=b'{"do": "print"}')

    assert answer["StatusCode"] == 202
    assert answer["Payload"].read() == b""
    wait_for(lambda: bool(lines) and lines[-1].startswith("REPORT"))
    assert lines[0].startswith(f"START RequestId: {answer['ResponseMetadata']['RequestId']}")
    assert "one" in lines


def test_events_wait_while_all_is_busy(client: LambdaClient, lines: list[str]) -> None:
    for _ in range(4):
        client.invoke(FunctionName="shop-dev:live", InvocationType="Event", Payload=b'{"do": "sleep", "seconds": 0.3}')

    wait_for(lambda: sum(line.startswith("REPORT") for line in lines) == 4)


def test_a_dry_run_runs_nothing(client: LambdaClient, lines: list[str]) -> None:
    answer = client.invoke(FunctionName="shop-dev:live", InvocationType="DryRun")

    assert answer["StatusCode"] == 204
    assert lines == []


@pytest.mark.parametrize(
    ("parameters", "status", "code"),
    [
        ({"FunctionName": "nobody"}, 404, "ResourceNotFoundException"),
        ({"FunctionName": "shop-dev:9"}, 404, "ResourceNotFoundException"),
        ({"FunctionName": "shop-dev:7", "Qualifier": "live"}, 400, "InvalidParameterValueException"),
        ({"FunctionName": "shop-dev:7", "Payload": b"{not json"}, 400, "InvalidRequestContentException"),
        ({"FunctionName": "shop-dev:7", "ClientContext": "?"}, 400, "InvalidRequestContentException"),
        ({"FunctionName": "shop-dev:7", "Payload": LARGE}, 413, "RequestEntityTooLargeException"),
        ({"FunctionName": "shop-dev:7", **LARGE_EVENT}, 413, "RequestEntityTooLargeException"),
    ],
    ids=["unknown name", "unknown version", "two qualifiers", "no JSON", "no context", "6 MB", "event of 1 MB"],
)
def test_a_request_that_cannot_be_served_is_refused_as_lambda_does(
    client: LambdaClient, parameters: Any, status: int, code: str
) -> None:
    with pytest.raises(ClientError) as caught:
        client.invoke(**parameters)

    assert caught.value.response["Error"]["Code"] == code
    assert caught.value.response["ResponseMetadata"]["HTTPStatusCode"] == status
    assert caught.value.response["Error"]["Message"]


def test_what_is_too_much_at_once_is_throttled(client: LambdaClient, bare: LambdaService) -> None:
    with ThreadPoolExecutor(2) as pool:
        for _ in range(2):
            pool.submit(client.invoke, FunctionName="shop-dev:7", Payload=b'{"do": "sleep", "seconds": 1}')
        wait_for(lambda: bare.running == 2)
        with pytest.raises(client.exceptions.TooManyRequestsException, match=r"Rate Exceeded\."):
            client.invoke(FunctionName="shop-dev:7")


def test_a_streamed_response_comes_as_it_is_made(client: LambdaClient) -> None:
    answer = client.invoke_with_response_stream(
        FunctionName="stream", Payload=b'{"do": "stream", "pieces": 3, "pause": 0.2}', LogType="Tail"
    )
    events = [(time.monotonic(), event) for event in answer["EventStream"]]

    pieces = [(at, event["PayloadChunk"]["Payload"]) for at, event in events if "PayloadChunk" in event]
    assert b"".join(piece for _, piece in pieces) == b'{"statusCode": 200}' + bytes(8) + b"0;1;2;"
    assert pieces[-1][0] - pieces[0][0] > 0.35
    complete = events[-1][1]["InvokeComplete"]
    assert "ErrorCode" not in complete
    assert b"REPORT RequestId" in base64.b64decode(complete["LogResult"])
    headers = answer["ResponseMetadata"]["HTTPHeaders"]
    assert headers["x-amzn-remapped-content-type"] == "application/vnd.awslambda.http-integration-response"
    assert answer["ResponseStreamContentType"] == "application/vnd.amazon.eventstream"
    assert answer["ExecutedVersion"] == "7"


@pytest.mark.parametrize(
    ("name", "event", "payload", "error"),
    [
        ("shop-dev:7", {"do": "raise"}, b"", ("ValueError", "not like this")),
        ("stream", {"do": "break off"}, b'{"statusCode": 200}' + bytes(8) + b"so far", ("ValueError", "no more")),
    ],
    ids=["before the response", "in the middle of it"],
)
def test_a_stream_tells_its_error_at_the_end(
    client: LambdaClient, name: str, event: Any, payload: bytes, error: tuple[str, str]
) -> None:
    answer = client.invoke_with_response_stream(FunctionName=name, Payload=json.dumps(event).encode())
    events = list(answer["EventStream"])

    assert b"".join(each["PayloadChunk"]["Payload"] for each in events[:-1]) == payload
    complete = events[-1]["InvokeComplete"]
    assert (complete["ErrorCode"], json.loads(complete["ErrorDetails"])["errorMessage"]) == error


def test_a_buffered_response_can_be_asked_for_as_a_stream(client: LambdaClient) -> None:
    answer = client.invoke_with_response_stream(FunctionName="shop-dev:7", Payload=b'{"greeting": "hi"}')

    first, last = list(answer["EventStream"])
    assert json.loads(first["PayloadChunk"]["Payload"])["event"] == {"greeting": "hi"}
    assert last["InvokeComplete"] == {}


def test_an_unknown_function_cannot_be_streamed(client: LambdaClient) -> None:
    with pytest.raises(client.exceptions.ResourceNotFoundException):
        client.invoke_with_response_stream(FunctionName="nobody")


@pytest.mark.parametrize("kind", ["Event", "Sometimes"])
def test_a_stream_is_not_for_later(kind: str) -> None:
    path = "/2021-11-15/functions/f/response-streaming-invocations"
    with pytest.raises(InvokeError) as caught:
        read_request(path, {"x-amz-invocation-type": kind}, b"")

    assert caught.value.error_type == "InvalidParameterValueException"


def test_another_path_is_not_found() -> None:
    with pytest.raises(InvokeError, match="has no /2015-03-31/functions/f"):
        read_request("/2015-03-31/functions/f", {}, b"")
