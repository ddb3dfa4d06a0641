"""`flask lambwsgi …`, as Flask itself runs it: in a process of its own, in the project's folder."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from lambwsgi.settings.project import load_project

APP = "from flask import Flask\n\napp = Flask(__name__)\n"


def flask(folder: Path, *words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-W", "error", "-m", "flask", *words], cwd=folder, capture_output=True, text=True, check=False
    )


def test_the_whole_command_line_is_there(tmp_path: Path) -> None:
    (tmp_path / "app.py").write_text(APP)

    done = flask(tmp_path, "lambwsgi", "init")

    assert (done.returncode, done.stdout) == (0, "next: lambwsgi local, or lambwsgi deploy dev\n"), done.stderr
    assert load_project(tmp_path / "lambwsgi.yml").pick("dev").app == "app:app"


@pytest.mark.parametrize("words", [["--help"], ["status", "--help"]], ids=["of all", "of one"])
def test_help_is_that_of_lambwsgi(tmp_path: Path, words: list[str]) -> None:
    done = flask(tmp_path, "lambwsgi", *words)

    assert done.returncode == 0
    assert done.stdout.startswith("Usage: flask lambwsgi ")


def test_an_error_keeps_its_words_and_its_exit_code(tmp_path: Path) -> None:
    done = flask(tmp_path, "lambwsgi", "status", "dev")

    assert done.returncode == 2
    assert done.stderr.startswith("error: lambwsgi.yml does not exist")


def test_flask_lists_it(tmp_path: Path) -> None:
    (tmp_path / "app.py").write_text(APP)

    assert "lambwsgi  Deploy this project to AWS Lambda." in flask(tmp_path, "--help").stdout


def test_the_other_commands_of_flask_do_not_pay_for_it() -> None:
    code = (
        "import sys, click; before = set(sys.modules); import lambwsgi.contrib.flask;"
        "print(*sorted(set(sys.modules) - before))"
    )

    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    assert done.stdout.split() == ["lambwsgi", "lambwsgi.contrib", "lambwsgi.contrib.flask"]
