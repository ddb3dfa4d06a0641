"""The page about the inspector is true."""

from __future__ import annotations

import html
import re
from pathlib import Path

from click.testing import CliRunner

from lambwsgi.cli.local import local

ROOT = Path(__file__).parents[3]
DOCS = (ROOT / "docs" / "inspector.md").read_text("utf-8")
PAGE = (ROOT / "lambwsgi" / "local" / "inspector" / "static" / "page.html").read_text("utf-8")


def test_the_keys_are_those_that_the_page_itself_tells() -> None:
    told = [html.unescape(re.sub("<[^>]+>", "", row)) for row in re.findall(r"<tr>(.*?)</tr>", PAGE)]
    documented = re.findall(
        r"^\| (`.*?) \| (.*) \|$", DOCS.partition("## The keys")[2].partition("##")[0], re.MULTILINE
    )

    assert [_words(row) for row in told] == [_words(f"{keys} {does}") for keys, does in documented]


def _words(text: str) -> str:
    return re.sub(r"[`\s+]", "", text)


def test_the_options_are_those_of_the_command() -> None:
    shown = CliRunner().invoke(local, ["--help"]).output

    for option in ("--inspect-port", "--no-inspect"):
        assert option in shown
        assert f"`{option}" in DOCS
