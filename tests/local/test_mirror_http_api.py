"""The events of an HTTP API, and what it does with answers."""

from __future__ import annotations

from dataclasses import replace

import pytest

from lambwsgi.local.mirror.base import Arrival, WireRequest
from lambwsgi.local.mirror.http_api import read_result, write_event


def test_the_event_is_the_one_that_aws_makes(wire: WireRequest, arrival: Arrival) -> None:
    event = write_event(wire, arrival)

    assert event == {
        "version": "2.0",
        "routeKey": "$default",
        "rawPath": "/capture/space value",
        "rawQueryString": "repeat=one&repeat=two&url=https%3A%2F%2Fa.example&plus=a+b&encoded=a%2Bb&empty=&bare",
        "cookies": ["a=1", "b=2"],
        "headers": {
            "host": "shop.example",
            "user-agent": "test/1.0",
            "accept": "text/html,*/*",
            "x-name": "Zoë",
            "content-type": "application/json; charset=utf-8",
            "content-length": "12",
            "x-amzn-trace-id": "Root=1-6a1b2c3d-0123456789abcdef01234567",
            "x-forwarded-for": "203.0.113.7, 198.51.100.9",
            "x-forwarded-port": "443",
            "x-forwarded-proto": "https",
        },
        "queryStringParameters": {
            "repeat": "one,two",
            "url": "https://a.example",
            "plus": "a b",
            "encoded": "a+b",
            "empty": "",
            "bare": "",
        },
        "requestContext": {
            "accountId": "123456789012",
            "apiId": "lambwsgi00",
            "domainName": "lambwsgi00.execute-api.us-east-1.amazonaws.com",
            "domainPrefix": "lambwsgi00",
            "http": {
                "method": "POST",
                "path": "/capture/space value",
                "protocol": "HTTP/1.1",
                "sourceIp": "198.51.100.9",
                "userAgent": "test/1.0",
            },
            "requestId": "11111111-2222-3333-4444-555555555555",
            "routeKey": "$default",
            "stage": "$default",
            "time": "24/Nov/2026:06:05:00 +0000",
            "timeEpoch": 1795500300123,
        },
        "body": '{"a": "ë"}\n',
        "isBase64Encoded": False,
    }


@pytest.mark.parametrize(
    ("target", "raw_path"),
    [
        pytest.param("/a%2Fb", "/a/b", id="an encoded slash is lost"),
        pytest.param("/a%252Fb", "/a%2Fb", id="decoded once only"),
        pytest.param("/a%3Fb=c/d", "/a", id="a decoded question mark ends the path"),
        pytest.param("//a", "//a", id="double slash kept"),
        pytest.param("http://a.example/b", "/b", id="absolute target"),
        pytest.param("http://a.example", "/", id="absolute target without path"),
    ],
)
def test_the_path_is_decoded_before_the_function_sees_it(
    wire: WireRequest, arrival: Arrival, target: str, raw_path: str
) -> None:
    event = write_event(replace(wire, raw_target=target), arrival)

    assert event["rawPath"] == raw_path


def test_a_challenge_is_not_renamed() -> None:
    response = read_result({"statusCode": 401, "headers": {"www-authenticate": "Basic", "content-length": "9"}})

    assert response.headers == [("www-authenticate", "Basic"), ("content-type", "text/plain; charset=utf-8")]


def test_a_text_without_status_code_loses_its_quotes() -> None:
    response = read_result("hello")

    assert (response.status, response.body) == (200, b"hello")


def test_a_malformed_answer_is_a_500() -> None:
    response = read_result({"statusCode": 200, "body": 1})

    assert (response.status, response.body) == (500, b'{"message": "Internal Server Error"}')
