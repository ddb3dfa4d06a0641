from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest

from lambwsgi.settings.applications import find_applications
from lambwsgi.settings.python_files import read_sources

MANAGE = 'import os\n\nos.environ.setdefault("DJANGO_SETTINGS_MODULE", "mysite.settings")\n'
FLASK = "from flask import Flask\n\napp = Flask(__name__)\n"
FACTORY = "from flask import Flask\n\n\ndef create_app():\n    return Flask(__name__)\n"
PYRAMID = """from pyramid.config import Configurator


def main(global_config, **settings):
    with Configurator(settings=settings) as config:
        return config.make_wsgi_app()
"""


def _found(folder: Path, files: Mapping[str, str]) -> list[tuple[str, str, str]]:
    """The applications as (what, kind, where)."""
    for name, text in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text)
    return [(one.app, one.kind, f"{one.file}:{one.line}") for one in find_applications(read_sources(folder))]


@pytest.mark.parametrize(
    ("files", "expected"),
    [
        pytest.param({"app.py": FLASK}, ("app:app", "flask", "app.py:3"), id="a Flask application"),
        pytest.param(
            {"shop/__init__.py": "import flask as f\nsite: f.Flask = f.Flask('shop')\n"},
            ("shop:site", "flask", "shop/__init__.py:2"),
            id="in a package, annotated, under another name",
        ),
        pytest.param(
            {"a.py": "from flask import Flask as F\napplication = app = F(__name__)\n"},
            ("a:application", "flask", "a.py:2"),
            id="with two names",
        ),
        pytest.param({"shop.py": FACTORY}, ("shop:create_app()", "flask", "shop.py:4"), id="a factory"),
        pytest.param(
            {"src/shop/__init__.py": FACTORY, "src/shop/views.py": "from . import models\n"},
            ("shop:create_app()", "flask", "src/shop/__init__.py:4"),
            id="in a package below src",
        ),
        pytest.param(
            {"src/__init__.py": "", "src/app.py": FLASK},
            ("src.app:app", "flask", "src/app.py:3"),
            id="in src, which is a package",
        ),
        pytest.param(
            {"src/app.py": FLASK, "wsgi.py": "from src.app import app as application\n"},
            ("src.app:app", "flask", "src/app.py:3"),
            id="in src, which is imported as a package",
        ),
        pytest.param(
            {"src/app.py": f"from . import models\n{FLASK}"},
            ("src.app:app", "flask", "src/app.py:4"),
            id="in src, which is a package for its own modules",
        ),
        pytest.param(
            {"shop.py": FACTORY.replace("create_app()", "make_app(config=None, *, debug=False)")},
            ("shop:make_app()", "flask", "shop.py:4"),
            id="a factory with defaults",
        ),
        pytest.param(
            {"shop.py": FACTORY, "wsgi.py": "from shop import create_app\napp = create_app()\n"},
            ("wsgi:app", "flask", "wsgi.py:2"),
            id="what a factory made, before the factory",
        ),
        pytest.param(
            {"manage.py": MANAGE, "mysite/settings.py": "", "mysite/wsgi.py": "application = 1\n"},
            ("mysite.wsgi:application", "django", "manage.py:3"),
            id="a Django project",
        ),
        pytest.param(
            {"manage.py": MANAGE, "mysite/settings.py": 'WSGI_APPLICATION = "mysite.web.entry"\n'},
            ("mysite.web:entry", "django", "manage.py:3"),
            id="a Django project that names its application",
        ),
        pytest.param(
            {
                "manage.py": MANAGE.replace("mysite.settings", "mysite.settings.dev"),
                "mysite/settings/dev.py": "",
                "mysite/wsgi.py": "",
            },
            ("mysite.wsgi:application", "django", "manage.py:3"),
            id="a Django project with a package of settings",
        ),
        pytest.param(
            {"manage.py": MANAGE, "mysite/settings.py": "", "mysite/wsgi.py": "", "tool.py": FLASK},
            ("mysite.wsgi:application", "django", "manage.py:3"),
            id="a Django project before a Flask application",
        ),
        pytest.param(
            {"wsgi.py": "import shop\napp = application = shop.make()\n"},
            ("wsgi:application", "wsgi", "wsgi.py:2"),
            id="a name in wsgi.py",
        ),
        pytest.param(
            {"site.py": "from bottle import default_app, route\n\nsite = default_app()\n"},
            ("site:site", "wsgi", "site.py:3"),
            id="Bottle's default application",
        ),
        pytest.param(
            {"api/server.py": "import falcon\napi = falcon.App(cors_enable=True)\n"},
            ("api.server:api", "wsgi", "api/server.py:2"),
            id="a Falcon application",
        ),
        pytest.param(
            {"app.py": "from pyramid.config import Configurator\napp = Configurator().make_wsgi_app()\n"},
            ("app:app", "wsgi", "app.py:2"),
            id="what Pyramid's configurator made",
        ),
        pytest.param(
            {"shop/__init__.py": PYRAMID.replace("global_config", "global_config=None")},
            ("shop:main()", "wsgi", "shop/__init__.py:4"),
            id="a function in which Pyramid's configurator makes it",
        ),
        pytest.param(
            {"shop/__init__.py": PYRAMID, "wsgi.py": "from shop import main\napplication = main({})\n"},
            ("wsgi:application", "wsgi", "wsgi.py:2"),
            id="a wsgi.py that gives a function what it needs",
        ),
        pytest.param(
            {"app.py": "from flask import Flask\nclass Shop(Flask): ...\napp = Shop(__name__)\n"},
            ("app:app", "flask", "app.py:3"),
            id="a subclass of Flask",
        ),
        pytest.param(
            {"site.py": "def application(environ, start_response):\n    return []\n"},
            ("site:application", "wsgi", "site.py:1"),
            id="a function that takes start_response",
        ),
    ],
)
def test_the_application_is_found(tmp_path: Path, files: dict[str, str], expected: tuple[str, str, str]) -> None:
    assert _found(tmp_path, files) == [expected]


@pytest.mark.parametrize(
    "files",
    [
        pytest.param({".venv/app.py": FLASK, "env/pyvenv.cfg": "", "env/lib/app.py": FLASK}, id="virtual environments"),
        pytest.param({"tests/app.py": FLASK, "test_app.py": FLASK, "conftest.py": FLASK}, id="tests"),
        pytest.param({"node_modules/x/app.py": FLASK, ".hidden/app.py": FLASK}, id="folders of others"),
        pytest.param({"app.py": "app = Flask(__name__)\n"}, id="a Flask of another origin"),
        pytest.param({"app.py": "from flask import Flask\napp = Flask("}, id="a file that does not parse"),
        pytest.param({"shop.py": FACTORY.replace("create_app()", "create_app(config)")}, id="a factory with arguments"),
        pytest.param({"manage.py": MANAGE}, id="a Django project without a wsgi module"),
    ],
)
def test_what_is_no_application_is_passed_over(tmp_path: Path, files: dict[str, str]) -> None:
    assert _found(tmp_path, files) == []


def test_two_applications_are_both_found(tmp_path: Path) -> None:
    found = _found(tmp_path, {"admin.py": FLASK, "shop/__init__.py": FLASK})

    assert found == [("admin:app", "flask", "admin.py:3"), ("shop:app", "flask", "shop/__init__.py:3")]


def test_no_code_of_the_project_is_run(tmp_path: Path) -> None:
    trace = tmp_path / "trace"

    _found(tmp_path, {"app.py": f"open({str(trace)!r}, 'w')\n{FLASK}"})

    assert not trace.exists()
