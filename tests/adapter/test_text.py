from __future__ import annotations

from urllib.parse import parse_qsl, unquote_to_bytes

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lambwsgi.adapter.gateways.targets import prefix_before_route
from lambwsgi.adapter.text import clean_query, decode_path, encode_path, encode_query, native, split_prefix, text_of

TEXT = st.text(st.characters(exclude_categories=["Cs"]))


@given(TEXT)
def test_text_survives_as_a_native_string(text: str) -> None:
    assert text_of(native(text)) == text


@given(TEXT)
def test_a_path_that_is_encoded_and_decoded_is_the_same(path: str) -> None:
    assert decode_path(encode_path(path)) == native(path)


@given(st.text(st.characters(max_codepoint=127)))
def test_decoding_agrees_with_the_standard_library(raw: str) -> None:
    assert decode_path(raw).encode("latin-1") == unquote_to_bytes(raw)


@given(st.lists(st.tuples(TEXT, TEXT)))
def test_a_query_that_is_encoded_reads_as_the_pairs_it_was_made_of(pairs: list[tuple[str, str]]) -> None:
    assert parse_qsl(encode_query(pairs), keep_blank_values=True) == pairs


@given(st.text(st.characters(min_codepoint=33, max_codepoint=126)))
def test_a_query_of_printable_ascii_is_untouched(query: str) -> None:
    assert clean_query(query) == query


@given(TEXT)
def test_a_query_always_fits_into_a_header(query: str) -> None:
    cleaned = clean_query(query)

    assert cleaned.isascii()
    assert cleaned.isprintable()


@pytest.mark.parametrize(
    ("path", "prefix", "cut"),
    [
        ("/api/users", "/api", ("/api", "/users")),
        ("/api", "/api", ("/api", "")),
        ("/apifoo", "/api", None),
        ("/API/x", "/api", None),
        ("/api/api/x", "/api", ("/api", "/api/x")),
        ("/x/api/y", "/api", None),
    ],
)
def test_a_prefix_is_split_off_only_at_a_segment_boundary(path: str, prefix: str, cut: tuple[str, str] | None) -> None:
    assert split_prefix(path, prefix) == cut


@pytest.mark.parametrize(
    ("path", "template", "parameters", "prefix"),
    [
        pytest.param("/shop/a/b/", "/{proxy+}", {"proxy": "a/b"}, "/shop", id="greedy, trailing slash"),
        pytest.param("/shop/users/7", "/users/{id}", {"id": "7"}, "/shop", id="one parameter"),
        pytest.param("/users/7", "/users/{id}", {"id": "7"}, "", id="no mapping"),
        pytest.param("/shop/", "/", None, "/shop", id="root route"),
        pytest.param("/other", "/users/{id}", {"id": "7"}, "", id="route that does not fit"),
        pytest.param("/x", "/{proxy+}", None, "", id="parameters missing"),
    ],
)
def test_what_stands_before_the_route(path: str, template: str, parameters: dict[str, str] | None, prefix: str) -> None:
    assert prefix_before_route(path, template, parameters) == prefix
