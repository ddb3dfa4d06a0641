from __future__ import annotations

import re
import sys
from pathlib import Path

import pytest

from lambwsgi.settings.detection import detect, valid_project_name
from lambwsgi.settings.errors import SettingsError

FLASK = "from flask import Flask\n\napp = Flask(__name__)\n"
HERE = f"python3.{sys.version_info.minor}"


@pytest.fixture
def project(tmp_path: Path) -> Path:
    folder = tmp_path / "Hello Flask"
    folder.mkdir()
    (folder / "app.py").write_text(FLASK)
    return folder


def test_a_plain_project_is_known_by_its_folder_and_this_python(project: Path) -> None:
    found = detect(project)

    assert (found.app, found.kind, found.app_source) == ("app:app", "flask", "app.py:3")
    assert found.project == "hello-flask"
    assert (found.runtime, found.runtime_source) == (HERE, "the Python that runs lambwsgi")


def test_a_file_that_is_not_python_is_named_where_no_application_is_found(project: Path) -> None:
    (project / "app.py").write_text(FLASK + "print(\n")

    with pytest.raises(
        SettingsError, match=r"These files are not valid Python; fix them first:\n  app\.py:4: '\(' was never"
    ):
        detect(project)


def test_the_name_in_pyproject_wins_over_the_folder(project: Path) -> None:
    (project / "pyproject.toml").write_text('[project]\nname = "Web.Shop"\n')

    assert detect(project).project == "web-shop"


@pytest.mark.parametrize("text", ["3.12\n", "3.12.4\n", "cpython-3.12.1-linux\n"])
def test_a_pinned_python_is_taken(project: Path, text: str) -> None:
    (project / ".python-version").write_text(text)

    found = detect(project)

    assert (found.runtime, found.runtime_source) == ("python3.12", ".python-version")


def test_a_pinned_python_that_lambda_does_not_have_is_not_taken(project: Path) -> None:
    (project / ".python-version").write_text("3.8\n")

    assert detect(project).runtime == HERE


@pytest.mark.parametrize(
    ("required", "runtime"),
    [
        (">=3.14", "python3.14"),
        ("==3.12.*", "python3.12"),
        (">=3.12,<3.13", "python3.12"),
        ("~=3.14", "python3.14"),
        (">=3.99", HERE),
    ],
)
def test_the_python_that_the_project_requires_is_taken(project: Path, required: str, runtime: str) -> None:
    (project / "pyproject.toml").write_text(f'[project]\nname = "x"\nrequires-python = "{required}"\n')

    assert detect(project).runtime == runtime


def test_a_named_application_needs_no_search(tmp_path: Path) -> None:
    found = detect(tmp_path, app="shop.web:create()", project="My Shop")

    assert (found.app, found.kind, found.app_source, found.project) == ("shop.web:create()", "wsgi", "--app", "my-shop")


def test_a_named_application_decides_between_two(project: Path) -> None:
    (project / "admin.py").write_text(FLASK)

    found = detect(project, app="admin:app")

    assert (found.app, found.kind, found.app_source) == ("admin:app", "flask", "admin.py:3")


def test_two_applications_are_an_error_that_names_both_and_the_way_to_choose(project: Path) -> None:
    (project / "admin.py").write_text(FLASK)

    with pytest.raises(SettingsError) as caught:
        detect(project)

    assert str(caught.value) == (
        "2 applications were found: admin:app (admin.py:3), app:app (app.py:3);"
        " choose one, as in 'lambwsgi init --app admin:app'"
    )


def test_two_applications_in_folders_of_their_own_may_be_two_projects(project: Path) -> None:
    for folder in ("admin", "shop"):
        (project / folder).mkdir()
        (project / folder / "app.py").write_text((project / "app.py").read_text())
    (project / "app.py").unlink()

    with pytest.raises(SettingsError, match=r", or run lambwsgi in the folder of one, where its requirements are$"):
        detect(project)


def test_no_application_is_an_error_that_says_where_was_looked_and_what_to_do(project: Path) -> None:
    (project / "app.py").write_text("")

    with pytest.raises(SettingsError) as caught:
        detect(project)

    assert str(caught.value) == (
        f"no WSGI application was found in {project} (1 Python file read): neither one of Flask, Bottle, Falcon or"
        " Pyramid at the top of a module, nor a create_app, nor a Django manage.py, nor a wsgi.py with an"
        " 'application'; name it with 'lambwsgi init --app module:attribute'"
    )


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        pytest.param(
            "from flask import Flask\n\ndef create_app(config, *, debug, cache=None): return Flask('shop')\n",
            "app:create_app (app.py:3) makes an application, but needs config, debug, and",
            id="Flask",
        ),
        pytest.param(
            "def main(global_config, **settings): return configure(settings).make_wsgi_app()\n",
            "app:main (app.py:1) makes an application, but needs global_config, and",
            id="Pyramid",
        ),
    ],
)
def test_a_factory_that_needs_arguments_is_told_with_what_to_write(project: Path, source: str, expected: str) -> None:
    (project / "app.py").write_text(source)

    with pytest.raises(SettingsError, match=re.escape(expected)) as caught:
        detect(project)

    assert str(caught.value).partition("write ")[2].startswith("a wsgi.py that calls it: from app import ")


def test_the_name_that_poetry_keeps_wins_over_the_folder(project: Path) -> None:
    (project / "pyproject.toml").write_text('[tool.poetry]\nname = "web-shop"\n')

    assert detect(project).project == "web-shop"


def test_a_name_of_another_form_is_an_error(project: Path) -> None:
    with pytest.raises(SettingsError, match=r"^--app: 'app\.py' is not of the form module:attribute, as in 'app:app'$"):
        detect(project, app="app.py")


@pytest.mark.parametrize(
    ("name", "valid"),
    [
        ("Hello Flask_2", "hello-flask-2"),
        ("3d-shop", "app-3d-shop"),
        ("räksmörgås", "raksmorgas"),
        ("Größe", "grosse"),
        ("商店", "app"),
        ("***", "app"),
        ("x" * 39 + "-y", "x" * 39),
    ],
)
def test_any_name_is_made_one_that_a_stack_may_bear(name: str, valid: str) -> None:
    assert valid_project_name(name) == valid


@pytest.mark.parametrize(
    "source",
    [
        "from fastapi import FastAPI\n\napi = FastAPI()\n",
        "import fastapi as fast\n\napi = fast.FastAPI()\n",
        "from starlette.applications import Starlette\n\napi = Starlette()\n",
        "import falcon.asgi\n\napi = falcon.asgi.App()\n",
    ],
    ids=["FastAPI", "a module by another name", "Starlette", "Falcon's for ASGI"],
)
def test_an_asgi_application_is_told_with_what_to_use_instead(project: Path, source: str) -> None:
    (project / "app.py").write_text(source)

    with pytest.raises(SettingsError, match=r"^app:api \(app.py:3\) is an ASGI application, .* such as mangum"):
        detect(project)


def test_a_wsgi_application_beside_an_asgi_one_is_taken(project: Path) -> None:
    (project / "live.py").write_text("from fastapi import FastAPI\n\napi = FastAPI()\n")

    assert detect(project).app == "app:app"
