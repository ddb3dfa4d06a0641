"""`lambwsgi doctor`, from the words typed to the exit code."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from lambwsgi.cli.main import run

SETTINGS = "project: shop\nbase: {app: 'shop.wsgi:app', region: us-east-1}\nstages: {dev: {}}\n"


@pytest.fixture
def nobody(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """A shell without credentials, in an empty folder."""
    monkeypatch.chdir(tmp_path)
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_PROFILE", "AWS_ENDPOINT_URL"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", str(tmp_path / "none"))
    monkeypatch.setenv("AWS_CONFIG_FILE", str(tmp_path / "none"))


@pytest.mark.usefixtures("nobody")
def test_without_a_settings_file_the_machine_is_looked_at(capsys: pytest.CaptureFixture[str]) -> None:
    code = run(["doctor"])

    out = capsys.readouterr().out
    assert code == 0
    assert out.startswith("ok     python  ")
    assert "there is no lambwsgi.yml; `lambwsgi init` writes one" in out


@pytest.mark.usefixtures("nobody")
def test_missing_credentials_are_wrong_and_end_the_command_with_1(capsys: pytest.CaptureFixture[str]) -> None:
    Path("lambwsgi.yml").write_text(SETTINGS)

    code = run(["doctor", "--output", "json"])

    found = {each["subject"]: each for each in json.loads(capsys.readouterr().out)}
    assert code == 1
    assert found["template"]["verdict"] == "ok"
    assert found["credentials"]["verdict"] == "wrong"
    assert found["credentials"]["told"].startswith("no AWS credentials: run `aws configure`")


@pytest.mark.usefixtures("nobody")
def test_settings_that_are_wrong_do_not_hide_the_rest(capsys: pytest.CaptureFixture[str]) -> None:
    Path("lambwsgi.yml").write_text(SETTINGS.replace("app:", "ap:"))

    code = run(["validate"])

    out = capsys.readouterr().out
    assert code == 1
    assert "unknown setting 'ap'" in out
    assert "ok     uv  " in out
