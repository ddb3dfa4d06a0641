"""A longer look for events that break the handler, led by the coverage of its code. Run by `make fuzz`.

The claims are those of tests/properties/test_events.py: a request gets a valid answer and the application native
strings, all else raises EventError, and no event is changed.
"""

from __future__ import annotations

import copy
import logging
import sys
from collections.abc import Callable
from typing import Any

import atheris  # type: ignore[import-untyped]

from fuzz.choices import event_of
from lambwsgi.local.envelopes import faults
from tests.properties.echo import Environ, broken_by, echo
from tests.properties.kinds import kind_of
from tests.properties.recorded import EVENTS

with atheris.instrument_imports(include=["lambwsgi"]):
    from lambwsgi import make_handler
    from lambwsgi.adapter.errors import EventError


def application(environ: Environ, start_response: Callable[..., Any]) -> list[bytes]:
    """The echo, of an environ that has been looked at; what is wrong goes to a list that outlives the handler."""
    WRONG.extend(broken_by(environ))
    return echo(environ, start_response)


WRONG: list[str] = []
HANDLERS = [
    make_handler(application),
    make_handler(application, compress=True, inflate_limit_bytes=1_000, base_path="/api", trusted_hops=2),
]


class FindingError(Exception):
    """The handler did what it must not do."""


def look_at(data: bytes) -> None:
    """One event. Any exception is a finding, and says by which event it came."""
    handler, event = HANDLERS[data[0] % 2 if data else 0], event_of(data[1:])
    before = copy.deepcopy(event)
    try:
        wrong = wrong_with(handler, event)
    except Exception as error:
        error.add_note(f"event: {before!r}")
        raise
    if event != before:
        wrong.append("the event was changed")
    if wrong:
        raise FindingError(f"{wrong}; event: {before!r}")


def wrong_with(handler: Callable[[Any, Any], Any], event: Any) -> list[str]:
    """What is wrong with the answer, or with the environ that the application saw."""
    WRONG.clear()
    kind = kind_of(event)
    try:
        result = handler(event, None)
    except EventError:
        return [f"{kind} was refused"] if kind else []
    if kind is None:
        return [] if result.get("warm") is True else ["an answer to no request"]
    return [*WRONG, *faults(kind, result)]


def main() -> None:
    """Until the time given on the command line is up, or something is found."""
    logging.getLogger("lambwsgi").setLevel(logging.CRITICAL)
    with atheris.instrument_imports(include=["lambwsgi"]):
        # Gateways are imported when their first event comes.
        for event in EVENTS:
            for handler in HANDLERS:
                handler(event, None)
    atheris.Setup(sys.argv, look_at)
    atheris.Fuzz()


if __name__ == "__main__":
    main()
