from __future__ import annotations

import logging
from typing import Any

import pytest

from lambwsgi import make_handler
from tests.events.cases import event_of


def ask(event: dict[str, Any], **options: Any) -> dict[str, Any]:
    """The environ that the application sees."""
    seen: dict[str, Any] = {}

    def app(environ: dict[str, Any], start_response: Any) -> list[bytes]:
        seen.update(environ)
        start_response("200 OK", [])
        return []

    make_handler(app, **options)(event, None)
    return seen


def test_the_host_is_taken_from_a_trusted_header_only_when_asked() -> None:
    event = event_of("function_url/captured_request")
    event["headers"]["x-forwarded-host"] = "shop.example.com, inner.example"

    usual = ask(event)
    told = ask(event, host_header="X-Forwarded-Host")

    assert usual["SERVER_NAME"] == "abc123.lambda-url.us-west-2.on.aws"
    assert (told["HTTP_HOST"], told["SERVER_NAME"], told["SERVER_PORT"]) == ("shop.example.com",) * 2 + ("443",)


@pytest.mark.parametrize("headers", [{}, {"x-forwarded-host": ""}, {"x-forwarded-host": " , "}])
def test_without_the_header_the_gateways_host_stays(headers: dict[str, str]) -> None:
    event = event_of("function_url/captured_request")

    told = ask(event | {"headers": event["headers"] | headers}, host_header="x-forwarded-host")

    assert told["SERVER_NAME"] == "abc123.lambda-url.us-west-2.on.aws"


def test_the_host_of_a_domain_in_front_is_told_whatever_the_client_says() -> None:
    event = event_of("function_url/captured_request")
    event["headers"]["x-forwarded-host"] = "evil.example"

    told = ask(event, host="shop.example.org")

    assert (told["HTTP_HOST"], told["SERVER_NAME"], told["SERVER_PORT"]) == ("shop.example.org",) * 2 + ("443",)


@pytest.mark.parametrize(
    ("told", "address"),
    [
        pytest.param("198.51.100.7:46532", "198.51.100.7", id="IPv4 and port"),
        pytest.param("2001:db8:728d:fa10::c4a:42838", "2001:db8:728d:fa10::c4a", id="IPv6 and port"),
    ],
)
def test_the_clients_address_is_what_cloudfront_says_only_where_nobody_else_can_say_it(told: str, address: str) -> None:
    event = event_of("function_url/captured_request")
    usual = ask(event)["REMOTE_ADDR"]
    event["headers"]["cloudfront-viewer-address"] = told

    assert ask(event)["REMOTE_ADDR"] == usual
    assert ask(event, behind_cloudfront=True)["REMOTE_ADDR"] == address


def test_without_cloudfronts_word_the_gateways_address_stays() -> None:
    event = event_of("function_url/captured_request")

    assert ask(event, behind_cloudfront=True)["REMOTE_ADDR"] == ask(event)["REMOTE_ADDR"]


def test_a_host_and_a_header_that_tells_one_exclude_each_other() -> None:
    with pytest.raises(ValueError, match="give one of them"):
        make_handler(lambda _environ, _start_response: [], host="a.example", host_header="x-forwarded-host")


def test_the_trace_of_the_invocation_serves_where_the_gateway_tells_none(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("_X_AMZN_TRACE_ID", "Root=1-2-3;Sampled=1")

    silent = ask(event_of("function_url/captured_request"))
    telling = ask(event_of("alb/captured_request_multi_value"))

    assert silent["HTTP_X_AMZN_TRACE_ID"] == "Root=1-2-3;Sampled=1"
    assert telling["HTTP_X_AMZN_TRACE_ID"] == "Root=1-65f00000-000000000000000000000003"


def test_an_upload_that_came_as_text_is_warned_of_once(caplog: pytest.LogCaptureFixture) -> None:
    event = event_of("rest_api/captured_request") | {"httpMethod": "POST", "body": "--x", "isBase64Encoded": False}
    event["multiValueHeaders"]["content-type"] = ["multipart/form-data; boundary=x"]

    ask(event)
    ask(event)

    warnings = [record for record in caplog.records if record.levelno == logging.WARNING]
    assert len(warnings) <= 1
    assert all("binaryMediaTypes" in record.getMessage() for record in warnings)
