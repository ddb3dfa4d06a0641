"""Scripts of a project: by name only, with their arguments as typed, ended as console scripts end."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from lambwsgi import make_handler
from lambwsgi.adapter.errors import EventError
from lambwsgi.events.configure import build_handler
from lambwsgi.events.scripts import read_scripts, write_scripts

MODULE = """
import json, sys
from types import SimpleNamespace

def say():
    print(json.dumps(sys.argv))

def count():
    return len(sys.argv) - 1

def fail():
    raise LookupError("no such order")

jobs = SimpleNamespace(nightly=say)

def app(environ, start_response):
    start_response("200 OK", [])
    return []
"""
Run = Callable[..., dict[str, Any]]


@pytest.fixture
def module(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """The name of a module with functions, on the path for this test."""
    name = f"jobs_{tmp_path.name.replace('-', '_')}"
    (tmp_path / f"{name}.py").write_text(MODULE)
    monkeypatch.syspath_prepend(str(tmp_path))
    return name


@pytest.fixture
def run(module: str) -> Run:
    """Runs a script as an invocation of the function."""
    names = ("say", "count", "fail", "jobs.nightly", "missing")
    scripts = {name.rpartition(".")[2]: f"{module}:{name}" for name in names}
    handler = make_handler(lambda _environ, _start_response: [], scripts=scripts)

    def call(*words: str) -> dict[str, Any]:
        return handler({"lambwsgi": {"op": "run", "args": list(words)}}, None)

    return call


def test_a_script_finds_its_arguments_as_they_were_typed(run: Run) -> None:
    typed = ["say", "a b", "", "--x=1", "é\n", "$HOME"]
    before = sys.argv

    assert json.loads(run(*typed)["output"]) == typed
    assert sys.argv is before


def test_an_attribute_of_an_attribute_is_found(run: Run) -> None:
    assert json.loads(run("nightly")["output"]) == ["nightly"]


@pytest.mark.parametrize(("words", "code"), [(["say"], 0), (["count", "a", "b"], 2), (["fail"], 1), (["missing"], 1)])
def test_it_ends_with_what_it_returns_or_raises(run: Run, words: list[str], code: int) -> None:
    assert run(*words)["exit_code"] == code


def test_a_script_that_fails_shows_where(run: Run) -> None:
    assert "LookupError: no such order" in run("fail")["output"]


@pytest.mark.parametrize("words", [["os.system"], ["os:system", "ls"], []])
def test_what_the_stage_does_not_name_is_refused(run: Run, words: list[str]) -> None:
    with pytest.raises(EventError, match=r"this stage has no script .*; it has: count, fail, missing, nightly, say\."):
        run(*words)


def test_without_scripts_none_is_run() -> None:
    handler = make_handler(lambda _environ, _start_response: [], commands=frozenset({"manage"}))

    with pytest.raises(EventError, match="it has none"):
        handler({"lambwsgi": {"op": "run", "args": ["say"]}}, None)


def test_the_variable_of_a_function_says_which_there_are(module: str) -> None:
    scripts = {"say": f"{module}:say", "again": f"{module}:say"}
    environ = {"LAMBWSGI_APP": f"{module}:app", "LAMBWSGI_SCRIPTS": write_scripts(scripts)}

    answer = build_handler(environ)({"lambwsgi": {"op": "run", "args": ["again"]}}, None)

    assert answer == {"exit_code": 0, "output": '["again"]\n'}
    assert read_scripts(write_scripts(scripts)) == scripts
