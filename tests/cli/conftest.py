"""A project whose stage is named `local`: commands find it by the note in its folder."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from pathlib import Path

import pytest

from lambwsgi.cli.main import run
from lambwsgi.deploy.aws.calls import Aws
from lambwsgi.deploy.rollout import release
from lambwsgi.deploy.rollout.dialogue import Dialogue
from lambwsgi.package.artifact import Artifact
from lambwsgi.settings.model import StageSettings

Words = tuple[int, str, str]
Command = Callable[..., Words]


@pytest.fixture
def project(
    tmp_path: Path,
    aws: Aws,
    settings: StageSettings,
    make_artifact: Callable[..., Artifact],
    dialogue: Dialogue,
) -> Path:
    """A project whose stage `local` is deployed to an embedded AWS that runs."""
    stage = settings.model_copy(update={"stage": "local", "commands": frozenset({"manage", "flask"})})
    release.deploy(aws, stage, make_artifact("hello"), dialogue)
    note = {"endpoint": aws.endpoint_url, "url": "http://127.0.0.1:8000/", "pid": os.getpid()}
    (tmp_path / ".lambwsgi").mkdir()
    (tmp_path / ".lambwsgi" / "local.json").write_text(json.dumps(note))
    path = tmp_path / "lambwsgi.yml"
    path.write_text(
        f"project: {settings.project}\nstages: {{dev: {{}}}}\n"
        "base: {app: 'shop.wsgi:app', commands: [manage, flask]}\n",
        encoding="utf-8",
    )
    return path


@pytest.fixture
def command(project: Path, capsys: pytest.CaptureFixture[str]) -> Command:
    """Runs a command on the project; gives its exit code, stdout and stderr."""

    def call(name: str, *words: str) -> Words:
        capsys.readouterr()
        code = run([name, "--settings", str(project), *words])
        captured = capsys.readouterr()
        return code, captured.out, captured.err

    return call
