"""Dependencies that are not simply in an index: folders, sources, extras and groups, the locks of other tools."""

from __future__ import annotations

import hashlib
import json
import subprocess
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from uv import find_uv_bin

from lambwsgi.package.dependencies.locks import names_sdk
from lambwsgi.package.dependencies.requirements import SDK, find_requirements, with_parts
from lambwsgi.package.dependencies.resolver import install
from lambwsgi.package.errors import PackageError, ResolveError
from lambwsgi.package.platform.target import Target
from lambwsgi.settings.model import Architecture

WriteLib = Callable[..., None]
X86_64 = Target("3.13", Architecture.X86_64, "x86_64-manylinux_2_34")


def _install(project: Path) -> set[str]:
    """What was installed, as `name-version`."""
    requirements = find_requirements(project, None)
    assert requirements is not None
    folder = project.parent / "installed"
    install(requirements, X86_64, folder)
    return {info.stem for info in folder.glob("*.dist-info")}


def _lock(project: Path) -> None:
    subprocess.run([find_uv_bin(), "lock", "--quiet"], cwd=project, check=True)


@pytest.mark.parametrize(
    "lines", ["./libs/lib", "-e ./libs/lib", "lib @ file://{project}/libs/lib", "-r libs/list.txt"]
)
def test_a_folder_of_the_project_is_built_and_installed_as_files(
    project: Path, write_lib: WriteLib, lines: str
) -> None:
    write_lib(project / "libs/lib")
    (project / "libs/list.txt").write_text("./libs/lib\n")
    (project / "requirements.txt").write_text(f"plain\n{lines.replace('{project}', str(project))}\n")

    assert _install(project) == {"lib-1", "plain-2.0"}
    assert (project.parent / "installed/lib.py").is_file()
    assert not list((project.parent / "installed").glob("*.pth"))


def test_editable_folders_of_a_lock_are_installed_as_files(project: Path, write_lib: WriteLib) -> None:
    write_lib(project / "lib")
    (project / "pyproject.toml").write_text(
        '[project]\nname = "shop"\nversion = "1"\nrequires-python = ">=3.11"\ndependencies = ["lib"]\n'
        '[tool.uv.sources]\nlib = {path = "lib", editable = true}\n'
    )
    expected = {"lib-1"}

    assert _install(project) == expected
    _lock(project)
    assert _install(project) == expected
    assert not list((project.parent / "installed").glob("*.pth"))


def test_what_a_folder_builds_has_to_fit_the_target(project: Path, write_lib: WriteLib) -> None:
    write_lib(project / "lib", tag="cp310-cp310-linux_x86_64")
    (project / "requirements.txt").write_text("./lib\n")

    with pytest.raises(ResolveError, match=r"lib has no wheel and could not be built here for Python 3\.13.*cp310"):
        _install(project)


def test_a_build_that_fails_is_told_with_its_last_words(project: Path, write_lib: WriteLib) -> None:
    write_lib(project / "lib")
    (project / "lib/backend.py").write_text("raise ValueError('no compiler')")
    (project / "requirements.txt").write_text("./lib\n")

    with pytest.raises(ResolveError, match="no compiler") as caught:
        _install(project)

    assert caught.value.distribution == "lib"


def test_what_may_be_built_from_source_is(project: Path) -> None:
    (project / "requirements.txt").write_text("buildable\n")
    requirements = find_requirements(project, None)
    assert requirements is not None

    with pytest.raises(ResolveError, match="'build_from_source'"):
        install(requirements, X86_64, project / "out")
    install(replace(requirements, from_source=("buildable",)), X86_64, project / "out")

    assert (project / "out/buildable.py").is_file()


def test_extras_and_groups_go_in_when_they_are_asked_for(project: Path) -> None:
    (project / "pyproject.toml").write_text(
        '[project]\nname = "shop"\nversion = "1"\nrequires-python = ">=3.11"\ndependencies = []\n'
        'optional-dependencies = {more = ["plain"]}\n[dependency-groups]\nprod = ["native"]\ndev = ["large"]\n'
    )
    found = find_requirements(project, None)
    assert found is not None
    asked = with_parts(found, extras=("more",), groups=("prod",))

    install(asked, X86_64, project / "out")
    _lock(project)
    locked = find_requirements(project, None)
    assert locked is not None
    install(with_parts(locked, extras=("more",), groups=("prod",)), X86_64, project / "locked")

    for folder in ("out", "locked"):
        assert {info.stem for info in (project / folder).glob("*.dist-info")} == {"plain-2.0", "native-1.0"}


def test_the_sdk_stays_out_with_what_only_it_needs(project: Path) -> None:
    (project / "pyproject.toml").write_text(
        '[project]\nname = "shop"\nversion = "1"\nrequires-python = ">=3.11"\ndependencies = ["boto3", "native"]\n'
    )
    found = find_requirements(project, None)
    assert found is not None
    install(replace(found, excluded=SDK), X86_64, project / "out")
    _lock(project)
    locked = find_requirements(project, None)
    assert locked is not None
    install(replace(locked, excluded=SDK), X86_64, project / "locked")

    for folder in ("out", "locked"):
        assert {info.stem for info in (project / folder).glob("*.dist-info")} == {"native-1.0"}
    assert names_sdk(found)
    assert names_sdk(locked)


def test_an_sdk_that_only_the_developers_tools_need_is_not_spoken_of(project: Path) -> None:
    (project / "pyproject.toml").write_text(
        '[project]\nname = "shop"\nversion = "1"\nrequires-python = ">=3.11"\ndependencies = ["native"]\n'
        '[dependency-groups]\ndev = ["boto3"]\n'
    )
    _lock(project)
    locked = find_requirements(project, None)
    assert locked is not None

    assert "boto3" in locked.path.read_text("utf-8")
    assert not names_sdk(locked)
    assert names_sdk(with_parts(locked, extras=(), groups=("dev",)))


def test_dependencies_that_only_poetry_can_read_are_to_be_locked(project: Path) -> None:
    (project / "pyproject.toml").write_text('[tool.poetry.dependencies]\npython = "^3.11"\nflask = "^3"\n')

    with pytest.raises(PackageError, match=r"only Poetry can read; write poetry\.lock with 'poetry lock'"):
        find_requirements(project, None)


def test_a_list_has_no_extras_and_that_is_said(project: Path) -> None:
    (project / "requirements.txt").write_text("plain\n")
    found = find_requirements(project, None)
    assert found is not None

    with pytest.raises(PackageError, match=r"extras: requirements\.txt is a list and has no extras; name uv\.lock"):
        with_parts(found, extras=("more",), groups=())


def test_a_lock_of_pipenv_is_read(project: Path, wheelhouse: Path) -> None:
    digest = hashlib.sha256((wheelhouse / "plain-1.0-py3-none-any.whl").read_bytes()).hexdigest()
    plain = {"version": "==1.0", "hashes": [f"sha256:{digest}"], "markers": "python_version >= '3.8'"}
    lock = {"_meta": {}, "default": {"plain": plain}, "develop": {"native": {"version": "==1.0"}}}
    (project / "Pipfile.lock").write_text(json.dumps(lock))

    assert _install(project) == {"plain-1.0"}


def test_a_category_that_pipenvs_lock_lacks_is_told_with_those_it_has(project: Path) -> None:
    (project / "Pipfile.lock").write_text(json.dumps({"_meta": {}, "default": {}, "develop": {}}))
    found = find_requirements(project, None)
    assert found is not None

    with pytest.raises(PackageError, match=r"Pipfile\.lock has no category 'prod'; name one of those it has: develop"):
        install(replace(found, groups=("prod",)), X86_64, project / "out")


def test_a_lock_of_poetry_is_written_out_by_poetry(project: Path, poetry: Path) -> None:
    (project / "poetry.lock").write_text("")
    (project / "pyproject.toml").write_text('[project]\nname = "shop"\nversion = "1"\ndependencies = ["plain"]\n')

    assert _install(project) == {"plain-1.0"}
    assert poetry.read_text().split() == ["export", "--format", "requirements.txt", "--only", "main"]
