"""The emulated gateway: environ to event, result to response, and everything that AWS refuses in between."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from werkzeug.test import Client, EnvironBuilder

from lambwsgi.adapter.limits import ALB_PAYLOAD_BYTES, SYNC_PAYLOAD_BYTES
from lambwsgi.local.context import FunctionIdentity, LambdaContext
from lambwsgi.local.errors import FunctionError, LocalError, ThrottledError
from lambwsgi.local.gateway import EmulatedGateway, read_environ
from lambwsgi.local.mirror.table import MIRRORS, pick

OK = {"statusCode": 200, "body": "ok"}


def client(name: str, handler: Callable[[Any, Any], object], **options: Any) -> Client:
    return Client(EmulatedGateway(handler, pick(name), **options))


def raising(error: Exception) -> Callable[[Any, Any], object]:
    def handler(_event: Any, _context: Any) -> object:
        raise error

    return handler


def test_the_handler_gets_json_and_the_context_of_its_function() -> None:
    seen: list[tuple[Any, LambdaContext]] = []

    def handler(event: Any, context: LambdaContext) -> object:
        seen.append((event, context))
        return OK

    client("function_url", handler, function=FunctionIdentity("shop-dev", timeout_seconds=3)).get("/a%20b?c=d")

    event, context = seen[0]
    assert json.loads(json.dumps(event)) == event
    assert (event["rawPath"], event["rawQueryString"]) == ("/a%20b", "c=d")
    assert context.function_name == "shop-dev"
    assert 0 < context.get_remaining_time_in_millis() <= 3000


def test_the_target_is_taken_as_it_was_sent() -> None:
    environ = EnvironBuilder("/").get_environ()
    environ |= {"REQUEST_URI": "/a%2Fb?x=%zz", "PATH_INFO": "/a/b", "QUERY_STRING": "x=%zz"}

    request = read_environ(environ)

    assert (request.raw_target, request.query_string) == ("/a%2Fb?x=%zz", "x=%zz")


def test_a_server_that_hides_the_target_is_refused() -> None:
    environ = EnvironBuilder("/").get_environ()
    del environ["REQUEST_URI"], environ["RAW_URI"]

    with pytest.raises(LocalError, match="neither REQUEST_URI nor RAW_URI"):
        read_environ(environ)


def test_the_body_is_measured_anew() -> None:
    request = read_environ(EnvironBuilder("/", method="POST", data=b"abc", content_type="text/plain").get_environ())

    assert request.body == b"abc"
    assert ("content-length", "3") in request.headers
    assert ("content-type", "text/plain") in request.headers


def test_bytes_are_taken_for_json_already() -> None:
    response = client("http_api", lambda _event, _context: json.dumps(OK).encode()).get("/")

    assert response.text == "ok"


@pytest.mark.parametrize(
    ("name", "status"),
    [
        *(("function_url", 502), ("http_api", 500), ("http_api_v1", 500), ("rest_api", 502)),
        *(("alb", 502), ("alb_multi_value", 502), ("lattice_v1", 502), ("lattice_v2", 502)),
    ],
)
@pytest.mark.parametrize(
    "handler",
    [
        pytest.param(raising(ValueError("boom")), id="an exception"),
        pytest.param(raising(FunctionError("boom", error_type="Runtime.ExitError")), id="a function error"),
        pytest.param(lambda _event, _context: {"statusCode": 200, "body": {1, 2}}, id="no JSON"),
        pytest.param(lambda _event, _context: {"statusCode": "x"}, id="a malformed result"),
        pytest.param(
            lambda _event, _context: {"statusCode": 200, "body": "x" * SYNC_PAYLOAD_BYTES}, id="an answer above 6 MB"
        ),
    ],
)
def test_a_function_that_fails_is_answered_as_its_gateway_does(
    name: str, status: int, handler: Callable[[Any, Any], object]
) -> None:
    response = client(name, handler).get("/")

    assert response.status_code == status


@pytest.mark.parametrize(
    ("name", "status"),
    [
        *(("function_url", 429), ("http_api", 503), ("http_api_v1", 503), ("rest_api", 500)),
        *(("alb", 502), ("alb_multi_value", 502), ("lattice_v1", 503), ("lattice_v2", 503)),
        *(("edge_viewer", 503), ("edge_origin", 503)),
    ],
)
def test_a_busy_function_is_answered_as_its_gateway_does(name: str, status: int) -> None:
    response = client(name, raising(ThrottledError("busy"))).get("/")

    assert response.status_code == status


@pytest.mark.parametrize("name", sorted(MIRRORS.keys() - {"edge_viewer", "edge_origin"}))
def test_a_request_above_6_mb_never_reaches_the_function(name: str) -> None:
    response = client(name, raising(AssertionError("the function was called"))).post("/", data=b"x" * 6 * 1024 * 1024)

    assert response.status_code == 413


@pytest.mark.parametrize("name", ["alb", "alb_multi_value"])
def test_a_load_balancer_takes_1_mb_each_way(name: str) -> None:
    at_limit = client(name, lambda _event, _context: OK).post("/", data=b"x" * ALB_PAYLOAD_BYTES)
    above = client(name, lambda _event, _context: OK).post("/", data=b"x" * (ALB_PAYLOAD_BYTES + 1))
    long_answer = {"statusCode": 200, "body": "x" * ALB_PAYLOAD_BYTES}
    answered = client(name, lambda _event, _context: long_answer).get("/")

    assert (at_limit.status_code, above.status_code, answered.status_code) == (200, 413, 502)


def test_head_has_no_body_and_hop_by_hop_headers_stay_behind() -> None:
    result = {"statusCode": 200, "headers": {"Keep-Alive": "timeout=5", "x-a": "1"}, "body": "ok"}

    response = client("rest_api", lambda _event, _context: result).head("/")

    assert response.data == b""
    assert dict(response.headers) == {"x-a": "1", "content-type": "application/json"}


def test_a_stage_of_a_rest_api_is_the_first_segment() -> None:
    def handler(event: Any, _context: Any) -> object:
        return {"statusCode": 200, "body": event["path"]}

    gateway = client("rest_api", handler, stage="dev")

    assert gateway.get("/dev/a").text == "/a"
    assert gateway.get("/a").json == {"message": "Missing Authentication Token"}


@pytest.mark.parametrize(
    ("name", "status", "seconds"),
    [pytest.param("http_api", 503, 30, id="HTTP API"), pytest.param("rest_api", 504, 29, id="REST API")],
)
def test_an_impatient_gateway_stops_waiting_and_the_handler_goes_on(name: str, status: int, seconds: int) -> None:
    released, finished = threading.Event(), threading.Event()

    def handler(_event: Any, _context: Any) -> object:
        released.wait(10)
        finished.set()
        return OK

    hasty = replace(pick(name), timeout_seconds=0.01)
    response = Client(EmulatedGateway(handler, hasty, impatient=True)).get("/")
    released.set()

    assert pick(name).timeout_seconds == seconds
    assert response.status_code == status
    assert finished.wait(10)


def test_an_impatient_gateway_without_a_limit_waits() -> None:
    response = client("function_url", lambda _event, _context: OK, impatient=True).get("/")

    assert response.text == "ok"


def test_an_unknown_gateway_is_named_with_those_there_are() -> None:
    with pytest.raises(LocalError, match="'edge' cannot be emulated; there are function_url, http_api, http_api_v1, "):
        pick("edge")
