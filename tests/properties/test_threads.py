"""One handler in many threads, as on Lambda Managed Instances: every request keeps to itself."""

from __future__ import annotations

import copy
import json
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextvars import ContextVar
from typing import Any

import pytest

from lambwsgi import current_context, current_event, make_handler
from lambwsgi.local.envelopes import NEEDED
from tests.properties.kinds import kind_of
from tests.properties.recorded import EVENTS

BY_KIND = {kind_of(event): event for event in reversed(EVENTS)}
THREADS, REQUESTS = 8, 250
OWN: ContextVar[str] = ContextVar("own")


@pytest.fixture
def _restless() -> Iterator[None]:
    """Threads take turns a hundred times as often as they do by default."""
    before = sys.getswitchinterval()
    sys.setswitchinterval(before / 100)
    yield
    sys.setswitchinterval(before)


def application(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterator[bytes]:
    """Answers with the request's name from everywhere that it can be known from, early and late."""
    name, left_by_another = environ["wsgi.input"].read().decode(), OWN.get("")
    OWN.set(name)
    time.sleep(0)
    start_response("200 OK", [("Content-Type", "application/json"), ("Set-Cookie", name), ("X-Name", name)])
    early = (left_by_another, name, current_event()["name"], current_context(), environ["lambwsgi.event"]["name"])
    time.sleep(0)
    yield json.dumps([*early, OWN.get(), current_event()["name"], environ["lambwsgi.context"]]).encode()


def event_named(kind: str, name: str) -> dict[str, Any]:
    """An event of that gateway whose body and own key are the name."""
    event = {**copy.deepcopy(BY_KIND[kind]), "name": name, "body": name, "isBase64Encoded": False}
    if kind == "edge":
        event["Records"][0]["cf"]["request"]["body"] = {"data": name, "encoding": "text", "inputTruncated": False}
    return event


@pytest.mark.usefixtures("_restless")
def test_no_request_sees_anything_of_another_in_eight_threads() -> None:
    handler = make_handler(application)
    kinds = sorted(NEEDED)
    names = [f"n={number}" for number in range(THREADS * REQUESTS)]

    def serve(number: int) -> Any:
        name = names[number]
        return handler(event_named(kinds[number % len(kinds)], name), name)

    with ThreadPoolExecutor(THREADS) as pool:
        results = list(pool.map(serve, range(len(names))))

    assert [json.loads(result["body"]) for result in results] == [["", *[name] * 7] for name in names]
    others = [name for name, result in zip(names, results, strict=True) if json.dumps(result).count(name + '"') < 2]
    assert others == []
