from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from lambwsgi.cli.main import run

COMPLETE = """
eval "$(lambwsgi completion bash)"
COMP_WORDS=({words})
COMP_CWORD={index}
_lambwsgi_completion lambwsgi
printf '%s\\n' "${{COMPREPLY[@]}}"
"""


def completed(folder: Path, *words: str) -> list[str]:
    """What bash offers for the last word."""
    quoted = " ".join(f"'{word}'" for word in words)
    script = COMPLETE.format(words=quoted, index=len(words) - 1)
    path = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])
    done = subprocess.run(
        ["bash", "--norc", "-c", script],
        cwd=folder,
        env={**os.environ, "PATH": path},
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, "")
    return done.stdout.split()


@pytest.fixture
def project(tmp_path: Path) -> Path:
    (tmp_path / "lambwsgi.yml").write_text("project: shop\nbase: {app: 'a:b'}\nstages: {dev: {}, prod: {}}\n")
    return tmp_path


def test_bash_completes_commands(project: Path) -> None:
    assert completed(project, "lambwsgi", "de") == ["deploy", "delete"]


def test_bash_completes_options_and_their_choices(project: Path) -> None:
    assert "--payload" in completed(project, "lambwsgi", "invoke", "--p")
    assert completed(project, "lambwsgi", "status", "--output", "") == ["text", "json"]


@pytest.mark.parametrize("command", ["deploy", "manage"])
def test_bash_completes_the_stages_of_the_file(project: Path, command: str) -> None:
    assert completed(project, "lambwsgi", command, "") == ["dev", "prod", "local"]
    assert completed(project, "lambwsgi", command, "pr") == ["prod"]


def test_without_a_file_there_is_nothing_to_complete_and_no_error(tmp_path: Path) -> None:
    assert completed(tmp_path, "lambwsgi", "deploy", "") == []


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_each_shell_has_its_script(shell: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["completion", shell]) == 0
    assert f"_LAMBWSGI_COMPLETE={shell}_complete" in capsys.readouterr().out


def test_a_stroke_of_the_tab_key_does_not_wake_what_commands_need() -> None:
    code = (
        "import sys, lambwsgi.cli.main; from lambwsgi.settings.source import read_source;"
        "sys.exit(bool({'boto3', 'pydantic', 'werkzeug'} & set(sys.modules)))"
    )

    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
