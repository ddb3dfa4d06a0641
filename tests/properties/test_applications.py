"""Whatever an application does: the gateway gets a valid answer, and all of what a good application said."""

from __future__ import annotations

import base64
import copy
import logging
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from hypothesis import given

from lambwsgi import make_handler
from lambwsgi.local.envelopes import NEEDED, faults
from tests.properties.kinds import kind_of
from tests.properties.recorded import EVENTS
from tests.properties.scripts import ANY, GOOD, Scripted

# One event of each kind of gateway.
BY_KIND = {kind_of(event): event for event in reversed(EVENTS)}
KINDS = sorted(NEEDED)


@pytest.fixture(autouse=True)
def _quiet() -> Iterator[None]:
    """What goes to the log is not at stake here, and there is much of it."""
    logger = logging.getLogger("lambwsgi")
    logger.setLevel(logging.CRITICAL)
    yield
    logger.setLevel(logging.NOTSET)


def status_of(result: dict[str, Any]) -> int:
    return int(result.get("statusCode") or result["status"])


def body_of(result: dict[str, Any]) -> bytes:
    encoded = result.get("isBase64Encoded") or result.get("bodyEncoding") == "base64"
    return base64.b64decode(result["body"]) if encoded else str(result["body"]).encode()


@pytest.mark.parametrize("kind", KINDS)
@given(script=ANY)
def test_the_answer_is_valid_whatever_the_application_does(kind: str, script: Scripted) -> None:
    result = make_handler(script)(copy.deepcopy(BY_KIND[kind]), None)

    assert faults(kind, result) == []
    assert script.closed == 1


@pytest.mark.parametrize("kind", KINDS)
@given(script=GOOD)
def test_status_and_body_are_those_of_the_application(kind: str, script: Scripted) -> None:
    result = make_handler(script)(copy.deepcopy(BY_KIND[kind]), None)

    (_, status, _), *chunks = script.steps
    assert (status_of(result), body_of(result)) == (int(status[:3]), b"".join(chunk for _, chunk in chunks))
    assert faults(kind, result) == []


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("error", [SystemExit, KeyboardInterrupt])
def test_what_ends_the_process_is_not_held_back(kind: str, error: type[BaseException]) -> None:
    script = Scripted([("start", "200 OK", []), ("give", b"x"), ("fail", error)])

    with pytest.raises(error):
        make_handler(script)(copy.deepcopy(BY_KIND[kind]), None)

    assert script.closed == 1


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(
    "answer",
    [None, 5, "text", b"bytes", [None], {}, iter([]), object()],
    ids=["None", "a number", "a str", "bytes", "a list of None", "a dict", "nothing", "an object"],
)
def test_a_return_value_that_is_no_list_of_bytes_gets_a_valid_answer(kind: str, answer: Any) -> None:
    def app(environ: dict[str, Any], start_response: Callable[..., Any]) -> Any:
        start_response("200 OK", [("Content-Type", "text/plain")])
        return answer

    result = make_handler(app)(copy.deepcopy(BY_KIND[kind]), None)

    assert faults(kind, result) == []
