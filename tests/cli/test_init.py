from __future__ import annotations

import sys
from pathlib import Path

import pytest

from lambwsgi.cli.main import run
from lambwsgi.settings.project import load_project

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
    assert captured.out == "next: lambwsgi local, or lambwsgi deploy dev\n"
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


def test_a_project_of_zappas_moves_in_and_every_key_is_told_of(
    project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (project / "zappa_settings.json").write_text(
        '{"dev": {"app_function": "app.app", "s3_bucket": "zip", "domain": "a.b"}}'
    )

    assert run(["init", "--from-zappa"]) == 0
    captured = capsys.readouterr()
    assert captured.err == "wrote lambwsgi.yml\n"
    assert captured.out.splitlines() == [
        "taken over",
        "  project_name                             project: hello-lambwsgi; `hello-STAGE` are Zappa's stacks,"
        " and both may live meanwhile",
        "  dev.app_function                         app: app:app",
        "  dev.apigateway_enabled                   gateway: rest_api, as Zappa's default is",
        "",
        "not needed",
        "  dev.s3_bucket                            lambwsgi makes a bucket for artifacts; `bucket` would name one of"
        " your own",
        "",
        "to be done by hand",
        "  dev.domain                               when you switch over, take its mapping from Zappa's API and write"
        " `domain: {name: NAME}`, with `base_path` where it has one; see 'Switching over' in docs/from-zappa.md",
        "",
        "next: lambwsgi package dev",
    ]
    assert load_project(project / "lambwsgi.yml").pick("dev").app == "app:app"


def test_a_project_with_serverless_wsgi_moves_in_from_a_file_that_is_named(project: Path) -> None:
    (project / "sls.yml").write_text(
        "service: s\nprovider: {name: aws}\ncustom: {wsgi: {app: app.app}}\n"
        "functions: {api: {handler: wsgi_handler.handler, events: [httpApi: '*']}}\n"
    )

    assert run(["init", "--from-serverless", "sls.yml", "--project", "shop"]) == 0
    dev = load_project(project / "lambwsgi.yml").pick("dev")
    assert (dev.project, dev.gateway) == ("shop", "http_api")


def test_what_moves_in_is_checked_when_it_is_told(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (project / "zappa_settings.json").write_text('{"dev": {"app_function": "app.app", "memory_size": 64}}')

    assert run(["init", "--from-zappa"]) == 2
    captured = capsys.readouterr()
    assert "memory_mb: 64" in captured.out
    assert "64 is below 128" in captured.err


def test_one_way_to_move_in_is_enough(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["init", "--from-zappa", "--app", "app:app"]) == 2
    assert "give one of them" in capsys.readouterr().err
