"""The hooks as Lambda's runtime client finds them: in the registry of its own package."""

from __future__ import annotations

import random
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import snapshot_restore_py

import lambwsgi
from lambwsgi.events.configure import build_handler

APP = """
import random
import lambwsgi

random.seed(7)
said = []

@lambwsgi.before_snapshot
def give_up():
    said.append("before")

@lambwsgi.after_restore
def take_up():
    said.append(random.random())

def app(environ, start_response):
    start_response("200 OK", [])
    return []
"""


DJANGO = """
import sqlite3, sys
from django.conf import settings
settings.configure(DATABASES={"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": sys.argv[1]}})
from django.db import connection
import snapshot_restore_py
from lambwsgi.events.snapstart import register_own

register_own()
connection.ensure_connection()
raw = connection.connection
for function, args, kwargs in snapshot_restore_py.get_before_snapshot():
    function(*args, **kwargs)
try:
    raw.execute("select 1")
except sqlite3.ProgrammingError:
    print("closed")
"""


@pytest.fixture(autouse=True)
def registry(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Hooks of one test only, and an application that registers some."""
    (tmp_path / "snapped_for_test.py").write_text(APP)
    monkeypatch.syspath_prepend(tmp_path)
    hooks = (snapshot_restore_py._before_snapshot_registry, snapshot_restore_py._after_restore_registry)
    kept = [list(each) for each in hooks]
    for each in hooks:
        each.clear()
    state = random.getstate()
    yield
    random.setstate(state)
    for each, before in zip(hooks, kept, strict=True):
        each[:] = before
    sys.modules.pop("snapped_for_test", None)


def run(hooks: Any) -> None:
    """What awslambdaric does with them."""
    while hooks:
        function, args, kwargs = hooks.pop(0)
        function(*args, **kwargs)


def started(initialization: str) -> Any:
    build_handler({"LAMBWSGI_APP": "snapped_for_test:app", "AWS_LAMBDA_INITIALIZATION_TYPE": initialization})
    return sys.modules["snapped_for_test"]


def test_the_applications_hooks_run_and_each_restore_draws_other_numbers() -> None:
    module = started("snap-start")

    run(list(snapshot_restore_py.get_before_snapshot()))
    after = list(snapshot_restore_py.get_after_restore())
    random.seed(7)
    run(list(after))
    random.seed(7)
    run(list(after))

    word, first, second = module.said
    assert word == "before"
    # Ours came first, so the application's draws from a generator that is seeded anew.
    assert first != second


def test_djangos_connections_are_closed_before_the_snapshot(tmp_path: Path) -> None:
    # In a process of its own, since Django can be set up only once in each.
    done = subprocess.run(
        [sys.executable, "-c", DJANGO, str(tmp_path / "db.sqlite3")], check=False, capture_output=True, text=True
    )

    assert done.stdout == "closed\n", done.stderr


def test_without_snapstart_nothing_of_ours_is_registered() -> None:
    started("on-demand")

    assert len(list(snapshot_restore_py.get_before_snapshot())) == 1
    assert len(list(snapshot_restore_py.get_after_restore())) == 1


def test_where_the_runtimes_package_is_not_a_hook_is_an_ordinary_function(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "snapshot_restore_py", None)

    assert lambwsgi.before_snapshot(print) is print


def test_a_django_that_nobody_set_up_has_nothing_to_close() -> None:
    """In a process of its own, since another test may have set Django up."""
    code = (
        "import django.db, snapshot_restore_py\n"
        "from lambwsgi.events.snapstart import register_own\n"
        "register_own()\n"
        "for hook, arguments, options in snapshot_restore_py.get_before_snapshot():\n"
        "    hook(*arguments, **options)\n"
    )

    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)

    assert (done.returncode, done.stderr) == (0, "")
