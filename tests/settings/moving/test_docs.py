"""The guides for those who move in are complete, and their examples are what they say."""

from __future__ import annotations

import re
import sys
from pathlib import Path

import pytest

from lambwsgi.settings.moving.zappa_keys import RULES

PAGES = Path(__file__).parents[3] / "docs"
APIG_WSGI = PAGES.joinpath("from-apig-wsgi.md").read_text("utf-8")
EXAMPLES = dict(re.findall(r"```\w+\n# (\S+)\n(.*?)```", APIG_WSGI, re.DOTALL))


def test_the_guide_from_zappa_has_every_key_once() -> None:
    table = PAGES.joinpath("from-zappa.md").read_text("utf-8").partition("## Every key")[2]
    keys = re.findall(r"`(\w+)`", "".join(re.findall(r"^\|([^|]*)\|", table, re.MULTILINE)))

    assert sorted(keys) == sorted([*RULES, "project_name"])


def test_there_is_an_example_for_each_tool() -> None:
    assert list(EXAMPLES) == ["lambda_function.py", "template.yaml", "stack.py", "main.tf"]


def test_the_template_for_sam_is_one(tmp_path: Path) -> None:
    from cfnlint.api import lint_file  # type: ignore[import-untyped]

    (tmp_path / "template.yaml").write_text(EXAMPLES["template.yaml"], "utf-8")

    assert lint_file(tmp_path / "template.yaml") == []


def test_the_handler_of_the_examples_serves(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "app.py").write_text("def app(environ, start):\n    start('200 OK', [])\n    return [b'hello']\n")
    monkeypatch.syspath_prepend(str(tmp_path))
    namespace: dict[str, object] = {}

    exec(EXAMPLES["lambda_function.py"], namespace)
    del sys.modules["app"]

    assert callable(namespace["handler"])


def test_the_stack_for_the_cdk_is_python() -> None:
    compile(EXAMPLES["stack.py"], "stack.py", "exec")
