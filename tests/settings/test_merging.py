from __future__ import annotations

import json

from hypothesis import given
from hypothesis import strategies as st

from lambwsgi.settings.merging import merge, without_nulls
from lambwsgi.settings.source import Position, Value, parse

NAMES = st.sampled_from(["a", "b", "c"])
PLAIN = st.recursive(
    st.none() | st.integers() | st.booleans(),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(NAMES, inner, max_size=3),
    max_leaves=8,
)
MAPS = st.dictionaries(NAMES, PLAIN, max_size=3)


def _value(plain: object) -> Value:
    """The plain value as if it had been read; YAML is a superset of JSON."""
    return parse(json.dumps(plain).encode(), file="lambwsgi.yml")


def test_maps_are_merged_and_all_else_is_replaced() -> None:
    under = _value({"list": [1, 2], "map": {"a": 1, "b": 2}, "scalar": 1, "kept": 1})
    over = _value({"list": [3], "map": {"b": 3}, "scalar": {"now": "a map"}})

    merged = merge(under, over)

    assert merged.plain() == {"list": [3], "map": {"a": 1, "b": 3}, "scalar": {"now": "a map"}, "kept": 1}


def test_each_value_keeps_the_place_it_was_written_at() -> None:
    under = parse(b"a: 1\nb: 2\n", file="lambwsgi.yml")
    over = parse(b"\n\nb: 3\n", file="lambwsgi.yml")

    merged = merge(under, over)

    assert merged.entries["a"].value.position == Position(1, 4)
    assert merged.entries["b"].value.position == Position(3, 4)


def test_null_takes_away_a_key_and_not_an_item_of_a_list() -> None:
    assert without_nulls(_value({"a": None, "b": {"c": None}, "d": [None]})).plain() == {"b": {}, "d": [None]}


@given(MAPS)
def test_a_map_over_itself_or_over_nothing_is_itself(plain: dict[str, object]) -> None:
    value = _value(plain)

    assert merge(value, value).plain() == plain
    assert merge(_value({}), value).plain() == plain
    assert merge(value, _value({})).plain() == plain


def test_a_map_that_was_taken_away_starts_anew_in_the_next_layer() -> None:
    base, stage, further = map(_value, ({"map": {"a": 1}}, {"map": None}, {"map": {"b": 2}}))

    assert merge(merge(base, stage), further).plain() == {"map": {"b": 2}}
