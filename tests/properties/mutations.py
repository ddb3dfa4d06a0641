"""Events as AWS sends them, and what may become of them in the hands of emulators, tests and strangers."""

from __future__ import annotations

import copy
import json
from typing import Any

from hypothesis import strategies as st

from tests.properties.recorded import EVENTS, places

LETTERS = st.sampled_from(
    ["\ud800", "\udfff", "\0", "\r\n", "\u00e9", "\U0001f980", "\ufeff", "%", "%zz", "/", "?", "=", ","]
)
TEXTS = st.one_of(
    st.lists(LETTERS | st.sampled_from("aZ0 "), max_size=6).map("".join),
    st.text(max_size=8),
    st.sampled_from(
        ["", "x" * 70_000, "%41" * 9_000, "2.0", "1.0", "GET", "[::1]:80", ":", "[", "a:b:c", "99999999999"]
    ),
)
SCALARS = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | TEXTS
JSON = st.recursive(SCALARS, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXTS, inner, max_size=3))
DEEP = '{"a":' * 60 + "[[]]" + "}" * 60
ODD_NAMES = st.sampled_from(
    ["", " ", "X Y", "x_y", "Proxy", "CONTENT-LENGTH", "Transfer-Encoding", "\r\nX", "\ud800", "host"]
)
JUNK = JSON | st.just(DEEP).map(json.loads)


def _mutate(draw: st.DrawFn, event: dict[str, Any]) -> None:
    everywhere = list(places(event))
    if not everywhere:
        return
    container, key = draw(st.sampled_from(everywhere))
    act = draw(st.sampled_from(["drop", "null", "junk", "junk", "add", "swap"]))
    if act == "drop":
        del container[key]
    elif act == "null":
        container[key] = None
    elif act == "junk":
        container[key] = draw(JUNK)
    elif act == "swap":
        other, name = draw(st.sampled_from(everywhere))
        container[key] = copy.deepcopy(other[name])
    elif isinstance(container, dict):
        container[draw(ODD_NAMES | TEXTS)] = draw(JUNK)


@st.composite
def mutated(draw: st.DrawFn) -> dict[str, Any]:
    """A real event with one to four things wrong in it."""
    event: dict[str, Any] = copy.deepcopy(draw(st.sampled_from(EVENTS)))
    for _ in range(draw(st.integers(1, 4))):
        _mutate(draw, event)
    return event
