"""Every file under tests/refused_events is an event that is no HTTP request, in the shape that its service documents.

It must be refused with an EventError that holds `words`: the keys of the event, or what kind of event it is. None may
reach the application, whatever parts of a request it holds.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from lambwsgi import make_handler
from lambwsgi.adapter.errors import EventError

REFUSED = sorted((Path(__file__).parent.parent / "refused_events").glob("*.json"))


def never(environ: Any, start_response: Any) -> list[bytes]:
    raise AssertionError("the application was called")


@pytest.mark.parametrize("path", REFUSED, ids=lambda path: path.stem)
def test_the_event_is_refused_with_what_was_seen(path: Path) -> None:
    case = json.loads(path.read_text())

    with pytest.raises(EventError) as refusal:
        make_handler(never, commands=frozenset({"manage"}))(case["event"], None)

    assert case["words"] in str(refusal.value)


def test_a_refusal_shows_no_values() -> None:
    event = json.loads((REFUSED[0].parent / "transfer_identity_provider.json").read_text())["event"]

    with pytest.raises(EventError) as refusal:
        make_handler(never)(event, None)

    assert "secret" not in str(refusal.value)


def test_every_refused_event_has_a_source_and_there_are_many() -> None:
    assert len(REFUSED) > 50
    assert all(json.loads(path.read_text())["source"] for path in REFUSED)
