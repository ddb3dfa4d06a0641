"""Promises about the whole house: what travels needs nothing, and the public names are a list."""

from __future__ import annotations

import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

import lambwsgi

ROOT = Path(__file__).parents[1]
PROBE = """
import sys
before = set(sys.modules)
import {module}
print("\\n".join(sorted({{name.partition(".")[0] for name in set(sys.modules) - before}})))
"""
TRAVELLING = [
    "lambwsgi",
    "lambwsgi.events.dispatch",
    "lambwsgi.events.configure",
    "lambwsgi.events.secrets",
    "lambwsgi.adapter.stream_handler",
    "lambwsgi.runtime.loop",
]


@pytest.mark.parametrize("module", TRAVELLING)
def test_what_travels_imports_the_standard_library_only(module: str) -> None:
    done = subprocess.run(
        [sys.executable, "-c", PROBE.format(module=module)], capture_output=True, text=True, check=True
    )

    foreign = set(done.stdout.split()) - set(sys.stdlib_module_names) - {"lambwsgi"}

    assert foreign == set()


@pytest.mark.parametrize("module", ["dataclasses", "inspect", "logging", "json", "importlib.metadata"])
def test_the_handler_does_not_wake_what_is_dear_and_seldom_needed(module: str) -> None:
    code = f"import lambwsgi.events.dispatch, sys; sys.exit({module!r} in sys.modules)"

    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_the_public_names_are_these_and_no_others() -> None:
    assert lambwsgi.__all__ == [
        "HandlerOptions",
        "LambWSGIError",
        "after_restore",
        "before_snapshot",
        "current_context",
        "current_event",
        "make_handler",
    ]
    assert all(getattr(lambwsgi, name) for name in lambwsgi.__all__)


@pytest.mark.parametrize("floor", ["deploy", "package"])
def test_the_page_for_contributors_has_the_rooms_of_a_floor_in_their_order(floor: str) -> None:
    page = ROOT.joinpath("CONTRIBUTING.md").read_text("utf-8")
    contracts = tomllib.loads(ROOT.joinpath("pyproject.toml").read_text("utf-8"))["tool"]["importlinter"]["contracts"]
    layers = next(each["layers"] for each in contracts if each.get("containers") == [f"lambwsgi.{floor}"])

    table = page.partition(f"In `{floor}`:\n\n")[2].partition("\n\n")[0]
    told = [re.findall(r"^\| `(\w+)` \|", rows, re.MULTILINE) for rows in table.split("\n| | |\n")]

    assert told == [layer.split(" | ") for layer in layers]
