"""The events of a Function URL, and what it does with answers."""

from __future__ import annotations

from dataclasses import replace

import pytest

from lambwsgi.local.mirror.base import Arrival, WireRequest
from lambwsgi.local.mirror.function_url import read_result, write_event


def test_the_event_is_the_one_that_aws_makes(wire: WireRequest, arrival: Arrival) -> None:
    event = write_event(wire, arrival)

    assert event == {
        "version": "2.0",
        "routeKey": "$default",
        "rawPath": "/capture/space%20value",
        "rawQueryString": "repeat=one&repeat=two&url=https%3A%2F%2Fa.example&plus=a+b&encoded=a%2Bb&empty=&bare",
        "cookies": ["a=1", "b=2"],
        "headers": {
            "host": "shop.example",
            "user-agent": "test/1.0",
            "accept": "text/html,*/*",
            "cookie": "a=1; b=2",
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
            "accountId": "anonymous",
            "apiId": "lambwsgi00",
            "domainName": "lambwsgi00.lambda-url.us-east-1.on.aws",
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


def test_what_is_not_there_has_no_key(wire: WireRequest, arrival: Arrival) -> None:
    bare = replace(wire, raw_target="/", headers=[("host", "a.example")], body=b"")

    event = write_event(bare, arrival)

    assert event.keys().isdisjoint({"cookies", "queryStringParameters", "body"})
    assert event["rawQueryString"] == ""


def test_a_form_comes_as_base64(wire: WireRequest, arrival: Arrival) -> None:
    form = replace(wire, headers=[("content-type", "application/x-www-form-urlencoded")], body=b"a=1")

    event = write_event(form, arrival)

    assert (event["body"], event["isBase64Encoded"]) == ("YT0x", True)


def test_text_that_is_not_utf_8_comes_as_base64(wire: WireRequest, arrival: Arrival) -> None:
    latin = replace(wire, headers=[("content-type", "text/plain; charset=latin-1")], body=b"\xe9")

    event = write_event(latin, arrival)

    assert (event["body"], event["isBase64Encoded"]) == ("6Q==", True)


def test_an_explicit_answer_is_taken_apart() -> None:
    response = read_result(
        {
            "statusCode": 201,
            "headers": {"content-type": "image/png", "x-name": "Zoë", "www-authenticate": "Basic", "date": "now"},
            "cookies": ["a=1", "b=2"],
            "body": "AP8=",
            "isBase64Encoded": True,
        }
    )

    assert response.status == 201
    assert response.reason == "Created"
    assert response.body == b"\x00\xff"
    assert response.headers == [
        ("content-type", "image/png"),
        ("x-name", "Zo\u00c3\u00ab"),
        ("x-amzn-remapped-www-authenticate", "Basic"),
        ("set-cookie", "a=1"),
        ("set-cookie", "b=2"),
    ]


def test_several_values_of_a_header_are_not_looked_for() -> None:
    response = read_result({"statusCode": 200, "multiValueHeaders": {"x-a": ["1"]}, "body": ""})

    assert response.headers == [("content-type", "application/json")]


@pytest.mark.parametrize(
    ("result", "body"),
    [
        pytest.param({"a": "ë"}, '{"a": "ë"}'.encode(), id="an object"),
        pytest.param("hello", b'"hello"', id="a text keeps its quotes"),
        pytest.param(None, b"null", id="null"),
    ],
)
def test_an_answer_without_status_code_is_the_body(result: object, body: bytes) -> None:
    response = read_result(result)

    assert (response.status, response.body) == (200, body)


@pytest.mark.parametrize(
    "result",
    [
        pytest.param({"statusCode": "200"}, id="status as text"),
        pytest.param({"statusCode": 42}, id="no HTTP status"),
        pytest.param({"statusCode": 200, "body": {"a": 1}}, id="body no text"),
        pytest.param({"statusCode": 200, "body": "*", "isBase64Encoded": True}, id="no base64"),
        pytest.param({"statusCode": 200, "cookies": "a=1"}, id="cookies no list"),
        pytest.param({"statusCode": 200, "headers": []}, id="headers no object"),
    ],
)
def test_a_malformed_answer_is_a_502(result: object) -> None:
    response = read_result(result)

    assert (response.status, response.body) == (502, b"Internal Server Error")
