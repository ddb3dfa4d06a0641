"""How references to secrets are written, and what they name."""

from __future__ import annotations

import pytest

from lambwsgi.events.references import Reference, fill, read_reference, references_in

ARN = "arn:aws:secretsmanager:eu-central-1:123456789012:secret:shop/db-AbCdEf"


@pytest.mark.parametrize(
    ("text", "reference"),
    [
        ("${ssm:/shop/key}", Reference("ssm", "/shop/key", "")),
        ("${ssm:key}", Reference("ssm", "key", "")),
        ("${ssm:/shop/key:3}", Reference("ssm", "/shop/key:3", "")),
        ("${secret:shop/db}", Reference("secret", "shop/db", "")),
        ("${secret:shop/db:password}", Reference("secret", "shop/db", "password")),
        (f"${{secret:{ARN}}}", Reference("secret", ARN, "")),
        (f"${{secret:{ARN}:password}}", Reference("secret", ARN, "password")),
    ],
)
def test_a_reference_names_one_thing_and_is_written_as_it_was_read(text: str, reference: Reference) -> None:
    assert list(references_in(text)) == [reference]
    assert str(reference) == text


@pytest.mark.parametrize(
    ("kind", "rest"), [("ssm", ""), ("ssm", "/a b"), ("ssm", "/a:1:2"), ("secret", ""), ("secret", "a:b:c")]
)
def test_another_form_is_refused_with_the_right_one(kind: str, rest: str) -> None:
    with pytest.raises(ValueError, match=r"is not of the form \$\{"):
        read_reference(kind, rest)


def test_a_text_is_filled_around_its_references() -> None:
    text = "db://u:${secret:db:password}@${ssm:/host}/?$${ssm:/kept}&${HOME}&$${cfn:a.b}"

    filled = fill(text, lambda reference: reference.name.upper())

    assert filled == "db://u:DB@/HOST/?${ssm:/kept}&${HOME}&$${cfn:a.b}"


def test_what_is_escaped_or_of_another_kind_is_no_reference_to_a_secret() -> None:
    assert list(references_in("$${ssm:/a} ${env:A} ${HOME} ${ssm}")) == []
