from __future__ import annotations

from pathlib import Path

import pytest

from lambwsgi.settings.errors import SettingsError
from lambwsgi.settings.source import Position, parse, read_source


def test_values_and_keys_know_where_they_stand_and_how_they_were_written() -> None:
    root = parse(b"base:\n  memory_mb: 0x200\n  exclude: [a, b]\n", file="lambwsgi.yml")

    base = root.entries["base"].value
    memory = base.entries["memory_mb"]
    assert memory.position == Position(2, 3)
    assert memory.value.position == Position(2, 14)
    assert memory.value.key == ("base", "memory_mb")
    assert (memory.value.data, memory.value.text) == (512, "0x200")
    assert base.entries["exclude"].value.data[1].key == ("base", "exclude", "1")
    assert root.plain() == {"base": {"memory_mb": 512, "exclude": ["a", "b"]}}


@pytest.mark.parametrize(
    ("text", "message"),
    [
        pytest.param("a: [1\nb: 2\n", "lambwsgi.yml:2:2: not YAML: expected ',' or ']', but got ':'", id="syntax"),
        pytest.param("a:\n\tb: 2\n", "lambwsgi.yml:2:1: not YAML: a tab; indent with spaces", id="a tab"),
        pytest.param(
            "a: @b\n",
            "lambwsgi.yml:1:4: not YAML: text cannot begin with @; write it in quotes",
            id="a sign that YAML keeps",
        ),
        pytest.param(
            "a:\n b: 1\n  c: 2\n",
            "lambwsgi.yml:3:4: not YAML: no ':' can stand here; indent as the lines beside, or quote the text",
            id="indented too far",
        ),
        pytest.param(
            "a: 1\nb\nc: 2\n",
            "lambwsgi.yml:3:1: not YAML: a key without ':' behind it; write it as 'key: value'",
            id="a key alone",
        ),
        pytest.param(
            "a: 'b\nc: 2\n",
            "lambwsgi.yml:3:1: not YAML: the quote that begins in line 1 does not end",
            id="an open quote",
        ),
        pytest.param("a: 1\nb: 2\na: 3\n", "lambwsgi.yml:3:1: a: given twice, first in line 1; keep one", id="twice"),
        pytest.param(
            "stages:\n  dev: {x: 1, x: 2}\n",
            "lambwsgi.yml:2:15: dev.x: given twice, first in line 2; keep one",
            id="twice, deep",
        ),
        pytest.param(
            "on: 1\n",
            "lambwsgi.yml:1:1: on is read as a truth value, but a key is text; write it in quotes",
            id="a key that is no text",
        ),
        pytest.param(
            "a: &x [*x]\n", "lambwsgi.yml:1:4: a.0: an alias that contains itself; write the values out", id="a circle"
        ),
        pytest.param(
            "a: !Ref b\n",
            "lambwsgi.yml:1:4: not YAML: the tag !Ref means nothing here; leave it out",
            id="a tag",
        ),
        pytest.param(
            "a: 2026-13-45\n",
            "lambwsgi.yml:1:4: a: '2026-13-45' cannot be read: month must be in 1..12; write it in quotes",
            id="no such date",
        ),
        pytest.param(
            "a: 1\n---\nb: 2\n",
            "lambwsgi.yml:2:1: not YAML: a second document begins here; one is wanted",
            id="two documents",
        ),
    ],
)
def test_what_cannot_be_read_is_told_with_line_and_column(text: str, message: str) -> None:
    with pytest.raises(SettingsError) as caught:
        parse(text.encode(), file="lambwsgi.yml")

    assert str(caught.value) == message


def test_bytes_that_are_no_text_are_told() -> None:
    with pytest.raises(SettingsError, match=r"^lambwsgi\.yml is no text in UTF-8; save it as UTF-8$"):
        parse(b"a: \xff\xfe\xfa", file="lambwsgi.yml")


def test_a_missing_file_points_to_init(tmp_path: Path) -> None:
    path = tmp_path / "lambwsgi.yml"

    with pytest.raises(SettingsError) as caught:
        read_source(path)

    assert (
        str(caught.value)
        == f"{path} does not exist; 'lambwsgi init --settings {path}' finds the application and writes it"
    )
