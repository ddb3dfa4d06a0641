"""What docs/django.md says of database connections that outlive a freeze, in requests and in commands.

Django is set up once in each process."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

COMMAND_DONE = "0"
ROOT = Path(__file__).parents[2]


@pytest.mark.parametrize(
    ("max_age", "health_checks", "statuses"),
    [
        pytest.param("0", "0", ["200", "200", "200"], id="a connection for each request"),
        pytest.param("600", "0", ["200", "500", "200"], id="kept without a look"),
        pytest.param("600", "1", ["200", "200", "200"], id="kept and looked at"),
    ],
)
def test_what_comes_after_a_freeze(max_age: str, health_checks: str, statuses: list[str]) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "tests.contrib.django_thaw", max_age, health_checks],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == 0, done.stderr
    assert done.stdout.split() == [*statuses, COMMAND_DONE]
