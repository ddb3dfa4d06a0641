from __future__ import annotations

import sys
from pathlib import Path

import pytest

from lambwsgi.cli.main import run
from lambwsgi.settings.load import load_project

FLASK = "from flask import Flask\n\napp = Flask(__name__)\n"


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A Flask project, which is where the user is."""
    folder = tmp_path / "hello"
    folder.mkdir()
    (folder / "app.py").write_text(FLASK)
    monkeypatch.chdir(folder)
    return folder


def test_what_was_detected_is_shown_and_written(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code = run(["init"])

    captured = capsys.readouterr()
    assert code == 0
    assert captured.out == "next: lambwsgi deploy dev\n"
    assert captured.err.splitlines() == [
        "Flask application: app:app (app.py:3)",
        f"runtime: python3.{sys.version_info.minor} (the Python that runs lambwsgi)",
        "project: hello",
        "wrote lambwsgi.yml",
    ]
    assert load_project(project / "lambwsgi.yml").pick("dev").app == "app:app"


def test_application_and_name_may_be_given(project: Path) -> None:
    assert run(["init", "--app", "shop:create_app()", "--project", "Web Shop"]) == 0

    dev = load_project(project / "lambwsgi.yml").pick("dev")
    assert (dev.app, dev.project) == ("shop:create_app()", "web-shop")


def test_a_file_that_is_there_is_replaced_by_force_only(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (project / "lambwsgi.yml").write_text("mine")

    assert run(["init"]) == 2
    assert (project / "lambwsgi.yml").read_text() == "mine"
    assert "error: lambwsgi.yml exists already" in capsys.readouterr().err
    assert run(["init", "--force"]) == 0
    assert load_project(project / "lambwsgi.yml").pick("dev").project == "hello"


def test_without_an_application_nothing_is_written(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (project / "app.py").unlink()

    assert run(["init"]) == 2
    assert "name it with 'lambwsgi init --app module:attribute'" in capsys.readouterr().err
    assert list(project.iterdir()) == []
