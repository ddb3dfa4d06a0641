from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path

import pytest

from lambwsgi.settings.detection import Detected
from lambwsgi.settings.errors import SettingsError
from lambwsgi.settings.project import load_project
from lambwsgi.settings.writing import write_settings, write_text

FLASK = Detected("app:app", "flask", "app.py:3", "hello", "python3.13", "the default")
DJANGO = replace(FLASK, app="mysite.wsgi:application", kind="django", django_settings="mysite.settings")


def test_what_is_written_loads_and_has_two_stages(tmp_path: Path) -> None:
    path = tmp_path / "lambwsgi.yml"

    text = write_settings(FLASK, path)

    project = load_project(path)
    assert path.read_text("utf-8") == text
    assert list(project.stages) == ["dev", "prod", "local"]
    assert project.pick("dev").app == "app:app"
    assert project.pick("dev").commands == frozenset()


def test_a_django_project_gets_its_settings_module_and_its_commands(tmp_path: Path) -> None:
    write_settings(DJANGO, tmp_path / "lambwsgi.yml")

    dev = load_project(tmp_path / "lambwsgi.yml").pick("dev")
    assert dev.environment == {"DJANGO_SETTINGS_MODULE": "mysite.settings"}
    assert dev.commands == {"manage"}


def test_a_project_in_src_gets_its_folder_on_the_path(tmp_path: Path) -> None:
    write_settings(replace(FLASK, in_source_folder=True), tmp_path / "lambwsgi.yml")

    dev = load_project(tmp_path / "lambwsgi.yml").pick("dev")
    assert dev.environment == {"PYTHONPATH": "/var/task/src"}
    assert dev.commands == frozenset()


@pytest.mark.parametrize("name", ["on", "null", "true"])
def test_a_project_may_be_called_by_a_word_of_yaml(tmp_path: Path, name: str) -> None:
    write_settings(replace(FLASK, project=name), tmp_path / "lambwsgi.yml")

    assert load_project(tmp_path / "lambwsgi.yml").pick("dev").project == name


def test_a_file_that_is_there_is_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "lambwsgi.yml"
    path.write_text("mine")

    with pytest.raises(SettingsError) as caught:
        write_settings(FLASK, path)

    assert path.read_text() == "mine"
    assert str(caught.value) == f"{path} exists already; edit it, or write it anew with 'lambwsgi init --force'"


def test_a_file_that_is_there_is_replaced_when_asked(tmp_path: Path) -> None:
    path = tmp_path / "lambwsgi.yml"
    path.write_text("mine")

    write_settings(FLASK, path, overwrite=True)

    assert load_project(path).pick("dev").project == "hello"
    assert [file.name for file in tmp_path.iterdir()] == ["lambwsgi.yml"]


def test_a_folder_that_does_not_exist_is_told(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match=r"lambwsgi\.yml cannot be written: No such file or directory$"):
        write_settings(FLASK, tmp_path / "gone" / "lambwsgi.yml")


def test_a_disk_that_neither_takes_nor_gives_is_one_error(tmp_path: Path) -> None:
    tmp_path.joinpath(f".lambwsgi.yml.{os.getpid()}").mkdir()

    with pytest.raises(SettingsError, match=r"lambwsgi\.yml cannot be written: Is a directory$"):
        write_text("project: shop\n", tmp_path / "lambwsgi.yml", overwrite=False)
