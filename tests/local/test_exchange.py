"""The assertions about results: strict, and with words that help."""

from __future__ import annotations

import pytest

from lambwsgi.local.errors import LocalError
from lambwsgi.local.mirror.table import MIRRORS
from lambwsgi.testing import assert_valid_result, assert_within_limits

SINGLE = {"statusCode": 200, "headers": {"a": "1"}, "body": "", "isBase64Encoded": False}
MULTI = {"statusCode": 200, "multiValueHeaders": {"a": ["1"]}, "body": "", "isBase64Encoded": False}


@pytest.mark.parametrize(("result", "gateway"), [(SINGLE, "function_url"), (SINGLE, "http_api"), (MULTI, "rest_api")])
def test_what_the_gateway_takes_is_valid(result: object, gateway: str) -> None:
    assert_valid_result(result, gateway)


@pytest.mark.parametrize(
    ("result", "gateway", "complaint"),
    [
        pytest.param({**MULTI, "cookies": ["a=1"]}, "rest_api", "unknown key cookies", id="an unknown key"),
        pytest.param({**SINGLE, "statusCode": "200"}, "http_api", "statusCode: '200'", id="a text as status"),
        pytest.param({**SINGLE, "body": None}, "http_api", "body: None", id="no body"),
        pytest.param(
            {**SINGLE, "isBase64Encoded": True, "body": "%"},
            "http_api",
            "body: Only base64 data is allowed",
            id="base64",
        ),
        pytest.param({**SINGLE, "headers": {"a": 1}}, "function_url", "headers: {'a': 1}", id="a number as header"),
        pytest.param(SINGLE, "alb", "no statusDescription", id="a result for another gateway"),
        pytest.param(
            {"statusCode": True}, "http_api", "no body; no isBase64Encoded; no headers; statusCode", id="several"
        ),
        pytest.param("hello", "http_api", "str in place of an object", id="a text"),
    ],
)
def test_what_it_would_refuse_or_misread_is_said(result: object, gateway: str, complaint: str) -> None:
    with pytest.raises(AssertionError) as caught:
        assert_valid_result(result, gateway)

    assert str(caught.value).startswith(f"{gateway} would not take this result: {complaint}")


@pytest.mark.parametrize(("gateway", "size_bytes"), [("alb", 1024 * 1024), ("http_api", 6 * 1024 * 1024 + 100)])
def test_a_result_has_the_size_that_the_gateway_lets_through(gateway: str, size_bytes: int) -> None:
    # The JSON of a text is the text in quotes.
    assert_within_limits("x" * (size_bytes - 2), gateway)

    with pytest.raises(AssertionError, match=f"{size_bytes + 1} bytes of JSON, above the limit of {size_bytes}"):
        assert_within_limits("x" * (size_bytes - 1), gateway)


@pytest.mark.parametrize("gateway", sorted(MIRRORS))
def test_every_gateway_can_be_asked(gateway: str) -> None:
    with pytest.raises(AssertionError):
        assert_valid_result(None, gateway)


def test_an_unknown_gateway_is_named() -> None:
    with pytest.raises(LocalError, match="'edge' cannot be emulated"):
        assert_valid_result(SINGLE, "edge")
