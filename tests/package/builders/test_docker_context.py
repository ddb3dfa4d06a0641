"""The folder that a container image is made from: complete, pinned, the same on any day."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from lambwsgi.package.builders.docker_context import Image, write_image
from lambwsgi.package.errors import PackageError, SmokeError
from lambwsgi.package.images.docker import build_command
from lambwsgi.settings.model import Architecture, StageSettings

BASE = f"public.ecr.aws/lambda/python:3.13@sha256:{'a' * 64}"
MakeImage = Callable[..., Image]


@pytest.fixture
def reported() -> list[str]:
    return []


@pytest.fixture
def make_image(
    project: Path, reported: list[str], plain_app: str, settings_for: Callable[..., StageSettings]
) -> MakeImage:
    """Writes the folder of a project that imports `plain`; keywords are settings."""
    (project / "app.py").write_text(f"import plain\n{plain_app}")
    (project / "requirements.txt").write_text("plain\n")

    def make_image(base: str | None = BASE, **values: object) -> Image:
        settings = settings_for(**values)
        return write_image(settings, project, project / ".lambwsgi/image", base=base, report=reported.append)

    return make_image


def test_the_folder_holds_all_that_the_image_needs(make_image: MakeImage, reported: list[str]) -> None:
    image = make_image(environment={"DATABASE": "secret"}, access_log=False)

    assert {path.name for path in image.path.iterdir()} == {"Dockerfile", "code", "dependencies"}
    assert (image.path / "dependencies/plain/__init__.py").is_file()
    assert (image.path / "code/lambwsgi/entrypoint.py").is_file()
    lines = (image.path / "Dockerfile").read_text().splitlines()
    assert lines[1:4] == [f"FROM {BASE}", "COPY dependencies/ /var/task/", "COPY code/ /var/task/"]
    assert {line.partition("_")[0] for line in lines[4:-1]} == {"ENV LAMBWSGI"}
    assert 'ENV LAMBWSGI_APP="app:app"' in lines
    assert lines[-1] == 'CMD ["lambwsgi.entrypoint.handler"]'
    assert reported[-1].endswith("GET / answered 200 through every gateway")


def test_an_image_that_streams_starts_our_runtime(make_image: MakeImage) -> None:
    lines = (make_image(streaming=True).path / "Dockerfile").read_text().splitlines()

    assert 'ENTRYPOINT ["python", "-m", "lambwsgi.runtime"]' in lines
    assert (make_image(streaming=True).path / "code/lambwsgi/runtime/__main__.py").is_file()


def test_a_second_time_the_folder_is_written_anew_with_the_same_times(project: Path, make_image: MakeImage) -> None:
    first = make_image()
    code = first.path / "code"
    times = {path: path.stat().st_mtime for path in code.rglob("*")}
    (code / "left over.txt").write_text("")
    second = make_image()

    assert first == second
    assert {path: path.stat().st_mtime for path in code.rglob("*")} == times
    assert max(times.values()) < datetime(2020, 1, 1, tzinfo=UTC).timestamp()
    assert {path.name for path in second.path.parent.iterdir()} == {"image"}


def test_what_does_not_start_leaves_the_former_folder(project: Path, make_image: MakeImage) -> None:
    former = make_image()
    (project / "app.py").write_text("raise ValueError('broken')\n")

    with pytest.raises(SmokeError, match="broken"):
        make_image()

    assert (former.path / "Dockerfile").is_file()


def test_a_base_without_its_digest_is_refused(make_image: MakeImage) -> None:
    with pytest.raises(PackageError, match=r"a tag can be moved to another image; name it as .*@sha256:"):
        make_image("public.ecr.aws/lambda/python:3.13")


def test_where_no_base_is_named_it_is_said_that_the_image_is_not_pinned(
    make_image: MakeImage, reported: list[str]
) -> None:
    image = make_image(None, runtime="python3.13", bytecode=False)

    assert image.base == "public.ecr.aws/lambda/python:3.13"
    assert reported[0].startswith("warning: the base image public.ecr.aws/lambda/python:3.13 is not pinned")


def test_the_image_is_for_one_processor_and_without_what_lambda_refuses() -> None:
    assert build_command(Path("folder"), "shop-dev", Architecture.ARM64) == [
        "docker", "build", "--platform", "linux/arm64", "--provenance=false", "--tag", "shop-dev", "folder",
    ]  # fmt: skip
