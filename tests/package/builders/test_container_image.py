"""Container images, made without Docker on a base that lies in a real emulator of a registry."""

from __future__ import annotations

import json
import re
import tarfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from lambwsgi.deploy.aws.calls import Aws
from lambwsgi.package.artifact import Artifact
from lambwsgi.package.builders.container_image import build_image
from lambwsgi.package.errors import PackageError, RegistryError
from lambwsgi.package.images.oci import ContainerImage
from lambwsgi.settings.model import Architecture, StageSettings
from tests.registry import push_base

pytestmark = pytest.mark.embedded

MakeImage = Callable[..., Artifact]


@pytest.fixture
def reported() -> list[str]:
    return []


@pytest.fixture
def make_image(
    aws: Aws, tmp_path: Path, reported: list[str], plain_app: str, settings_for: Callable[..., StageSettings]
) -> MakeImage:
    """Builds the image of a project that imports `plain`, in that folder; keywords are settings."""

    def make_image(folder: str = "project", **values: object) -> Artifact:
        project = tmp_path / folder
        (project / "shop").mkdir(parents=True, exist_ok=True)
        (project / "shop/__init__.py").write_text("")
        (project / "app.py").write_text(f"import plain\n{plain_app}")
        (project / "requirements.txt").write_text("plain\n")
        given = {"package": "image", "base_image": push_base(aws, "3"), **values}
        return build_image(settings_for(**given), project, project / ".lambwsgi/layers", report=reported.append)

    return make_image


def image_of(artifact: Artifact) -> ContainerImage:
    assert artifact.image is not None
    return artifact.image


def config_of(artifact: Artifact) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((artifact.path / "config.json").read_bytes())
    return found


def test_dependencies_and_code_are_layers_above_those_of_the_base(make_image: MakeImage) -> None:
    artifact = make_image()

    manifest, config = json.loads(image_of(artifact).manifest), config_of(artifact)
    assert [blob.path and blob.path.name for blob in image_of(artifact).blobs] == [
        None,
        "dependencies.tar.gz",
        "code.tar.gz",
        "config.json",
    ]
    assert len(config["rootfs"]["diff_ids"]) == len(manifest["layers"]) == len(config["history"]) == 3
    assert {each["mediaType"] for each in manifest["layers"]} == {"application/vnd.docker.image.rootfs.diff.tar.gzip"}
    assert config["config"] == {
        "Entrypoint": ["/lambda-entrypoint.sh"],
        "WorkingDir": "/var/task",
        "Env": ["PATH=/var/lang/bin"],
        "Cmd": ["lambwsgi.entrypoint.handler"],
    }


def test_a_layer_names_all_folders_of_its_files_and_bears_no_time_or_owner(make_image: MakeImage) -> None:
    with tarfile.open(make_image().path / "code.tar.gz") as archive:
        entries = {entry.name: entry for entry in archive}

    assert entries["var"].isdir()
    assert entries["var/task/shop"].isdir()
    assert entries["var/task/shop/__init__.py"].isfile()
    assert {(entry.mtime, entry.uid, entry.gid, entry.uname) for entry in entries.values()} == {(315_532_800, 0, 0, "")}
    assert {oct(entry.mode) for entry in entries.values()} == {"0o755", "0o644"}


def test_the_same_project_in_another_folder_is_the_same_image(make_image: MakeImage) -> None:
    assert make_image().sha256 == make_image("over there").sha256


def test_the_digest_is_that_of_the_manifest_and_new_code_leaves_the_dependencies_as_they_were(
    make_image: MakeImage, tmp_path: Path
) -> None:
    before = make_image()
    (tmp_path / "project/more.py").write_text("")
    after = make_image()

    assert before.sha256 == image_of(before).sha256
    assert before.sha256 != after.sha256
    assert [blob.digest for blob in image_of(before).blobs[:2]] == [blob.digest for blob in image_of(after).blobs[:2]]


def test_dependencies_are_compressed_once_until_they_change(
    make_image: MakeImage, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LAMBWSGI_CACHE_DIR", str(tmp_path / "cache"))
    before = make_image()
    [kept] = (tmp_path / "cache").glob("*/layer.tar.gz")
    time_ns = kept.stat().st_mtime_ns

    (tmp_path / "project/more.py").write_text("")
    after = make_image()

    assert kept.stat().st_mtime_ns == time_ns
    assert (before.path / "dependencies.tar.gz").read_bytes() == kept.read_bytes()
    assert before.sha256 != after.sha256


def test_what_the_project_hides_is_not_among_the_dependencies(make_image: MakeImage, tmp_path: Path) -> None:
    (tmp_path / "project/plain").mkdir(parents=True)
    (tmp_path / "project/plain/__init__.py").write_text("VERSION = 3\n")

    with tarfile.open(make_image().path / "dependencies.tar.gz") as archive:
        names = archive.getnames()

    assert "var/task/plain/__init__.py" not in names


def test_variables_of_the_stage_are_not_in_the_image(make_image: MakeImage) -> None:
    plain, equipped = make_image(), make_image(environment={"TOKEN": "x"}, access_log=False, commands=["manage"])

    assert plain.sha256 == equipped.sha256


def test_an_image_that_streams_is_started_by_our_runtime(make_image: MakeImage) -> None:
    started = config_of(make_image(streaming=True))["config"]

    assert started["Entrypoint"] == ["python", "-m", "lambwsgi.runtime"]
    assert started["Cmd"] == ["lambwsgi.entrypoint.handler"]


def test_of_a_base_for_several_processors_the_one_of_the_stage_is_taken(aws: Aws, make_image: MakeImage) -> None:
    base = push_base(aws, "both", architectures=("amd64", "arm64"))

    artifact = make_image(base_image=base, architecture=Architecture.ARM64, bytecode=False)

    assert config_of(artifact)["architecture"] == "arm64"


@pytest.mark.parametrize("architectures", [("amd64", "s390x"), ("amd64",)], ids=["a list of others", "one other"])
def test_a_base_that_is_not_made_for_the_processor_is_refused(
    aws: Aws, make_image: MakeImage, architectures: tuple[str, ...]
) -> None:
    base = push_base(aws, "others", architectures=architectures)

    with pytest.raises(PackageError, match=r"others is not made for arm64; choose another `base_image`"):
        make_image(base_image=base, architecture=Architecture.ARM64, bytecode=False)


def test_a_base_with_layers_that_lambda_refuses_is_refused_before(aws: Aws, make_image: MakeImage) -> None:
    base = push_base(aws, "zstd", layer_type="application/vnd.oci.image.layer.v1.tar+zstd")

    with pytest.raises(PackageError, match=r"compressed with gzip only: choose another `base_image`"):
        make_image(base_image=base)


def test_a_base_that_is_not_pinned_is_told_with_its_digest_and_then_it_is_the_same(
    make_image: MakeImage, reported: list[str]
) -> None:
    by_tag = make_image()
    advice = next(text for text in reported if "today's" in text)
    found = re.search(r"`base_image: (\S+@sha256:[0-9a-f]{64})` keeps to it", advice)
    assert found is not None
    reported.clear()

    by_digest = make_image(base_image=found[1])

    assert by_digest.sha256 == by_tag.sha256
    assert not [text for text in reported if "base image" in text]


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("python:3.13", r"image 'python:3\.13' is not of the form HOST/REPOSITORY:TAG"),
        ("{host}/lambda/python:none", r"GET manifests/none is answered 404"),
        ("127.0.0.1:9/lambda/python:3", r"http://127\.0\.0\.1:9/v2/lambda/python/ does not answer"),
    ],
    ids=["no registry", "no such tag", "nobody there"],
)
def test_a_base_that_cannot_be_had_is_told(make_image: MakeImage, endpoint: str, name: str, told: str) -> None:
    with pytest.raises(RegistryError, match=told):
        make_image(base_image=name.format(host=endpoint.removeprefix("http://")))
