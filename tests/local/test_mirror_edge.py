"""The events of Lambda@Edge, and what CloudFront does with answers."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from lambwsgi.local.mirror.base import Arrival, Mirror, WireRequest
from lambwsgi.local.mirror.edge import EDGE_ORIGIN, EDGE_VIEWER, read_result

OK: dict[str, Any] = {"status": "200", "statusDescription": "OK", "headers": {}, "body": "x"}


def test_a_viewer_request_is_what_the_viewer_sent(wire: WireRequest, arrival: Arrival) -> None:
    event = EDGE_VIEWER.write_event(wire, arrival)

    cloudfront = event["Records"][0]["cf"]
    assert cloudfront["config"] == {
        "distributionDomainName": "lambwsgi00.cloudfront.net",
        "distributionId": "LAMBWSGI000000",
        "eventType": "viewer-request",
        "requestId": "11111111-2222-3333-4444-555555555555",
    }
    assert cloudfront["request"] == {
        "clientIp": "198.51.100.9",
        "headers": {
            "host": [{"key": "Host", "value": "shop.example"}],
            "user-agent": [{"key": "User-Agent", "value": "test/1.0"}],
            "accept": [{"key": "Accept", "value": "text/html"}, {"key": "Accept", "value": "*/*"}],
            "cookie": [{"key": "Cookie", "value": "a=1; b=2"}],
            "x-forwarded-for": [{"key": "X-Forwarded-For", "value": "203.0.113.7"}],
            "x-name": [{"key": "X-Name", "value": "Zoë"}],
            "content-type": [{"key": "Content-Type", "value": "application/json; charset=utf-8"}],
            "content-length": [{"key": "Content-Length", "value": "12"}],
        },
        "method": "POST",
        "querystring": "repeat=one&repeat=two&url=https%3A%2F%2Fa.example&plus=a+b&encoded=a%2Bb&empty=&bare",
        "uri": "/capture/space%20value",
        "body": {
            "inputTruncated": False,
            "action": "read-only",
            "encoding": "base64",
            "data": "eyJhIjogIsOrIn0K",
        },
    }


def test_an_origin_request_has_the_viewers_address_and_the_proxy(wire: WireRequest, arrival: Arrival) -> None:
    event = EDGE_ORIGIN.write_event(wire, arrival)

    headers = event["Records"][0]["cf"]["request"]["headers"]
    assert event["Records"][0]["cf"]["config"]["eventType"] == "origin-request"
    assert headers["x-forwarded-for"] == [{"key": "X-Forwarded-For", "value": "203.0.113.7, 198.51.100.9"}]
    assert headers["via"] == [{"key": "Via", "value": "1.1 lambwsgi00.cloudfront.net (CloudFront)"}]


@pytest.mark.parametrize("mirror", [EDGE_VIEWER, EDGE_ORIGIN], ids=["viewer", "origin"])
@pytest.mark.parametrize(
    ("scheme", "told"),
    [
        pytest.param("https", None, id="HTTPS"),
        pytest.param("http", [{"key": "Cloudfront-Forwarded-Proto", "value": "http"}], id="plain HTTP"),
    ],
)
def test_a_viewer_without_tls_is_told_of(
    mirror: Mirror, scheme: str, told: object, wire: WireRequest, arrival: Arrival
) -> None:
    claimed = [*wire.headers, ("cloudfront-forwarded-proto", "ftp")]

    event = mirror.write_event(replace(wire, scheme=scheme, headers=claimed), arrival)

    assert event["Records"][0]["cf"]["request"]["headers"].get("cloudfront-forwarded-proto") == told


@pytest.mark.parametrize(
    ("mirror", "size", "truncated"),
    [
        pytest.param(EDGE_VIEWER, 40_960, False, id="40 KB at the viewer"),
        pytest.param(EDGE_VIEWER, 40_961, True, id="more at the viewer"),
        pytest.param(EDGE_ORIGIN, 1_048_576, False, id="1 MB at the origin"),
        pytest.param(EDGE_ORIGIN, 1_048_577, True, id="more at the origin"),
    ],
)
def test_a_body_above_the_limit_is_cut(
    mirror: Mirror, size: int, truncated: bool, wire: WireRequest, arrival: Arrival
) -> None:
    event = mirror.write_event(replace(wire, body=b"x" * size), arrival)

    assert event["Records"][0]["cf"]["request"]["body"]["inputTruncated"] is truncated


def test_a_generated_response_is_taken_apart() -> None:
    cookies = [{"key": "Set-Cookie", "value": "a=1"}, {"key": "Set-Cookie", "value": "b=2"}]

    response = read_result(
        {
            "status": "418",
            "statusDescription": "Teapot",
            "headers": {"set-cookie": cookies, "x-name": [{"value": "Zoë"}]},
            "body": "AP8=",
            "bodyEncoding": "base64",
        }
    )

    assert (response.status, response.reason, response.body) == (418, "Teapot", b"\x00\xff")
    assert response.headers == [("Set-Cookie", "a=1"), ("Set-Cookie", "b=2"), ("x-name", "Zo\u00c3\u00ab")]


@pytest.mark.parametrize(
    "change",
    [
        pytest.param({"status": "9"}, id="no HTTP status"),
        pytest.param({"headers": {"x-a": {"key": "X-A", "value": "1"}}}, id="no list"),
        pytest.param({"headers": {"x-a": ["1"]}}, id="a value without its object"),
        pytest.param({"headers": {"x-a": [{"key": "X-A", "value": 1}]}}, id="a number as value"),
        pytest.param({"headers": {"x-a": [{"key": 1, "value": "1"}]}}, id="a number as key"),
        pytest.param({"headers": {"x-a": [{"key": "X-B", "value": "1"}]}}, id="a key of another name"),
        pytest.param({"headers": {"X-A": [{"key": "X-A", "value": "1"}]}}, id="a name not in lower case"),
        pytest.param({"body": None}, id="a null body"),
        pytest.param({"bodyEncoding": "gzip"}, id="an unknown encoding"),
        pytest.param({"body": "*", "bodyEncoding": "base64"}, id="no base64"),
    ],
)
def test_a_malformed_response_is_a_502(change: dict[str, Any]) -> None:
    response = read_result({**OK, **change})

    assert response.status == 502
    assert ("x-cache", "LambdaValidationError from cloudfront") in response.headers


# CloudFront developer guide, 'Restrictions on edge functions': disallowed and read-only headers.
@pytest.mark.parametrize(
    "name",
    [
        *("connection", "content-length", "expect", "keep-alive", "proxy-authenticate", "proxy-authorization"),
        *("proxy-connection", "trailer", "transfer-encoding", "upgrade", "via", "x-accel-redirect", "x-amz-cf-id"),
        *("x-amzn-cf-id", "x-amzn-requestid", "x-cache", "x-edge-location", "x-forwarded-proto", "x-real-ip"),
    ],
)
def test_a_header_of_cloudfronts_own_is_a_502(name: str) -> None:
    assert read_result({**OK, "headers": {name: [{"value": "x"}]}}).status == 502


def test_what_is_left_out_has_a_default() -> None:
    response = read_result({"status": "404"})

    assert (response.status, response.reason, response.headers, response.body) == (404, "Not Found", [], b"")


def test_a_body_is_text_unless_it_says_base64() -> None:
    assert read_result({**OK, "body": "YWJj"}).body == b"YWJj"


def test_a_failing_function_is_told_from_a_busy_one() -> None:
    answers = {mirror.name: (mirror.failed, mirror.throttled) for mirror in (EDGE_VIEWER, EDGE_ORIGIN)}

    assert answers.keys() == {"edge_viewer", "edge_origin"}
    for failed, throttled in answers.values():
        assert (failed.status, throttled.status) == (503, 503)
        assert ("x-cache", "LambdaExecutionError from cloudfront") in failed.headers
        assert ("x-cache", "LambdaLimitExceeded from cloudfront") in throttled.headers


def test_a_request_that_is_passed_on_finds_no_origin(
    wire: WireRequest, arrival: Arrival, caplog: pytest.LogCaptureFixture
) -> None:
    request = EDGE_VIEWER.write_event(wire, arrival)["Records"][0]["cf"]["request"]

    assert read_result(request).status == 502
    assert "there is no origin here" in caplog.text


@pytest.mark.parametrize("mirror", [EDGE_VIEWER, EDGE_ORIGIN], ids=lambda mirror: mirror.name)
def test_hop_by_hop_headers_stay_behind(mirror: Mirror, wire: WireRequest, arrival: Arrival) -> None:
    names = ("connection", "keep-alive", "proxy-connection", "te", "trailer", "transfer-encoding", "upgrade")
    request = replace(wire, headers=[(name, "x") for name in names] + [("x-a", "1")])

    headers = mirror.write_event(request, arrival)["Records"][0]["cf"]["request"]["headers"]

    assert headers.keys().isdisjoint(names)
    assert headers["x-a"] == [{"key": "X-A", "value": "1"}]
