"""How much of a request each gateway takes, and what it answers to one byte more."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from lambwsgi.adapter.message import Header, HttpResponse
from lambwsgi.local.gateway import EmulatedGateway
from lambwsgi.local.mirror.base import WireRequest
from lambwsgi.local.mirror.table import pick

BARE = WireRequest("GET", "/", [], b"", scheme="https", server_port="443", remote_addr="192.0.2.1")


def answer(gateway: str, request: WireRequest) -> HttpResponse:
    def handler(event: Any, _context: Any) -> object:
        answered: object = {"statusCode": 200, "body": "", "headers": {}, "multiValueHeaders": {}}
        return {"status": "200"} if "Records" in event else answered

    return EmulatedGateway(handler, pick(gateway)).answer(request)


def header_of(value_bytes: int) -> Header:
    return "x-a", "v" * value_bytes


@pytest.mark.parametrize(
    ("gateway", "longest", "status"),
    [
        pytest.param("rest_api", 10_240, 414, id="REST API"),
        # GET, two spaces, HTTP/1.1 and the end of the line.
        pytest.param("http_api", 10_240 - 15, 431, id="HTTP API, the line is part of the head"),
        pytest.param("http_api_v1", 10_240 - 15, 431, id="HTTP API with payload 1.0"),
        pytest.param("alb", 16 * 1024 - 15, 414, id="load balancer, the line"),
        pytest.param("alb_multi_value", 16 * 1024 - 15, 414, id="load balancer with multi-value headers"),
        pytest.param("edge_viewer", 8_192, 413, id="CloudFront, viewer request"),
        pytest.param("edge_origin", 8_192, 413, id="CloudFront, origin request"),
    ],
)
def test_a_url_may_be_so_long_and_no_longer(gateway: str, longest: int, status: int) -> None:
    taken = answer(gateway, replace(BARE, raw_target="/".ljust(longest, "a")))
    refused = answer(gateway, replace(BARE, raw_target="/".ljust(longest + 1, "a")))

    assert (taken.status, refused.status) == (200, status)


@pytest.mark.parametrize(
    ("gateway", "longest", "status"),
    [
        pytest.param("rest_api", 10_240, 431, id="REST API, the value alone"),
        # The line is 16 bytes; the name, the colon, the space and the end of the line are 7.
        pytest.param("http_api", 10_240 - 16 - 7, 431, id="HTTP API"),
        pytest.param("alb", 16 * 1024 - 7, 400, id="load balancer"),
        pytest.param("edge_origin", 20_480 - 16 - 7, 413, id="CloudFront"),
    ],
)
def test_a_header_may_be_so_long_and_no_longer(gateway: str, longest: int, status: int) -> None:
    taken = answer(gateway, replace(BARE, headers=[header_of(longest)]))
    refused = answer(gateway, replace(BARE, headers=[header_of(longest + 1)]))

    assert (taken.status, refused.status) == (200, status)


@pytest.mark.parametrize(
    ("gateway", "headers", "status"),
    [
        pytest.param("rest_api", [header_of(5_120), header_of(5_121)], 431, id="REST API, 10 KB"),
        pytest.param("http_api", [header_of(5_120), header_of(5_120)], 431, id="HTTP API, 10 KB"),
        pytest.param("alb", [header_of(16_000)] * 5, 400, id="load balancer, 64 KB"),
        pytest.param("edge_viewer", [header_of(10_240)] * 2, 413, id="CloudFront, 20 KB"),
    ],
)
def test_headers_are_counted_together(gateway: str, headers: list[Header], status: int) -> None:
    assert answer(gateway, replace(BARE, headers=headers)).status == status


@pytest.mark.parametrize("gateway", ["function_url", "lattice_v1", "lattice_v2"])
def test_where_aws_tells_no_limit_there_is_none(gateway: str) -> None:
    assert answer(gateway, replace(BARE, headers=[header_of(65_000)] * 5)).status == 200


@pytest.mark.parametrize("gateway", ["alb", "alb_multi_value"])
def test_a_load_balancer_upgrades_no_connection(gateway: str) -> None:
    assert answer(gateway, replace(BARE, headers=[("upgrade", "websocket")])).status == 400


@pytest.mark.parametrize("gateway", ["alb", "alb_multi_value"])
def test_a_load_balancer_answers_trace_itself(gateway: str) -> None:
    assert answer(gateway, replace(BARE, method="TRACE")).status == 405
    assert answer(gateway, replace(BARE, method="PROPFIND")).status == 200


@pytest.mark.parametrize(("size_bytes", "status"), [(32 * 1024 - 3, 200), (32 * 1024 - 2, 502)])
def test_a_load_balancer_passes_32_kb_of_response_headers(size_bytes: int, status: int) -> None:
    response = pick("alb").read_result({"statusCode": 200, "headers": {"x-a": "v" * size_bytes}})

    assert response.status == status
