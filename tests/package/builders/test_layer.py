"""The dependencies in a layer of their own: what goes where, when, and that it need not be made twice."""

from __future__ import annotations

import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from lambwsgi.package.artifact import Artifact
from lambwsgi.package.builders.zip_archive import build
from lambwsgi.package.cache import Cache
from lambwsgi.package.errors import PackageError
from lambwsgi.package.proof.probe import unpack_artifact
from lambwsgi.settings.model import StageSettings

Package = Callable[..., Artifact]


@pytest.fixture
def package(project: Path, tmp_path: Path, plain_app: str, settings_for: Callable[..., StageSettings]) -> Package:
    """Builds a project that imports `plain`; keywords are settings."""
    (project / "app.py").write_text(f"import plain\n{plain_app}")
    (project / "requirements.txt").write_text("plain\n")

    def package(**values: object) -> Artifact:
        return build(settings_for(**values), project, project / ".lambwsgi/hello.zip", cache=Cache(tmp_path / "cache"))

    return package


def _names(path: Path) -> set[str]:
    with zipfile.ZipFile(path) as archive:
        return {name for name in archive.namelist() if not name.endswith(".pyc")}


def test_a_layer_holds_the_dependencies_and_the_code_the_rest(package: Package) -> None:
    artifact = package(layer=True)

    assert artifact.layer is not None
    assert _names(artifact.layer.path) == {
        "python/plain/__init__.py", "python/plain-2.0.dist-info/METADATA", "python/plain-2.0.dist-info/WHEEL",
    }  # fmt: skip
    assert {"app.py", "lambwsgi/entrypoint.py", ".lambwsgi-layer"} < _names(artifact.path)
    assert not [name for name in _names(artifact.path) if name.startswith("plain")]


def test_small_dependencies_lie_beside_the_code(package: Package) -> None:
    artifact = package()

    assert artifact.layer is None
    assert "plain/__init__.py" in _names(artifact.path)


def test_large_dependencies_are_a_layer_by_themselves(project: Path, package: Package) -> None:
    (project / "requirements.txt").write_text("plain\nlarge\n")

    assert package().layer is not None


def test_new_code_leaves_the_layer_as_it_was(project: Path, package: Package) -> None:
    before = package(layer=True)
    (project / "more.py").write_text("x = 1\n")
    after = package(layer=True)

    assert before.layer == after.layer
    assert before.sha256 != after.sha256


def test_neither_file_of_an_artifact_goes_into_the_next(
    project: Path, package: Package, settings_for: Callable[..., StageSettings]
) -> None:
    package()
    (project / ".out.zip.code.1").write_text("left by a build that was killed")

    first = build(settings_for(layer=True), project, project / "out.zip")
    second = build(settings_for(layer=True), project, project / "out.zip")

    assert first == second
    assert not {name for name in _names(first.path) if name.startswith(("out.", ".out."))}


def test_the_layer_has_the_same_bytes_wherever_it_is_made(
    project: Path, package: Package, tmp_path: Path, settings_for: Callable[..., StageSettings]
) -> None:
    here = package(layer=True)
    there = build(settings_for(layer=True), project, tmp_path / "there.zip", cache=Cache(tmp_path / "other cache"))

    assert here.layer is not None
    assert there.layer is not None
    assert (here.sha256, here.layer.sha256) == (there.sha256, there.layer.sha256)


def test_a_layer_that_is_no_longer_wanted_is_gone(package: Package) -> None:
    layer = package(layer=True).layer
    package(layer=False)

    assert layer is not None
    assert not layer.path.exists()


def test_what_lambda_counts_is_code_and_layer_together(package: Package, tmp_path: Path) -> None:
    artifact = package(layer=True)
    folders = unpack_artifact(artifact, tmp_path / "unpacked")

    found = sum(path.stat().st_size for folder in folders for path in folder.rglob("*") if path.is_file())
    assert artifact.unzipped_bytes == found


def test_a_package_of_project_and_dependency_is_never_torn_apart(project: Path, package: Package) -> None:
    (project / "plain").mkdir()
    (project / "plain/more.py").write_text("x = 1\n")
    (project / "app.py").write_text(f"import plain.more\n{(project / 'app.py').read_text()}")

    with pytest.raises(PackageError, match=r"^plain/ is a package of the project and of a dependency"):
        package(layer=True)
    assert package().layer is None


def test_namespace_packages_may_lie_in_both(project: Path, package: Package) -> None:
    (project / "space/ours").mkdir(parents=True)
    (project / "space/ours/__init__.py").write_text("")
    (project / "app.py").write_text(f"import space.ours, space.theirs\n{(project / 'app.py').read_text()}")
    (project / "requirements.txt").write_text("plain\nspace-theirs\n")

    assert package(layer=True).layer is not None


def test_a_project_without_dependencies_has_no_layer(project: Path, package: Package, plain_app: str) -> None:
    (project / "app.py").write_text(plain_app)
    (project / "requirements.txt").write_text("")

    assert package(layer=True).layer is None
