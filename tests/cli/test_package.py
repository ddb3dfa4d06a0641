from __future__ import annotations

import hashlib
import json
import subprocess
from pathlib import Path

import pytest

from lambwsgi.cli.main import run
from lambwsgi.deploy.aws.calls import Aws
from tests.registry import push_base

APP = """\
def application(environ, start_response):
    start_response("200 OK", [("Content-Type", "text/plain")])
    return [b"hello"]
"""
BASE = f"public.ecr.aws/lambda/python:3.13@sha256:{'a' * 64}"


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A project without dependencies, which is where the user is."""
    folder = tmp_path / "hello"
    folder.mkdir()
    (folder / "wsgi.py").write_text(APP)
    monkeypatch.chdir(folder)
    return folder


def test_without_a_settings_file_one_is_written_and_the_first_stage_is_built(
    project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    code = run(["package"])

    captured = capsys.readouterr()
    assert code == 0
    assert "WSGI application: wsgi:application (wsgi.py:1)" in captured.err
    assert "wrote lambwsgi.yml" in captured.err
    assert captured.out.endswith("file    .lambwsgi/hello-dev.zip\n")
    assert (project / ".lambwsgi/hello-dev.zip").exists()


def test_sizes_and_digest_are_the_result(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["package", "--path", "out.zip"]) == 0

    lines = capsys.readouterr().out.splitlines()
    rows = [line.rsplit(maxsplit=2)[0].strip() for line in lines[:5]]
    assert rows == ["project and lambwsgi", "bytecode of all these", "unzipped", "zipped", "import"]
    assert lines[5:] == ["", f"sha256  {_sha256(project / 'out.zip')}", "file    out.zip"]


def test_the_project_may_be_elsewhere(
    project: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    (project / "requirements.txt").write_text("# nothing yet\n")
    monkeypatch.chdir(project.parent)

    assert run(["package", "--settings", "hello/lambwsgi.yml"]) == 0
    assert capsys.readouterr().out.endswith("file    hello/.lambwsgi/hello-dev.zip\n")


def test_a_settings_file_that_is_named_is_not_written(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["package", "--settings", "lambswgi.yml"]) == 2

    assert "lambswgi.yml does not exist; 'lambwsgi init --settings lambswgi.yml' finds" in capsys.readouterr().err
    assert not (project / "lambswgi.yml").exists()


def test_programs_get_json(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["package", "dev", "--path", "out.zip", "--output", "json"]) == 0

    answer = json.loads(capsys.readouterr().out)
    assert answer == {
        "path": str(project / "out.zip"),
        "sha256": _sha256(project / "out.zip"),
        "zipped_bytes": (project / "out.zip").stat().st_size,
        "unzipped_bytes": answer["unzipped_bytes"],
        "bytecode_bytes": answer["bytecode_bytes"],
        "layer": None,
        "import_seconds": answer["import_seconds"],
        "distributions": [],
    }


def test_a_broken_application_fails_the_command_and_leaves_no_artifact(
    project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (project / "wsgi.py").write_text(f"import nosuchmodule\n\n{APP}")

    assert run(["package"]) == 1
    assert "  wsgi.py:1 in <module>: import nosuchmodule\n" in capsys.readouterr().err
    assert list((project / ".lambwsgi").glob("*.zip*")) == []


def test_settings_that_are_wrong_end_with_two(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (project / "lambwsgi.yml").write_text(
        "project: hello\nbase: {app: 'wsgi:application', memory_mb: 64}\nstages: {dev: }\n"
    )

    assert run(["package"]) == 2
    assert "error: lambwsgi.yml:2:44: base.memory_mb: 64 is below 128" in capsys.readouterr().err


def _sha256(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def test_git_ignores_where_artifacts_lie(project: Path) -> None:
    subprocess.run(["git", "init", "--quiet", str(project)], check=True)

    assert run(["package"]) == 0
    seen = subprocess.run(["git", "status", "--short"], cwd=project, capture_output=True, text=True, check=True).stdout

    assert ".lambwsgi" not in seen


def test_the_imports_of_the_artifact_are_a_tree_and_a_picture(
    project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (project / "slow.py").write_text("import time\ntime.sleep(0.01)\n")
    (project / "wsgi.py").write_text(f"import slow\n\n{APP}")
    (project / "requirements.txt").write_text("# nothing yet\n")

    assert run(["package"]) == 0
    capsys.readouterr()
    code = run(["profile", "imports", "dev", "--html", "imports.html"])

    captured = capsys.readouterr()
    lines = captured.out.splitlines()
    tree = [line.split()[-1] for line in lines if line.endswith(("  wsgi", "  slow"))]
    assert code == 0
    assert tree[:2] == ["wsgi", "slow"]
    assert any(line.endswith("slow, imported by wsgi") for line in lines)
    assert "slow" in (project / "imports.html").read_text("utf-8")
    assert captured.err.endswith("the flame graph is in imports.html\n")


def test_the_imports_for_programs_are_json(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["profile", "imports", "dev", "--output", "json"]) == 0

    told = json.loads(capsys.readouterr().out)
    assert told["total_us"] == sum(each["total_us"] for each in told["imports"])


def test_a_picture_that_cannot_be_written_is_an_error(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["profile", "imports", "dev", "--html", "no/such/folder.html"]) == 1
    assert "no/such/folder.html cannot be written" in capsys.readouterr().err


def test_an_image_is_a_folder_and_the_command_that_builds_it_where_docker_is_not(
    project: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(project))

    assert run(["package", "--image", "--base-image", BASE]) == 0

    captured = capsys.readouterr()
    assert captured.out.endswith("folder  .lambwsgi/hello-dev-image\n")
    assert "no Docker answers here, so the image is still to be built: docker build --platform linux/" in captured.err
    assert (project / ".lambwsgi/hello-dev-image/Dockerfile").is_file()


def test_docker_builds_the_image_where_it_is(
    project: Path, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    docker = project / "bin/docker"
    docker.parent.mkdir()
    docker.write_text('#!/bin/sh\necho docker "$@" >&2\n')
    docker.chmod(0o755)
    monkeypatch.setenv("PATH", f"{docker.parent}:/usr/bin:/bin")

    assert run(["package", "--image", "--base-image", BASE, "--output", "json"]) == 0

    captured = capfd.readouterr()
    answer = json.loads(captured.out)
    assert (answer["image"], answer["base"]) == ("hello-dev", BASE)
    assert " ".join(answer["command"]) in captured.err


def test_a_base_image_without_an_image_is_wrong_usage(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["package", "--base-image", BASE]) == 2
    assert "--base-image goes with --image" in capsys.readouterr().err


def test_why_a_file_is_in_is_explained_and_nothing_built(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["package", "--explain", "wsgi.py"]) == 0

    assert capsys.readouterr().out == "wsgi.py goes in: a file of the project\n"
    assert not (project / ".lambwsgi/hello-dev.zip").exists()


def test_packaging_runs_its_hooks_unless_they_are_left_out(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    run(["package"])
    settings = (project / "lambwsgi.yml").read_text()
    hooks = "\nbase:\n  hooks: {before_package: 'echo $LAMBWSGI_STAGE > made.txt', after_package: exit 3}"
    (project / "lambwsgi.yml").write_text(settings.replace("\nbase:", hooks))

    assert run(["package", "dev", "--no-hooks"]) == 0
    assert not (project / "made.txt").exists()
    assert run(["package", "dev"]) == 1
    assert (project / "made.txt").read_text() == "dev\n"
    assert "hook after_package: 'exit 3' ended with exit status 3" in capsys.readouterr().err


IMAGES = """\
project: hello
base: {{app: "wsgi:application", runtime: python3.13, bytecode: false, package: image, base_image: {base}}}
stages: {{dev: {{}}}}
"""


@pytest.mark.embedded
def test_a_stage_of_images_is_built_as_deploy_sends_it(
    project: Path, aws: Aws, capsys: pytest.CaptureFixture[str]
) -> None:
    (project / "lambwsgi.yml").write_text(IMAGES.format(base=push_base(aws, "3")))

    assert run(["package", "--output", "json"]) == 0

    told = json.loads(capsys.readouterr().out)
    assert (told["path"], told["layer"]) == (".lambwsgi/hello-dev-layers", None)
    assert sorted(path.name for path in Path(told["path"]).iterdir()) == ["code.tar.gz", "config.json"]

    assert run(["package"]) == 0
    assert f"image   sha256:{told['sha256']}\n" in capsys.readouterr().out


def test_a_file_is_no_artifact_of_a_stage_of_images(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (project / "lambwsgi.yml").write_text(IMAGES.format(base="localhost/python:3"))

    assert run(["template", "dev", "--artifact", "wsgi.py"]) == 2
    assert "an image is known by its digest, so deploy it once and `promote` it" in capsys.readouterr().err
