from __future__ import annotations

import os
from pathlib import Path

import pytest

from lambwsgi.package.errors import SelectError
from lambwsgi.package.files.selection import Selection, select_files


def _write(folder: Path, *names: str) -> None:
    for name in names:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text("")


def test_files_are_named_by_their_path_below_the_project(project: Path) -> None:
    _write(project, "app.py", "shop/views.py", "static/räksmörgås 1.txt")

    assert list(select_files(project)) == ["app.py", "shop/views.py", "static/räksmörgås 1.txt"]


@pytest.mark.parametrize(
    "name",
    [
        ".git/HEAD",
        ".venv/lib/x.py",
        "shop/__pycache__/x.cpython-313.pyc",
        "x.pyc",
        ".lambwsgi/hello-dev.zip",
        "lambwsgi.yml",
        "node_modules/left/pad.js",
        ".env",
        ".env.production",
        ".pytest_cache/x",
        ".mypy_cache/x",
        ".python-version",
        "shop.egg-info/PKG-INFO",
    ],
)
def test_what_no_application_needs_stays_out_even_when_included(project: Path, name: str) -> None:
    _write(project, "app.py", name)

    assert list(select_files(project, Selection(include=["**"]))) == ["app.py"]


def test_a_virtual_environment_is_known_by_its_configuration_whatever_its_name(project: Path) -> None:
    _write(project, "app.py", "python-here/pyvenv.cfg", "python-here/lib/x.py")

    assert list(select_files(project)) == ["app.py"]


def test_gitignore_files_are_respected_nested_ones_and_negations_too(project: Path) -> None:
    _write(project, "app.py", "a.log", "keep.log", "shop/b.log", "shop/data/big.bin", "shop/data/small.bin")
    (project / ".gitignore").write_text("*.log\n!keep.log\n")
    (project / "shop/.gitignore").write_text("data/*\n!data/small.bin\n!b.log\n")

    assert list(select_files(project)) == ["app.py", "keep.log", "shop/b.log", "shop/data/small.bin"]


def test_nothing_below_an_ignored_folder_comes_back_by_negation(project: Path) -> None:
    _write(project, "app.py", "build/keep.js")
    (project / ".gitignore").write_text("build/\n!build/keep.js\n")

    assert list(select_files(project)) == ["app.py"]


def test_include_brings_back_what_gitignore_names(project: Path) -> None:
    _write(project, "app.py", "build/site/main.js", "build/other.js", "static/gone.css")
    (project / ".gitignore").write_text("build/\nstatic/\n")

    chosen = select_files(project, Selection(include=["build/site/**"]))

    assert list(chosen) == ["app.py", "build/site/main.js"]


def test_an_included_folder_comes_with_all_that_is_in_it(project: Path) -> None:
    _write(project, "app.py", "build/site/main.js", "build/other.js")
    (project / ".gitignore").write_text("build/\n")

    assert list(select_files(project, Selection(include=["build/"]))) == [
        "app.py",
        "build/other.js",
        "build/site/main.js",
    ]


def test_exclude_wins_over_all(project: Path) -> None:
    _write(project, "app.py", "media/a.mp4", "media/b.txt")

    assert list(select_files(project, Selection(include=["media/"], exclude=["*.mp4"]))) == ["app.py", "media/b.txt"]


def test_patterns_of_the_repository_around_the_project_count_by_name(project: Path) -> None:
    (project.parent / ".git").mkdir()
    (project.parent / ".gitignore").write_text("*.sqlite3\n/project\n")
    _write(project, "app.py", "db.sqlite3")

    assert list(select_files(project)) == ["app.py"]


def test_the_artifact_itself_stays_out(project: Path) -> None:
    _write(project, "app.py", "out.zip")

    assert list(select_files(project, Selection(output=project / "out.zip"))) == ["app.py"]


def test_links_inside_the_project_are_followed(project: Path) -> None:
    _write(project, "app.py", "shared/logo.svg")
    (project / "static").symlink_to("shared")
    (project / "main.py").symlink_to("app.py")

    assert list(select_files(project)) == ["app.py", "main.py", "shared/logo.svg", "static/logo.svg"]


def test_a_link_out_of_the_project_is_an_error_that_says_what_to_do(project: Path) -> None:
    _write(project.parent, "secret.txt")
    (project / "link.txt").symlink_to("../secret.txt")

    with pytest.raises(SelectError) as caught:
        select_files(project)

    assert caught.value.path == "link.txt"
    assert str(caught.value) == (
        f"link.txt: this symbolic link leads out of the project, to {project.parent / 'secret.txt'};"
        " put the file itself there, or name it under 'exclude'"
    )


def test_an_excluded_link_does_no_harm(project: Path) -> None:
    _write(project, "app.py")
    (project / "link.txt").symlink_to("../secret.txt")

    assert list(select_files(project, Selection(exclude=["link.txt"]))) == ["app.py"]


def test_a_link_to_nowhere_is_an_error(project: Path) -> None:
    (project / "link.txt").symlink_to("gone.txt")

    with pytest.raises(SelectError, match=r"^link\.txt: this symbolic link leads to gone\.txt, which does not exist"):
        select_files(project)


def test_a_link_to_itself_is_an_error(project: Path) -> None:
    (project / "loop").symlink_to("loop")

    with pytest.raises(SelectError, match=r"^loop: this symbolic link leads to loop, which does not exist"):
        select_files(project)


def test_a_link_to_a_folder_around_it_is_an_error_and_no_endless_walk(project: Path) -> None:
    _write(project, "shop/views.py")
    (project / "shop/again").symlink_to("..")

    with pytest.raises(SelectError, match=r"^shop/again: this symbolic link leads to a folder that holds it"):
        select_files(project)


def test_pipes_are_passed_over(project: Path) -> None:
    _write(project, "app.py")
    os.mkfifo(project / "pipe")

    assert list(select_files(project)) == ["app.py"]


def test_a_name_that_a_zip_cannot_bear_is_an_error(project: Path) -> None:
    Path(os.fsdecode(os.fsencode(project) + b"/caf\xe9.txt")).write_text("")

    with pytest.raises(SelectError) as caught:
        select_files(project)

    assert str(caught.value) == "caf\\xe9.txt: this name is not UTF-8, as it has to be in a zip; rename the file"
