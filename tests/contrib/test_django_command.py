"""`manage.py lambwsgi …`, as Django itself runs it: in a process of its own, in a project that Django has just made."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest


@pytest.fixture
def project(tmp_path: Path) -> Path:
    subprocess.run([sys.executable, "-m", "django", "startproject", "shop", str(tmp_path)], check=True)
    settings = tmp_path / "shop/settings.py"
    text = settings.read_text().replace("INSTALLED_APPS = [", 'INSTALLED_APPS = ["lambwsgi.contrib.django",')
    settings.write_text(text)
    return tmp_path


def _manage(folder: Path, *words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "manage.py", *words], cwd=folder, capture_output=True, text=True, check=False
    )


def test_init_shows_what_of_a_fresh_project_does_not_go_with_lambda(project: Path) -> None:
    done = _manage(project, "lambwsgi", "init")

    assert (done.returncode, done.stdout) == (0, "next: lambwsgi local, or lambwsgi deploy dev\n")
    assert all(f"(lambwsgi.{number})" in done.stderr for number in ("W001", "W004", "W006"))
    assert "(security." not in done.stderr


def test_where_init_fails_there_are_no_further_words(project: Path) -> None:
    (project / "lambwsgi.yml").touch()

    done = _manage(project, "lambwsgi", "init")

    assert done.returncode == 2
    assert "(lambwsgi.W" not in done.stderr
