from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from lambwsgi.cli.main import run


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A project, as the folder that one works in."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "lambwsgi.yml").write_text("project: shop\nbase: {app: 'shop:app', profile: ann}\nstages: {prod: {}}\n")
    return tmp_path


def test_a_pipeline_is_printed_for_the_stage(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code = run(["ci", "github", "prod", "--branch", "live", "--role", "arn:aws:iam::123456789012:role/deploy"])

    workflow = yaml.safe_load(capsys.readouterr().out)
    assert code == 0
    assert workflow["on"]["push"]["branches"] == ["live"]
    assert workflow["jobs"]["deploy"]["steps"][-1]["run"] == "lambwsgi deploy prod --yes\n"


def test_a_profile_is_told_to_be_missing_in_a_pipeline(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    run(["ci", "gitlab"])

    assert "names the profile 'ann', which a pipeline does not have" in capsys.readouterr().err


def test_a_settings_file_of_another_name_is_told_to_the_jobs(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (folder / "lambwsgi.yml").rename(folder / "shop.yml")

    run(["ci", "gitlab", "--settings", str(folder / "shop.yml")])

    assert yaml.safe_load(capsys.readouterr().out)["plan"]["script"] == ["lambwsgi plan prod --settings shop.yml\n"]
