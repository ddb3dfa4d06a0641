"""The paths that API Gateway answers itself, and the header that names what went wrong."""

from __future__ import annotations

from typing import Any

import pytest
from werkzeug.test import Client

from lambwsgi.local.gateway import EmulatedGateway
from lambwsgi.local.mirror.table import pick


def client(name: str, stage: str = "") -> Client:
    def handler(_event: Any, _context: Any) -> object:
        return {"statusCode": 200, "body": "the function"}

    return Client(EmulatedGateway(handler, pick(name), stage=stage))


@pytest.mark.parametrize("path", ["/ping", "/sping", "/ping?a=1"])
@pytest.mark.parametrize(
    ("name", "text"),
    [("rest_api", "healthy"), ("http_api", "Healthy Connection"), ("http_api_v1", "Healthy Connection")],
)
def test_an_api_gateway_answers_its_own_health_check(name: str, text: str, path: str) -> None:
    response = client(name).get(path)

    assert (response.status_code, response.text) == (200, text)


@pytest.mark.parametrize("name", ["rest_api", "http_api"])
@pytest.mark.parametrize("path", ["/ping/", "/pings", "/api/ping"])
def test_paths_beside_it_are_the_functions(name: str, path: str) -> None:
    assert client(name).get(path).text == "the function"


def test_below_the_stage_the_path_is_the_functions() -> None:
    assert client("rest_api", stage="dev").get("/dev/ping").text == "the function"


@pytest.mark.parametrize("name", ["function_url", "alb"])
def test_other_gateways_reserve_nothing(name: str) -> None:
    assert client(name).get("/ping").text == "the function"


@pytest.mark.parametrize(
    ("answer", "status", "error_type"),
    [
        ("failed", 502, "InternalServerErrorException"),
        ("throttled", 500, "InternalServerErrorException"),
        ("timed_out", 504, "InternalServerErrorException"),
        ("too_large", 413, "RequestTooLargeException"),
        ("rate_exceeded", 429, "TooManyRequestsException"),
    ],
)
def test_a_rest_api_names_the_type_of_its_errors(answer: str, status: int, error_type: str) -> None:
    response = getattr(pick("rest_api"), answer)

    assert (response.status, dict(response.headers)["x-amzn-ErrorType"]) == (status, error_type)
