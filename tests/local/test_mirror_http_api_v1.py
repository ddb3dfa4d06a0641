"""The events of an HTTP API with payload 1.0, and what it does with answers."""

from __future__ import annotations

from dataclasses import replace

import pytest

from lambwsgi.local.mirror.base import Arrival, WireRequest
from lambwsgi.local.mirror.http_api_v1 import read_result, write_event


def test_the_event_has_the_keys_of_payload_1_and_a_decoded_path(wire: WireRequest, arrival: Arrival) -> None:
    event = write_event(wire, arrival)

    assert event["version"] == "1.0"
    assert (event["resource"], event["path"], event["httpMethod"]) == ("$default", "/capture/space value", "POST")
    assert event["queryStringParameters"]["repeat"] == "two"
    assert event["multiValueQueryStringParameters"]["repeat"] == ["one", "two"]
    assert event["multiValueQueryStringParameters"]["plus"] == ["a b"]
    assert event["headers"]["accept"] == "*/*"
    assert event["multiValueHeaders"]["accept"] == ["text/html", "*/*"]
    assert (event["body"], event["isBase64Encoded"]) == ('{"a": "ë"}\n', False)


def test_the_request_context_is_that_of_the_documents_sample(wire: WireRequest, arrival: Arrival) -> None:
    context = write_event(wire, arrival)["requestContext"]

    assert context["authorizer"] == {"claims": None, "scopes": None}
    assert context["domainName"] == "lambwsgi00.execute-api.us-east-1.amazonaws.com"
    assert (context["stage"], context["path"], context["resourceId"]) == ("$default", "/capture/space value", None)
    assert (context["identity"]["sourceIp"], context["identity"]["userArn"]) == ("198.51.100.9", None)


def test_what_is_not_there_is_null(wire: WireRequest, arrival: Arrival) -> None:
    event = write_event(replace(wire, raw_target="/", body=b""), arrival)

    empty = ("queryStringParameters", "multiValueQueryStringParameters", "pathParameters", "stageVariables", "body")
    assert {event[key] for key in empty} == {None}


def test_a_decoded_question_mark_ends_the_path(wire: WireRequest, arrival: Arrival) -> None:
    assert write_event(replace(wire, raw_target="/a%3Fb"), arrival)["path"] == "/a"


def test_both_maps_of_headers_are_merged_and_an_unknown_key_does_no_harm() -> None:
    response = read_result(
        {
            "statusCode": 201,
            "headers": {"X-A": "1", "set-cookie": "lost=1"},
            "multiValueHeaders": {"Set-Cookie": ["a=1", "b=2"]},
            "body": "AP8=",
            "isBase64Encoded": True,
            "cookies": ["ignored=1"],
        }
    )

    assert (response.status, response.body) == (201, b"\x00\xff")
    assert response.headers == [
        ("X-A", "1"),
        ("Set-Cookie", "a=1"),
        ("Set-Cookie", "b=2"),
        ("content-type", "text/plain; charset=utf-8"),
    ]


def test_headers_that_are_the_gateways_own_are_dropped() -> None:
    own = ("connection", "content-length", "date", "transfer-encoding", "upgrade")

    response = read_result({"statusCode": 200, "headers": {**dict.fromkeys(own, "x"), "content-type": "text/css"}})

    assert response.headers == [("content-type", "text/css")]


@pytest.mark.parametrize(
    "result",
    [
        pytest.param({"body": "x"}, id="no status"),
        pytest.param({"statusCode": "200"}, id="status as text"),
        pytest.param({"statusCode": 200, "multiValueHeaders": {"x": "1"}}, id="a lone value where a list is due"),
        pytest.param({"statusCode": 200, "headers": {"x": 1}}, id="a number as value"),
        pytest.param("hello", id="no object"),
    ],
)
def test_a_malformed_answer_is_a_500(result: object) -> None:
    response = read_result(result)

    assert (response.status, response.body) == (500, b'{"message": "Internal Server Error"}')
