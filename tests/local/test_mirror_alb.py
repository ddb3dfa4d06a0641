"""The events of a load balancer in both its modes, and what it does with answers."""

from __future__ import annotations

from dataclasses import replace

import pytest

from lambwsgi.local.mirror.alb import read_result, write_event
from lambwsgi.local.mirror.base import Arrival, WireRequest

TARGET_GROUP = "arn:aws:elasticloadbalancing:us-east-1:123456789012:targetgroup/lambwsgi/0123456789abcdef"


def test_single_values_are_raw_and_the_last_of_a_name_wins(wire: WireRequest, arrival: Arrival) -> None:
    event = write_event(wire, arrival)

    assert event == {
        "requestContext": {"elb": {"targetGroupArn": TARGET_GROUP}},
        "httpMethod": "POST",
        "path": "/capture/space%20value",
        "queryStringParameters": {
            "repeat": "two",
            "url": "https%3A%2F%2Fa.example",
            "plus": "a+b",
            "encoded": "a%2Bb",
            "empty": "",
            "bare": "",
        },
        "headers": {
            "host": "shop.example",
            "user-agent": "test/1.0",
            "accept": "*/*",
            "cookie": "a=1; b=2",
            "connection": "keep-alive",
            "x-name": "Zoë",
            "content-type": "application/json; charset=utf-8",
            "content-length": "12",
            "x-amzn-trace-id": "Root=1-6a1b2c3d-0123456789abcdef01234567",
            "x-forwarded-for": "203.0.113.7, 198.51.100.9",
            "x-forwarded-port": "443",
            "x-forwarded-proto": "https",
        },
        "body": '{"a": "ë"}\n',
        "isBase64Encoded": False,
    }


def test_multiple_values_are_kept_and_take_the_place_of_single_ones(wire: WireRequest, arrival: Arrival) -> None:
    event = write_event(wire, arrival, multi_value=True)

    assert event.keys().isdisjoint({"headers", "queryStringParameters"})
    assert event["multiValueHeaders"]["accept"] == ["text/html", "*/*"]
    assert event["multiValueQueryStringParameters"] == {
        "repeat": ["one", "two"],
        "url": ["https%3A%2F%2Fa.example"],
        "plus": ["a+b"],
        "encoded": ["a%2Bb"],
        "empty": [""],
        "bare": [""],
    }


def test_without_query_and_body_the_event_has_empty_ones(wire: WireRequest, arrival: Arrival) -> None:
    event = write_event(replace(wire, raw_target="/", body=b""), arrival)

    assert (event["queryStringParameters"], event["body"], event["isBase64Encoded"]) == ({}, "", False)


def test_an_encoded_body_comes_as_base64_whatever_its_type(wire: WireRequest, arrival: Arrival) -> None:
    zipped = replace(wire, headers=[("content-type", "text/plain"), ("content-encoding", "gzip")], body=b"abc")

    event = write_event(zipped, arrival)

    assert (event["body"], event["isBase64Encoded"]) == ("YWJj", True)


@pytest.mark.parametrize(
    ("multi_value", "headers"),
    [
        pytest.param(False, [("x-a", "single")], id="single"),
        pytest.param(True, [("x-a", "1"), ("x-a", "2")], id="multi"),
    ],
)
def test_headers_in_the_other_form_are_not_seen(multi_value: bool, headers: list[tuple[str, str]]) -> None:
    result = {"statusCode": 200, "headers": {"x-a": "single"}, "multiValueHeaders": {"x-a": ["1", "2"]}, "body": ""}

    response = read_result(result, multi_value=multi_value)

    assert response.headers == headers


def test_the_reason_is_that_of_the_description() -> None:
    response = read_result({"statusCode": 299, "statusDescription": "299 Odd", "body": ""})

    assert (response.status, response.reason) == (299, "Odd")


@pytest.mark.parametrize(
    "result",
    [
        pytest.param({"statusCode": 200, "body": None}, id="a null body"),
        pytest.param({"body": "ok"}, id="no status"),
        pytest.param({"statusCode": 200, "headers": {"x-a": 1}, "body": ""}, id="a number as header"),
        pytest.param(["ok"], id="a list"),
    ],
)
def test_a_malformed_answer_is_a_502_page(result: object) -> None:
    response = read_result(result)

    assert response.status == 502
    assert b"<h1>502 Bad Gateway</h1>" in response.body
