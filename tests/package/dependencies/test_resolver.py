from __future__ import annotations

import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
from uv import find_uv_bin

from lambwsgi.package.dependencies.requirements import find_requirements
from lambwsgi.package.dependencies.resolver import install, is_immutable, pin, pinned_versions
from lambwsgi.package.errors import PackageError, ResolveError
from lambwsgi.package.platform.target import Target, host_target, target_of
from lambwsgi.settings.model import Architecture, StageSettings

ARM64 = Target("3.13", Architecture.ARM64, "aarch64-manylinux_2_34")
X86_64 = Target("3.13", Architecture.X86_64, "x86_64-manylinux_2_34")
OLD = Target("3.11", Architecture.X86_64, "x86_64-manylinux_2_17")


def _install(project: Path, target: Target = X86_64, **pins: str) -> set[str]:
    """What was installed, as `name-version`."""
    requirements = find_requirements(project, None)
    assert requirements is not None
    folder = project.parent / "installed"
    install(requirements, target, folder, pins=pins)
    return {info.stem for info in folder.glob("*.dist-info")}


def _lock(project: Path) -> None:
    subprocess.run([find_uv_bin(), "lock", "--quiet"], cwd=project, check=True)


def test_a_list_of_requirements_is_installed_with_what_it_needs(project: Path) -> None:
    (project / "requirements.txt").write_text("needsplain\n")

    assert _install(project) == {"needsplain-1.0", "plain-1.0"}


def test_the_metadata_of_the_project_is_read_and_the_project_itself_left_out(project: Path) -> None:
    (project / "pyproject.toml").write_text('[project]\nname = "shop"\nversion = "1"\ndependencies = ["plain"]\n')

    assert _install(project) == {"plain-2.0"}


def test_a_lock_is_taken_as_it_is_even_when_there_are_newer_versions(project: Path) -> None:
    metadata = '[project]\nname = "shop"\nversion = "1"\nrequires-python = ">=3.11"\ndependencies = ["plain{bound}"]\n'
    (project / "pyproject.toml").write_text(metadata.replace("{bound}", "<2"))
    _lock(project)
    (project / "requirements.txt").write_text("native\n")

    assert _install(project) == {"plain-1.0"}


def test_development_groups_of_a_lock_stay_out(project: Path) -> None:
    (project / "pyproject.toml").write_text(
        '[project]\nname = "shop"\nversion = "1"\nrequires-python = ">=3.11"\ndependencies = ["plain"]\n'
        '[dependency-groups]\ndev = ["native"]\n'
    )
    _lock(project)

    assert _install(project) == {"plain-2.0"}


def test_lambwsgi_and_what_only_it_needs_are_never_resolved(project: Path) -> None:
    (project / "requirements.txt").write_text("plain\nlambwsgi[cli]>=99\n")

    assert _install(project) == {"plain-2.0"}


def test_lambwsgi_is_pruned_from_a_lock_with_what_only_it_needs(project: Path, wheelhouse: Path) -> None:
    fake = project / "fake"
    fake.mkdir()
    (fake / "pyproject.toml").write_text(
        '[project]\nname = "lambwsgi"\nversion = "1"\nrequires-python = ">=3.11"\ndependencies = ["needsplain"]\n'
    )
    (project / "pyproject.toml").write_text(
        '[project]\nname = "shop"\nversion = "1"\nrequires-python = ">=3.11"\ndependencies = ["native", "lambwsgi"]\n'
        '[tool.uv.sources]\nlambwsgi = {path = "fake"}\n'
    )
    _lock(project)

    assert _install(project) == {"native-1.0"}


def test_a_list_that_names_the_project_itself_means_what_the_project_depends_on(project: Path) -> None:
    (project / "pyproject.toml").write_text('[project]\nname = "shop"\nversion = "1"\ndependencies = ["plain"]\n')
    (project / "requirements.txt").write_text("-e .\nnative\n")

    assert _install(project) == {"native-1.0", "plain-2.0"}


def test_paths_in_a_list_are_relative_to_the_project_wherever_the_list_lies(project: Path) -> None:
    (project / "pyproject.toml").write_text('[project]\nname = "shop"\nversion = "1"\ndependencies = ["plain"]\n')
    (project / "requirements").mkdir()
    (project / "requirements/prod.txt").write_text("-r common.txt\n-e .\n")
    (project / "requirements/common.txt").write_text("native\n")
    requirements = find_requirements(project, "requirements/prod.txt")
    assert requirements is not None

    install(requirements, X86_64, project / "out")

    assert {info.stem for info in (project / "out").glob("*.dist-info")} == {"native-1.0", "plain-2.0"}


@pytest.mark.parametrize(
    ("target", "built_for"),
    [
        pytest.param(ARM64, "cp313-cp313-manylinux_2_34_aarch64", id="arm64"),
        pytest.param(X86_64, "cp313-cp313-manylinux_2_34_x86_64", id="x86_64"),
        pytest.param(OLD, "py3-none-any", id="another Python"),
    ],
)
def test_wheels_are_those_of_the_target_and_not_of_this_machine(project: Path, target: Target, built_for: str) -> None:
    (project / "requirements.txt").write_text("native\n")

    _install(project, target)

    assert (project.parent / "installed/native/built_for.txt").read_text() == built_for


def test_what_is_pinned_is_known_by_version_and_hash(project: Path) -> None:
    (project / "requirements.txt").write_text("needsplain\n")
    requirements = find_requirements(project, None)
    assert requirements is not None

    pinned = pin(requirements, X86_64)

    assert pinned_versions(pinned) == {"needsplain": "1.0", "plain": "1.0"}
    assert pinned.count("--hash=sha256:") == 2
    assert is_immutable(pinned)


@pytest.mark.parametrize("line", ["./lib", "-e ./lib", "lib @ file:///lib", "lib @ git+https://example.org/lib@abc"])
def test_what_may_change_under_its_name_is_not_immutable(line: str) -> None:
    assert not is_immutable(f"plain==1.0\n{line}\n")


def test_pins_win_over_newer_versions(project: Path) -> None:
    (project / "requirements.txt").write_text("plain\n")

    assert _install(project, host_target(), plain="1.0") == {"plain-1.0"}


@pytest.mark.parametrize("name", ["sourceonly", "windowsonly"])
def test_a_distribution_without_a_wheel_is_named_with_the_target_and_the_ways_out(project: Path, name: str) -> None:
    (project / "requirements.txt").write_text(f"plain\n{name}\n")

    with pytest.raises(ResolveError) as caught:
        _install(project, ARM64)

    assert caught.value.distribution == name
    assert str(caught.value).startswith(
        f"{name}, asked for by requirements.txt, has no wheel for Python 3.13 on Lambda arm64"
    )
    assert "--find-links" in str(caught.value)


def test_a_wheel_for_a_newer_glibc_than_the_runtime_has_is_refused(project: Path) -> None:
    (project / "requirements.txt").write_text("newglibc\n")

    assert _install(project, X86_64) == {"newglibc-1.0"}
    with pytest.raises(ResolveError, match=r"newglibc, asked for by requirements\.txt, has no wheel for Python 3\.11"):
        _install(project, OLD)


def test_versions_that_contradict_each_other_are_told_in_uvs_own_words(project: Path) -> None:
    (project / "requirements.txt").write_text("plain==1.0\nplain==2.0\n")

    with pytest.raises(ResolveError) as caught:
        _install(project)

    assert str(caught.value) == (
        "the dependencies in requirements.txt cannot be installed for Python 3.13 on Lambda x86_64: Because you require"
        " plain==1.0 and plain==2.0, we can conclude that your requirements are unsatisfiable."
    )


def test_an_index_that_does_not_answer_is_told_as_such(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (project / "uv.toml").write_text("")
    monkeypatch.setenv("UV_CONFIG_FILE", str(project / "uv.toml"))
    monkeypatch.setenv("UV_DEFAULT_INDEX", "http://127.0.0.1:9/simple")
    monkeypatch.setenv("UV_HTTP_RETRIES", "0")
    (project / "requirements.txt").write_text("plain\n")

    with pytest.raises(
        ResolveError, match=r"requirements\.txt could not be fetched: the package index does not answer"
    ):
        _install(project)


def test_the_first_of_the_known_files_is_read(project: Path) -> None:
    (project / "pyproject.toml").write_text('[project]\nname = "shop"\nversion = "1"\ndependencies = ["plain"]\n')
    (project / "requirements.txt").write_text("")

    assert str(find_requirements(project, None)) == "requirements.txt"
    assert str(find_requirements(project, "pyproject.toml")) == "pyproject.toml"


def test_a_project_without_dependencies_is_fine(project: Path) -> None:
    (project / "pyproject.toml").write_text("[tool.ruff]\nline-length = 100\n")

    assert find_requirements(project, None) is None


def test_a_named_file_that_is_missing_is_an_error(project: Path) -> None:
    with pytest.raises(PackageError, match=r"requirements: there is no file requirements/prod\.txt in "):
        find_requirements(project, "requirements/prod.txt")


def test_the_lock_of_another_tool_is_told_how_to_be_written_out(project: Path) -> None:
    (project / "pdm.lock").write_text("")

    with pytest.raises(PackageError, match=r"pdm\.lock is not read by lambwsgi; write its content out with 'pdm"):
        find_requirements(project, None)


@pytest.mark.parametrize(
    ("runtime", "architecture", "platform"),
    [
        ("python3.11", "x86_64", "x86_64-manylinux_2_17"),
        ("python3.12", "x86_64", "x86_64-manylinux_2_34"),
        ("python3.13", "arm64", "aarch64-manylinux_2_34"),
        ("python3.14", "arm64", "aarch64-manylinux_2_34"),
    ],
)
def test_the_platform_is_that_of_the_runtimes_operating_system(
    runtime: str, architecture: str, platform: str, settings_for: Callable[..., StageSettings]
) -> None:
    target = target_of(settings_for(runtime=runtime, architecture=architecture))

    assert (f"python{target.python_version}", target.platform) == (runtime, platform)
