"""Whatever comes in: a request gets a valid answer, all else an EventError, and no event is changed."""

from __future__ import annotations

import base64
import copy
import json
import logging
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from lambwsgi import make_handler
from lambwsgi.adapter.errors import EventError
from lambwsgi.local.envelopes import faults
from tests.properties.echo import Environ, broken_by, echo
from tests.properties.kinds import kind_of
from tests.properties.mutations import JSON, JUNK, mutated
from tests.properties.recorded import EVENTS


@pytest.fixture(autouse=True)
def _quiet() -> Iterator[None]:
    """What goes to the log is not at stake here, and there is much of it."""
    logger = logging.getLogger("lambwsgi")
    logger.setLevel(logging.CRITICAL)
    yield
    logger.setLevel(logging.NOTSET)


@given(event=mutated())
def test_a_request_gets_a_valid_answer_however_broken_it_is(event: Any) -> None:
    kind = kind_of(event)
    before = copy.deepcopy(event)
    result: Any = None

    try:
        result = make_handler(echo)(event, None)
    except EventError:
        assert kind is None
    else:
        assert faults(kind or "none", result) == [] or (kind is None and result.get("warm") is True)
    assert event == before


class Receiver:
    """A context whose runtime streams; what is sent becomes a result as it would be whole."""

    def __init__(self) -> None:
        self.prelude: dict[str, Any] = {}
        self.body = b""

    def begin_response(self, prelude: dict[str, Any]) -> Callable[[bytes], None]:
        assert not self.prelude
        self.prelude = prelude
        return self._take

    def _take(self, part: bytes) -> None:
        self.body += part

    @property
    def result(self) -> dict[str, Any]:
        return {**self.prelude, "body": base64.b64encode(self.body).decode(), "isBase64Encoded": True}


@given(event=mutated())
def test_a_streamed_answer_is_the_same_as_a_whole_one_however_broken_the_event(event: Any) -> None:
    kind = kind_of(event)
    receiver = Receiver()

    try:
        result = make_handler(echo, streaming=True)(event, receiver)
    except EventError:
        assert kind is None
        return
    if not receiver.prelude:
        return
    whole = make_handler(echo)(event, None)

    assert result == {}
    assert kind is not None
    assert faults(kind, receiver.result) == []
    assert receiver.prelude["statusCode"] == whole["statusCode"]
    if whole["statusCode"] < 400:
        assert bytes_of(receiver.result) == bytes_of(whole)


def bytes_of(result: dict[str, Any]) -> bytes:
    body: str = result["body"]
    return base64.b64decode(body) if result["isBase64Encoded"] else body.encode("utf-8", "surrogatepass")


@given(event=mutated())
def test_the_application_sees_native_strings_only(event: Any) -> None:
    seen: Environ = {}

    def app(environ: Environ, start_response: Callable[..., Any]) -> list[bytes]:
        seen.update(environ)
        start_response("204 No Content", [])
        return []

    try:
        make_handler(app)(event, None)
    except EventError:
        return

    assert not seen or broken_by(seen) == []


@given(
    event=JUNK | st.dictionaries(st.sampled_from(sorted({key for event in EVENTS for key in event})), JSON, max_size=5)
)
@example(event=None)
@example(event=[])
@example(event=b"")
@example(event={"requestContext": {"http": {}}})
def test_what_is_no_request_is_an_event_error_and_nothing_else(event: Any) -> None:
    kind = kind_of(event)

    try:
        result = make_handler(echo)(event, None)
    except EventError:
        assert kind is None
    else:
        assert result.get("warm") is True or (kind is not None and faults(kind, result) == [])


@pytest.mark.parametrize("event", EVENTS)
def test_events_as_they_are_get_a_valid_answer(event: dict[str, Any]) -> None:
    kind = kind_of(event)

    result = make_handler(echo)(json.loads(json.dumps(event)), None)

    assert kind is not None
    assert faults(kind, result) == []
