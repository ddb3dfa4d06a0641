"""The events of a REST API, and what it does with answers."""

from __future__ import annotations

from dataclasses import replace

import pytest

from lambwsgi.local.mirror.base import Arrival, WireRequest
from lambwsgi.local.mirror.rest_api import read_result, route, write_event

NOBODY = {
    "cognitoIdentityPoolId": None,
    "accountId": None,
    "cognitoIdentityId": None,
    "caller": None,
    "principalOrgId": None,
    "accessKey": None,
    "cognitoAuthenticationType": None,
    "cognitoAuthenticationProvider": None,
    "userArn": None,
    "user": None,
}


def test_the_event_is_the_one_that_aws_makes(wire: WireRequest, arrival: Arrival) -> None:
    event = write_event(wire, arrival)

    assert event == {
        "resource": "/{proxy+}",
        "path": "/capture/space%20value",
        "httpMethod": "POST",
        "headers": {
            "Host": "shop.example",
            "User-Agent": "test/1.0",
            "accept": "*/*",
            "cookie": "a=1; b=2",
            "x-name": "Zoë",
            "content-type": "application/json; charset=utf-8",
            "X-Amzn-Trace-Id": "Root=1-6a1b2c3d-0123456789abcdef01234567",
            "X-Forwarded-For": "203.0.113.7, 198.51.100.9",
            "X-Forwarded-Port": "443",
            "X-Forwarded-Proto": "https",
        },
        "multiValueHeaders": {
            "Host": ["shop.example"],
            "User-Agent": ["test/1.0"],
            "accept": ["text/html", "*/*"],
            "cookie": ["a=1; b=2"],
            "x-name": ["Zoë"],
            "content-type": ["application/json; charset=utf-8"],
            "X-Amzn-Trace-Id": ["Root=1-6a1b2c3d-0123456789abcdef01234567"],
            "X-Forwarded-For": ["203.0.113.7, 198.51.100.9"],
            "X-Forwarded-Port": ["443"],
            "X-Forwarded-Proto": ["https"],
        },
        "queryStringParameters": {
            "repeat": "two",
            "url": "https://a.example",
            "plus": "a b",
            "encoded": "a+b",
            "empty": "",
            "bare": "",
        },
        "multiValueQueryStringParameters": {
            "repeat": ["one", "two"],
            "url": ["https://a.example"],
            "plus": ["a b"],
            "encoded": ["a+b"],
            "empty": [""],
            "bare": [""],
        },
        "pathParameters": {"proxy": "capture/space%20value"},
        "stageVariables": None,
        "requestContext": {
            "resourceId": "lambwsgi",
            "resourcePath": "/{proxy+}",
            "httpMethod": "POST",
            "extendedRequestId": "11111111-2222-3333-4444-555555555555",
            "requestTime": "24/Nov/2026:06:05:00 +0000",
            "path": "/capture/space%20value",
            "accountId": "123456789012",
            "protocol": "HTTP/1.1",
            "stage": "live",
            "domainPrefix": "shop",
            "requestTimeEpoch": 1795500300123,
            "requestId": "11111111-2222-3333-4444-555555555555",
            "identity": {**NOBODY, "sourceIp": "198.51.100.9", "userAgent": "test/1.0"},
            "domainName": "shop.example",
            "deploymentId": "lambwsgi",
            "apiId": "lambwsgi00",
        },
        "body": "eyJhIjogIsOrIn0K",
        "isBase64Encoded": True,
    }


def test_what_is_not_there_is_null(wire: WireRequest, arrival: Arrival) -> None:
    event = write_event(replace(wire, raw_target="/", body=b""), arrival)

    absent = ("queryStringParameters", "multiValueQueryStringParameters", "pathParameters", "body")
    assert [event[key] for key in absent] == [None, None, None, None]
    assert (event["resource"], event["isBase64Encoded"]) == ("/", False)


def test_the_stage_is_in_the_whole_path_only(wire: WireRequest, arrival: Arrival) -> None:
    event = write_event(replace(wire, raw_target="/dev/a%20b"), replace(arrival, stage="dev"))

    context = event["requestContext"]
    assert (event["path"], context["path"], context["stage"]) == ("/a%20b", "/dev/a%20b", "dev")
    assert context["domainName"] == "lambwsgi00.execute-api.us-east-1.amazonaws.com"


@pytest.mark.parametrize(
    ("target", "is_refused"),
    [
        pytest.param("/dev", False, id="the stage itself"),
        pytest.param("/dev/", False, id="its root"),
        pytest.param("/devil", True, id="a longer segment"),
        pytest.param("/", True, id="the root of the domain"),
    ],
)
def test_only_paths_of_the_stage_have_a_route(
    wire: WireRequest, arrival: Arrival, target: str, is_refused: bool
) -> None:
    refusal = route(replace(wire, raw_target=target), replace(arrival, stage="dev"))

    assert (refusal is not None) == is_refused


def test_both_header_maps_are_merged_and_the_multi_value_one_wins() -> None:
    response = read_result(
        {
            "statusCode": "201",
            "headers": {"X-A": "lost", "X-B": "1", "X-C": True},
            "multiValueHeaders": {"x-a": ["1", "2"], "Set-Cookie": ["a=1", "b=2"]},
            "body": "ë",
        }
    )

    assert (response.status, response.body) == (201, b"\xc3\xab")
    assert response.headers == [
        ("X-B", "1"),
        ("X-C", "true"),
        ("x-a", "1"),
        ("x-a", "2"),
        ("Set-Cookie", "a=1"),
        ("Set-Cookie", "b=2"),
        ("content-type", "application/json"),
    ]


def test_reserved_headers_are_renamed() -> None:
    response = read_result({"headers": {"WWW-Authenticate": "Basic", "Transfer-Encoding": "chunked", "Date": "now"}})

    assert response.headers[:-1] == [("x-amzn-Remapped-WWW-Authenticate", "Basic"), ("x-amzn-Remapped-Date", "now")]


def test_every_field_is_optional() -> None:
    response = read_result({})

    assert (response.status, response.body) == (200, b"")


@pytest.mark.parametrize(
    "result",
    [
        pytest.param({"statusCode": 200, "cookies": ["a=1"]}, id="an unknown key"),
        pytest.param({"statusCode": 200, "statusDescription": "200 OK"}, id="a key for load balancers"),
        pytest.param({"statusCode": 200, "headers": {"content-length": 3}}, id="a number as header"),
        pytest.param({"statusCode": 200, "multiValueHeaders": {"x-a": "1"}}, id="a text for a list"),
        pytest.param({"statusCode": 200, "body": {"a": 1}}, id="an object as body"),
        pytest.param({"statusCode": 20.5}, id="a broken status"),
        pytest.param({"statusCode": 200, "isBase64Encoded": "yes"}, id="a text for a flag"),
        pytest.param("hello", id="a text"),
        pytest.param(None, id="nothing"),
    ],
)
def test_a_malformed_answer_is_a_502(result: object) -> None:
    response = read_result(result)

    assert (response.status, response.body) == (502, b'{"message": "Internal server error"}')
