"""Whoever started a deployment goes away or ends it: by a signal, by a closed terminal, by reading no further."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from lambwsgi.deploy.aws.calls import Aws
from lambwsgi.deploy.rollout import release
from lambwsgi.deploy.rollout.dialogue import Dialogue
from lambwsgi.deploy.stack.following import Watch
from lambwsgi.package.artifact import Artifact
from lambwsgi.settings.model import StageSettings
from tests.deploy.faults.test_kills import left_over

MakeArtifact = Callable[..., Artifact]
Start = Callable[[Artifact, str], subprocess.Popen[str]]
QUIET = Dialogue(confirm=lambda plan: True, visit=None, watch=Watch(every_seconds=0.05))
pytestmark = pytest.mark.embedded


@pytest.fixture
def start(endpoint: str, settings: StageSettings, tmp_path: Path) -> Start:
    """Starts `lambwsgi deploy` with an artifact and a hook that runs before anything changes."""

    def deploy(artifact: Artifact, hook: str) -> subprocess.Popen[str]:
        (tmp_path / "lambwsgi.yml").write_text(
            f"project: {settings.project}\nbase: {{app: 'shop.wsgi:app', region: us-east-1}}\n"
            f"stages: {{dev: {{hooks: {{before_deploy: '{hook}'}}}}}}\n"
        )
        own = {"AWS_ENDPOINT_URL": endpoint, "AWS_ACCESS_KEY_ID": "test", "AWS_SECRET_ACCESS_KEY": "test"}
        command = ["deploy", "dev", "--artifact", str(artifact.path), "--yes", "--no-smoke"]
        return subprocess.Popen(
            [sys.executable, "-m", "lambwsgi.cli", *command],
            cwd=tmp_path,
            env={**os.environ, **own},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    return deploy


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP, signal.SIGINT])
def test_a_deployment_that_is_told_to_end_takes_back_what_it_began(
    start: Start, aws: Aws, settings: StageSettings, make_artifact: MakeArtifact, tmp_path: Path, *, number: int
) -> None:
    release.deploy(aws, settings, make_artifact("old"), QUIET)
    process = start(make_artifact("new"), "echo $$ > hook.pid; sleep 60")
    while not (pid := tmp_path / "hook.pid").is_file() or not pid.read_text():
        assert process.poll() is None
        time.sleep(0.05)
    assert left_over(aws, settings) != []

    process.send_signal(number)
    _, told = process.communicate(timeout=30)

    assert process.returncode == 1, told
    assert "error: stopped; nothing further was done" in told
    assert left_over(aws, settings) == []
    assert aws.version(settings.function_name, "live").number == 1
    assert has_ended(int(pid.read_text()))


def has_ended(group: int) -> bool:
    """Whether nothing of the hook is left; what was just ended takes a moment."""
    for _ in range(100):
        try:
            os.killpg(group, 0)
        except ProcessLookupError:
            return True
        time.sleep(0.05)
    return False


def test_a_deployment_that_nobody_reads_goes_on_to_its_end(
    start: Start, aws: Aws, settings: StageSettings, make_artifact: MakeArtifact
) -> None:
    with start(make_artifact("new"), "echo ready") as process:
        assert process.stderr is not None
        process.stderr.close()
        process.wait(timeout=60)

    assert process.returncode == 0
    assert aws.version(settings.function_name, "live").number == 1
