"""The benchmark measures what it says: right answers only, from events that are AWS's. Nothing is timed here."""

from __future__ import annotations

import json
from typing import Any

import pytest

from benchmarks.applications import APPLICATIONS, make_bare
from benchmarks.contenders import CONTENDERS, LAMBWSGI, Contender, call_directly, environ_of
from benchmarks.events import KINDS, Shape, make_case, passes, shapes
from benchmarks.per_request import measure_cell
from benchmarks.verdict import NOT_CLAIMED, RAISES, RIGHT, WRONG, judge

SHAPES = {shape.name: shape for shape in shapes()}
HELLO = SHAPES["GET, small answer"]


@pytest.mark.parametrize("app_name", APPLICATIONS)
@pytest.mark.parametrize("kind", KINDS)
def test_lambwsgi_answers_every_shape_rightly(kind: str, app_name: str) -> None:
    handler = LAMBWSGI.make(APPLICATIONS[app_name]())

    verdicts = {
        shape.name: judge(LAMBWSGI, handler, make_case(kind, shape)) for shape in shapes() if passes(kind, shape)
    }

    assert verdicts == dict.fromkeys(verdicts, "right")


@pytest.mark.parametrize("app_name", APPLICATIONS)
@pytest.mark.parametrize("shape", SHAPES.values(), ids=lambda shape: shape.name)
def test_the_direct_call_gives_the_body_that_handlers_are_to_give(shape: Shape, app_name: str) -> None:
    case = make_case("rest_api", shape)

    body = call_directly(APPLICATIONS[app_name]())(environ_of(case.request), None)

    assert body == shape.answer


@pytest.mark.parametrize("contender", CONTENDERS, ids=lambda contender: contender.name)
def test_a_contender_greets_through_an_http_api(contender: Contender) -> None:
    if not contender.is_installed():
        pytest.skip(f"{contender.name} is not installed here; `make benchmark` has it")

    verdict = judge(contender, contender.make(make_bare()), make_case("http_api", HELLO))

    assert verdict == RIGHT


def test_a_get_of_an_http_api_has_20_headers() -> None:
    event = json.loads(make_case("http_api", HELLO).payload)

    assert len(event["headers"]) + len(["cookie"]) == 21
    assert len(event["cookies"]) == 3


def test_a_load_balancer_is_not_asked_for_1_mb() -> None:
    large = [shape.name for shape in shapes() if not passes("alb", shape)]

    assert large == ["POST text 1 MB", "POST binary 1 MB", "GET text 1 MB", "GET binary 1 MB"]


def _raise(event: Any, context: Any) -> Any:
    raise KeyError("multiValueHeaders")


@pytest.mark.parametrize(
    ("handler", "kind", "verdict"),
    [
        (lambda event, context: {"statusCode": 200, "body": "Hello"}, "http_api", WRONG),
        (lambda event, context: None, "rest_api", WRONG),
        (_raise, "http_api", RAISES),
        (_raise, "alb_multi_value", NOT_CLAIMED),
    ],
    ids=["another body", "no result", "an exception", "a gateway it does not claim"],
)
def test_what_is_not_right_is_named(handler: Any, kind: str, verdict: str) -> None:
    awsgi2 = next(contender for contender in CONTENDERS if contender.name == "awsgi2")

    assert judge(awsgi2, handler, make_case(kind, HELLO)) == verdict


def test_what_is_not_right_is_not_timed() -> None:
    handlers = {"lambwsgi": LAMBWSGI.make(make_bare()), "awsgi2": _raise}

    records = measure_cell(make_bare(), handlers, make_case("http_api", HELLO), seconds=0)

    timed = {record["contender"]: (record["verdict"], "median_us" in record) for record in records}
    assert timed == {"direct": ("right", True), "lambwsgi": ("right", True), "awsgi2": ("raises", False)}
