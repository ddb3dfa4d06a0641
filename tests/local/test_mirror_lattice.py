"""The events of VPC Lattice in both versions, and what it does with answers."""

from __future__ import annotations

from dataclasses import replace

import pytest

from lambwsgi.local.mirror import lattice_v1, lattice_v2
from lambwsgi.local.mirror.base import Arrival, Mirror, WireRequest

QUERY = "repeat=one&repeat=two&url=https%3A%2F%2Fa.example&plus=a+b&encoded=a%2Bb&empty=&bare"


def test_version_1_is_flat(wire: WireRequest, arrival: Arrival) -> None:
    event = lattice_v1.write_event(wire, arrival)

    assert event == {
        "raw_path": f"/capture/space%20value?{QUERY}",
        "method": "POST",
        "headers": {
            "host": "shop.example",
            "user-agent": "test/1.0",
            "accept": "text/html, */*",
            "cookie": "a=1; b=2",
            "x-name": "Zoë",
            "content-type": "application/json; charset=utf-8",
            "content-length": "12",
            "x-amzn-trace-id": "Root=1-6a1b2c3d-0123456789abcdef01234567",
            "x-forwarded-for": "203.0.113.7, 198.51.100.9",
            "x-forwarded-port": "443",
            "x-forwarded-proto": "https",
        },
        "query_string_parameters": {
            "repeat": "two",
            "url": "https://a.example",
            "plus": "a b",
            "encoded": "a+b",
            "empty": "",
            "bare": "",
        },
        "body": '{"a": "ë"}\n',
        "is_base64_encoded": False,
    }


def test_version_2_has_lists_and_a_context_of_its_own(wire: WireRequest, arrival: Arrival) -> None:
    event = lattice_v2.write_event(wire, arrival)

    assert (event["version"], event["method"], event["path"]) == ("2.0", "POST", "/capture/space%20value")
    assert event["headers"]["accept"] == ["text/html", "*/*"]
    assert event["queryStringParameters"]["repeat"] == ["one", "two"]
    assert event["requestContext"] == {
        "serviceNetworkArn": "arn:aws:vpc-lattice:us-east-1:123456789012:servicenetwork/sn-0123456789abcdef0",
        "serviceArn": "arn:aws:vpc-lattice:us-east-1:123456789012:service/svc-0123456789abcdef0",
        "targetGroupArn": "arn:aws:vpc-lattice:us-east-1:123456789012:targetgroup/tg-0123456789abcdef0",
        "identity": {"sourceVpcArn": "arn:aws:ec2:us-east-1:123456789012:vpc/vpc-0123456789abcdef0"},
        "region": "us-east-1",
        "timeEpoch": "1795500300123000",
    }


def test_what_is_not_there_leaves_no_trace(wire: WireRequest, arrival: Arrival) -> None:
    bare = replace(wire, raw_target="/", body=b"")

    flat, listed = lattice_v1.write_event(bare, arrival), lattice_v2.write_event(bare, arrival)

    assert (flat["raw_path"], flat["query_string_parameters"], flat["body"]) == ("/", {}, "")
    assert "queryStringParameters" not in listed
    assert (listed["body"], listed["isBase64Encoded"]) == ("", False)


def test_hop_by_hop_headers_stay_behind(wire: WireRequest, arrival: Arrival) -> None:
    names = ("connection", "keep-alive", "proxy-connection", "te", "trailer", "transfer-encoding", "upgrade")
    request = replace(wire, headers=[(name, "x") for name in names])

    assert lattice_v1.write_event(request, arrival)["headers"].keys().isdisjoint(names)
    assert lattice_v2.write_event(request, arrival)["headers"].keys().isdisjoint(names)


def test_an_encoded_body_comes_as_base64(wire: WireRequest, arrival: Arrival) -> None:
    coded = replace(wire, headers=[("content-type", "text/plain"), ("content-encoding", "gzip")], body=b"abc")

    event = lattice_v2.write_event(coded, arrival)

    assert (event["body"], event["isBase64Encoded"]) == ("YWJj", True)


def test_a_list_is_several_headers_in_version_2() -> None:
    result = {"statusCode": 200, "headers": {"set-cookie": ["a=1", "b=2"], "x-a": "1", "connection": "close"}}

    response = lattice_v2.LATTICE_V2.read_result(result)

    assert response.headers == [("set-cookie", "a=1"), ("set-cookie", "b=2"), ("x-a", "1")]


def test_spellings_are_several_headers_in_version_1() -> None:
    result = {"statusCode": 200, "headers": {"set-cookie": "a=1", "Set-cookie": "b=2"}, "body": "x"}

    response = lattice_v1.LATTICE_V1.read_result(result)

    assert response.headers == [("set-cookie", "a=1"), ("Set-cookie", "b=2")]


@pytest.mark.parametrize(
    "result",
    [
        pytest.param({"headers": {}}, id="no status"),
        pytest.param({"statusCode": 200, "headers": {"x": 1}}, id="a number as value"),
        pytest.param({"statusCode": 200, "body": 1}, id="body no text"),
        pytest.param(None, id="null"),
    ],
)
@pytest.mark.parametrize("mirror", [lattice_v1.LATTICE_V1, lattice_v2.LATTICE_V2], ids=lambda mirror: mirror.name)
def test_a_malformed_answer_is_a_502(mirror: Mirror, result: object) -> None:
    assert mirror.read_result(result).status == 502


def test_a_list_is_malformed_in_version_1() -> None:
    assert lattice_v1.LATTICE_V1.read_result({"statusCode": 200, "headers": {"set-cookie": ["a=1"]}}).status == 502
