"""The pages about testing and streaming are true: their examples are written down as they stand there, and pass."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from lambwsgi.local.mirror.table import MIRRORS

DOCS = Path(__file__).parents[2] / "docs"
PAGE = DOCS.joinpath("testing.md").read_text("utf-8")
FILES = dict(re.findall(r"```python\n# (\S+)\n(.*?)```", PAGE, re.DOTALL))
PYTEST = [sys.executable, "-W", "error", "-m", "pytest", "-q", "-p", "no:cacheprovider"]
DJANGO = [sys.executable, "-W", "error", "-m", "django", "test", "--settings", "settings"]


def write(project: str, folder: Path) -> None:
    for name, source in FILES.items():
        if name.startswith(f"{project}/"):
            folder.joinpath(Path(name).name).write_text(source, "utf-8")


@pytest.mark.parametrize(
    ("project", "command", "ending"),
    [
        ("flask_project", PYTEST, "1 passed"),
        ("django_project", DJANGO, "Ran 2 tests"),
        ("each_gateway", PYTEST, "7 passed"),
        ("exchanges", PYTEST, "2 passed"),
    ],
)
def test_the_projects_of_the_page_pass_their_tests(
    tmp_path: Path, project: str, command: list[str], ending: str
) -> None:
    write(project, tmp_path)

    done = subprocess.run(
        command,
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(tmp_path)},
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == 0, done.stdout + done.stderr
    assert ending in done.stdout + done.stderr


def test_every_example_belongs_to_a_project_that_is_run() -> None:
    assert PAGE.count("```python") == len(FILES)
    assert {name.partition("/")[0] for name in FILES} == {
        "flask_project",
        "django_project",
        "each_gateway",
        "exchanges",
    }


def test_every_gateway_is_named() -> None:
    row = next(line for line in PAGE.splitlines() if line.startswith("| `gateway`"))

    assert re.findall(r"`(\w+)`", row)[1:] == list(MIRRORS)


def test_the_example_of_streaming_streams() -> None:
    page = DOCS.joinpath("streaming.md").read_text("utf-8")

    exec("\n".join(re.findall(r"```python\n(.*?)```", page, re.DOTALL)), {"__name__": "example"})
