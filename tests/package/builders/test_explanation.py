"""Why a file is in the artifact or not, in one line that can be acted upon."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from lambwsgi.package.builders.assembly import StageBuild
from lambwsgi.package.builders.explanation import explain_path, name_of
from lambwsgi.package.errors import PackageError
from lambwsgi.package.platform.target import host_target
from lambwsgi.settings.model import StageSettings

Explain = Callable[..., str]
TAG = sys.implementation.cache_tag


@pytest.fixture
def explain(project: Path, settings_for: Callable[..., StageSettings]) -> Explain:
    """Explains a file of a project that ignores `build/` and `*.log` and depends on `needsplain`."""
    for name in ("app.py", "build/site.js", "notes/a.log", "draft.txt", "kept.log", "plain/__init__.py"):
        (project / name).parent.mkdir(exist_ok=True)
        (project / name).write_text("")
    (project / ".gitignore").write_text("build/\n")
    (project / "notes/.gitignore").write_text("*.log\n")
    (project / "requirements.txt").write_text("needsplain\n")

    def explain(path: str, **values: object) -> str:
        settings = settings_for(exclude=["draft.*"], **values)
        return explain_path(StageBuild(settings, project, project / "out.zip", host_target()), Path(path))

    return explain


@pytest.mark.parametrize(
    ("path", "told"),
    [
        ("app.py", "app.py goes in: a file of the project"),
        ("draft.txt", "draft.txt stays out: 'exclude' in the settings has 'draft.*'"),
        ("build/site.js", "build/site.js stays out: build/: .gitignore has 'build/'"),
        ("notes/a.log", "notes/a.log stays out: notes/.gitignore has '*.log'"),
        (".gitignore", ".gitignore stays out: files and folders of this name never go in"),
        ("lambwsgi/entrypoint.py", "lambwsgi/entrypoint.py goes in: it is of the part of lambwsgi that runs in Lambda"),
        (
            "needsplain.py",
            "needsplain.py goes in, beside the code: a file of needsplain 1.0, asked for by requirements.txt",
        ),
        (
            "plain-1.0.dist-info/METADATA",
            "plain-1.0.dist-info/METADATA goes in, beside the code: a file of plain 1.0, required by needsplain",
        ),
        (
            "plain-1.0.dist-info/RECORD",
            "plain-1.0.dist-info/RECORD stays out: a file of plain 1.0, required by needsplain, which a running"
            " application does not read",
        ),
        (
            "plain/__init__.py",
            "plain/__init__.py goes in: a file of the project\n"
            "that of plain 1.0, required by needsplain, stays out: the project's takes its place",
        ),
        (
            f"__pycache__/app.{TAG}.pyc",
            f"__pycache__/app.{TAG}.pyc goes in: bytecode of app.py\napp.py goes in: a file of the project",
        ),
        (
            f"__pycache__/needsplain.{TAG}.pyc",
            f"__pycache__/needsplain.{TAG}.pyc goes in, beside the code: bytecode of needsplain.py\n"
            "needsplain.py goes in, beside the code: a file of needsplain 1.0, asked for by requirements.txt",
        ),
    ],
)
def test_each_file_has_its_reason(explain: Explain, path: str, told: str) -> None:
    assert explain(path) == told


def test_what_include_brings_back_names_both_rules(explain: Explain) -> None:
    assert explain("build/site.js", include=["build/"]) == (
        "build/site.js goes in: a file of the project; 'include' in the settings has 'build/', although .gitignore has"
        " 'build/'"
    )


def test_a_file_in_the_layer_is_told_to_be_there(project: Path, explain: Explain) -> None:
    (project / "plain/__init__.py").unlink()

    assert explain("needsplain.py", layer=True).startswith("needsplain.py goes in, in the layer: ")
    assert explain(".lambwsgi-layer", layer=True).endswith("it names the layer that the code needs")


def test_a_name_that_nobody_knows_is_an_error(explain: Explain) -> None:
    with pytest.raises(
        PackageError, match=r"^nosuch\.py: neither the project nor a dependency has a file of this name"
    ):
        explain("nosuch.py")


def test_a_path_is_named_from_the_project_wherever_one_stands(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (project / "shop").mkdir()
    monkeypatch.chdir(project / "shop")

    assert name_of(Path("views.py"), project) == "shop/views.py"
    assert name_of(project / "app.py", project) == "app.py"
