from __future__ import annotations

import gzip
import json
import logging
import os
from typing import Any

import pytest

from lambwsgi import make_handler
from lambwsgi.adapter.gateways.table import detect, load
from lambwsgi.adapter.guard import size_of
from lambwsgi.local.mirror.table import pick
from tests.events.cases import event_of

CASES = {
    "function_url": "function_url/captured_request",
    "rest_api": "rest_api/captured_request",
    "alb": "alb/captured_request_multi_value",
    "edge_origin": "edge/origin_request",
}


def request_to(gateway: str, accept_encoding: str | None = None) -> dict[str, Any]:
    event = event_of(CASES[gateway])
    if accept_encoding and gateway == "function_url":
        event["headers"]["accept-encoding"] = accept_encoding
    return event


def answering(body: bytes, content_type: str = "text/plain") -> Any:
    def app(environ: Any, start_response: Any) -> list[bytes]:
        start_response("200 OK", [("Content-Type", content_type)])
        return [body]

    return app


def status_of(result: dict[str, Any]) -> int:
    return int(result.get("statusCode") or result["status"])


@pytest.mark.parametrize("gateway", CASES)
def test_what_does_not_fit_is_a_500_and_the_log_has_both_numbers(
    gateway: str, caplog: pytest.LogCaptureFixture
) -> None:
    event = request_to(gateway)
    limit = load(detect(event) or "").RESPONSE_LIMIT_BYTES

    result = make_handler(answering(b"x" * limit))(event, None)

    assert status_of(result) == 500
    assert json.loads(result["body"])["title"] == "Response Too Large"
    assert size_of(result) < limit
    [record] = caplog.records
    assert record.levelno == logging.ERROR
    assert f"above the {limit} that" in record.getMessage()


def test_a_body_that_just_fits_gets_through() -> None:
    event = request_to("function_url")
    limit = load("function_url").RESPONSE_LIMIT_BYTES
    around = size_of(make_handler(answering(b""))(event, None))

    fits = make_handler(answering(b"x" * (limit - around)))(event, None)
    above = make_handler(answering(b"x" * (limit - around + 1)))(event, None)

    assert (size_of(fits), fits["statusCode"]) == (limit, 200)
    assert above["statusCode"] == 500


def test_base64_is_counted() -> None:
    event = request_to("function_url")
    binary = answering(bytes(range(256)) * (19 * 1024), "application/octet-stream")

    assert make_handler(binary)(event, None)["statusCode"] == 500


def test_it_is_compressed_when_that_helps_and_the_client_agrees() -> None:
    body = b"lambs " * 1_200_000

    packed = make_handler(answering(body))(request_to("function_url", "gzip"), None)
    refused = make_handler(answering(body))(request_to("function_url"), None)

    assert packed["statusCode"] == 200
    assert gzip.decompress(pick("function_url").read_result(packed).body) == body
    assert refused["statusCode"] == 500


@pytest.fixture
def bucket(endpoint: str, monkeypatch: pytest.MonkeyPatch) -> str:
    """The name of a bucket that is there."""
    boto3 = pytest.importorskip("boto3")
    for name, value in {
        "AWS_ENDPOINT_URL": endpoint,
        "AWS_ACCESS_KEY_ID": "test",
        "AWS_SECRET_ACCESS_KEY": "test",
        "AWS_DEFAULT_REGION": "us-east-1",
    }.items():
        monkeypatch.setenv(name, value)
    boto3.client("s3").create_bucket(Bucket="large-answers")
    return "large-answers"


def test_it_goes_to_s3_when_a_place_is_given(bucket: str) -> None:
    body = os.urandom(5 * 1024 * 1024)
    requests = pytest.importorskip("requests")

    app = answering(body, "application/pdf")
    result = make_handler(app, offload=f"{bucket}/dev")(request_to("function_url"), None)
    fetched = requests.get(result["headers"]["location"], timeout=30)

    assert result["statusCode"] == 303
    assert "/large-answers/dev/" in result["headers"]["location"]
    assert fetched.content == body
    assert fetched.headers["Content-Type"] == "application/pdf"


def test_the_redirect_to_s3_says_nothing_of_the_body_and_has_one_location(bucket: str) -> None:
    def app(environ: Any, start_response: Any) -> list[bytes]:
        told = ("Location", "Content-Location", "Content-Range", "Content-Digest", "ETag", "X-Kept")
        start_response("201 Created", [("Content-Type", "application/pdf"), *((name, "/x") for name in told)])
        return [os.urandom(5 * 1024 * 1024)]

    headers = make_handler(app, offload=bucket)(request_to("function_url"), None)["headers"]

    assert headers.keys() == {"location", "cache-control", "x-kept"}
    assert headers["location"].startswith("http")
