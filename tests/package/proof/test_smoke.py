from __future__ import annotations

import os
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from lambwsgi.package.archive import write_archive
from lambwsgi.package.errors import SmokeError
from lambwsgi.package.files.selection import Selection, select_files
from lambwsgi.package.files.travelling import travelling_files
from lambwsgi.package.platform.target import target_of
from lambwsgi.package.proof.smoke import Installed, Trial, smoke
from lambwsgi.settings.model import StageSettings

Smoke = Callable[..., list[str]]
HERE = f"Python 3.{sys.version_info.minor}"
ALL_WELL = f"proven with {HERE}: GET / answered 200 through every gateway"


@pytest.fixture
def smoke_project(project: Path, settings_for: Callable[..., StageSettings]) -> Callable[..., list[str]]:
    """Proves the project, which has no dependencies, and gives what is reported; keywords are settings."""

    def smoke_project(**values: object) -> list[str]:
        settings = settings_for(**values)
        archive = project.parent / "artifact.zip"
        ours = travelling_files(streaming=settings.streaming)
        write_archive({**select_files(project, Selection(exclude=settings.exclude)), **ours}, archive)
        reported: list[str] = []
        nothing = Installed(None, frozenset(), {})
        smoke(Trial(archive, settings, project, target_of(settings), nothing), reported.append)
        return reported

    return smoke_project


@pytest.mark.parametrize("gateway", ["function_url", "http_api", "rest_api"])
def test_the_application_is_asked_through_the_gateway_of_the_stage(
    project: Path, gateway: str, smoke_project: Smoke
) -> None:
    (project / "app.py").write_text(
        "def app(environ, start_response):\n"
        "    assert environ['PATH_INFO'] == '/health', environ['PATH_INFO']\n"
        "    assert environ['QUERY_STRING'] == 'deep=1'\n"
        "    start_response('204 No Content', [])\n"
        "    return []\n"
    )

    assert smoke_project(gateway=gateway, smoke_path="/health?deep=1") == [
        f"proven with {HERE}: GET /health?deep=1 answered 204 through every gateway"
    ]


BY_GATEWAY = """\
def app(environ, start_response):
    if {condition}:
        {deed}
    start_response("200 OK", [("Content-Type", "text/plain")])
    return [b"hello"]
"""


@pytest.mark.parametrize("streaming", [False, True], ids=["whole", "streaming"])
def test_the_application_is_asked_once_by_each_gateway_and_by_its_own_first(
    project: Path, smoke_project: Smoke, streaming: bool
) -> None:
    (project / "app.py").write_text(
        "from lambwsgi.adapter.gateways.table import detect\n"
        "asked = []\n\n"
        "def app(environ, start_response):\n"
        "    asked.append(detect(environ['lambwsgi.event'].content))\n"
        "    start_response(f'{200 if len(asked) == 1 else 300 + len(asked)} so', [])\n"
        "    return []\n"
    )

    assert smoke_project(gateway="rest_api", streaming=streaming) == [
        f"proven with {HERE}: GET / answered 200, but 302 through function_url, 303 through http_api,"
        " 304 through http_api_v1, 305 through alb, 306 through alb_multi_value, 307 through lattice_v1,"
        " 308 through lattice_v2, 309 through edge_viewer, 310 through edge_origin"
    ]


@pytest.mark.parametrize(
    ("deed", "told"),
    [("raise KeyError('arn')", "KeyError"), ("start_response('403 No', []); return []", "403")],
    ids=["an error", "a status"],
)
def test_what_another_gateway_would_be_answered_is_told_and_does_not_decide(
    project: Path, smoke_project: Smoke, deed: str, told: str
) -> None:
    balanced = "'elb' in (environ['lambwsgi.request_context'] or ())"
    (project / "app.py").write_text(BY_GATEWAY.format(condition=balanced, deed=deed))

    assert smoke_project() == [
        f"proven with {HERE}: GET / answered 200, but {told} through alb, {told} through alb_multi_value"
    ]


@pytest.mark.parametrize("deed", ["import os; os._exit(3)", "import time; time.sleep(600)"], ids=["ends", "hangs"])
def test_a_process_that_ends_or_hangs_after_its_own_gateway_was_answered_is_proven(
    project: Path, smoke_project: Smoke, deed: str
) -> None:
    another = "'http' not in (environ['lambwsgi.request_context'] or ())"
    (project / "app.py").write_text(BY_GATEWAY.format(condition=another, deed=deed))

    assert smoke_project() == [f"proven with {HERE}: GET / answered 200"]


def test_only_variables_of_lambda_and_of_the_stage_are_set(
    project: Path, monkeypatch: pytest.MonkeyPatch, plain_app: str, smoke_project: Smoke
) -> None:
    monkeypatch.setenv("SECRET_OF_THIS_MACHINE", "1")
    (project / "app.py").write_text(
        "import os\n"
        "assert 'SECRET_OF_THIS_MACHINE' not in os.environ\n"
        "assert 'HOME' not in os.environ\n"
        "assert os.environ['GREETING'] == 'hello'\n"
        "assert os.environ['AWS_LAMBDA_FUNCTION_NAME'] == 'hello-dev'\n"
        f"assert os.environ['AWS_EXECUTION_ENV'] == 'AWS_Lambda_python3.{sys.version_info.minor}'\n"
        f"{plain_app}"
    )

    assert smoke_project(environment={"GREETING": "hello"}) == [ALL_WELL]


def test_code_in_a_folder_of_pythonpath_is_found(project: Path, plain_app: str, smoke_project: Smoke) -> None:
    (project / "src").mkdir()
    (project / "src/app.py").write_text(plain_app)

    assert smoke_project(environment={"PYTHONPATH": "/var/task/src"}) == [ALL_WELL]


def test_a_failure_with_another_python_says_so(
    project: Path, smoke_project: Smoke, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", "")
    (project / "app.py").write_text("raise RuntimeError('not here')\n")

    with pytest.raises(
        SmokeError, match=r"If only this Python fails, put python3\.14 on PATH: it is taken when it is"
    ) as e:
        smoke_project(runtime="python3.14")

    assert f"with {HERE} of this machine, in place of Python 3.14 on Lambda x86_64: RuntimeError" in str(e.value)


def test_packages_of_this_machine_are_not_seen(project: Path, plain_app: str, smoke_project: Smoke) -> None:
    (project / "app.py").write_text(f"import flask\n{plain_app}")

    with pytest.raises(SmokeError) as caught:
        smoke_project()

    assert str(caught.value) == (
        f"app:app cannot be imported from the artifact, with {HERE}: ModuleNotFoundError: No module named 'flask'\n"
        "  app.py:1 in <module>: import flask\n"
        "Write a requirements.txt that names the distribution that has 'flask'; on this machine that is Flask."
    )


def test_the_sdk_that_lambda_brings_is_there(project: Path, plain_app: str, smoke_project: Smoke) -> None:
    (project / "app.py").write_text(f"import boto3, botocore\n{plain_app}")

    assert smoke_project() == [ALL_WELL]


def test_a_traceback_shows_the_frames_of_the_project_only(project: Path, smoke_project: Smoke) -> None:
    (project / "shop").mkdir()
    (project / "shop/__init__.py").write_text("")
    (project / "shop/models.py").write_text("import json\njson.loads('{')\n")
    (project / "app.py").write_text("import shop.models\n")

    with pytest.raises(SmokeError) as caught:
        smoke_project()

    assert str(caught.value) == (
        f"app:app cannot be imported from the artifact, with {HERE}: json.decoder.JSONDecodeError:"
        " Expecting property name enclosed in double quotes: line 1 column 2 (char 1)\n"
        "  app.py:1 in <module>: import shop.models\n"
        "  shop/models.py:2 in <module>: json.loads('{')\n"
        "There, as in Lambda, only the stage's 'environment' is set, and only /tmp can be written to."
    )


def test_code_that_does_not_parse_is_shown_where_it_stands(project: Path, smoke_project: Smoke) -> None:
    (project / "shop.py").write_text("x = 1\ny = (\n")
    (project / "app.py").write_text("import shop\n")

    with pytest.raises(SmokeError) as caught:
        smoke_project()

    assert str(caught.value).splitlines()[:3] == [
        f"app:app cannot be imported from the artifact, with {HERE}: SyntaxError: '(' was never closed",
        "  app.py:1 in <module>: import shop",
        "  shop.py:2: y = (",
    ]


def test_a_module_that_is_kept_out_is_told_from_one_that_is_missing(
    project: Path, plain_app: str, smoke_project: Smoke
) -> None:
    (project / "secrets_.py").write_text("")
    (project / "app.py").write_text(f"import secrets_\n{plain_app}")

    with pytest.raises(SmokeError, match=r"The project has 'secrets_', but \.gitignore or 'exclude' keeps it out"):
        smoke_project(exclude=["secrets_.py"])


def test_a_module_in_a_folder_that_is_not_searched_is_told_how_to_be_found(project: Path, smoke_project: Smoke) -> None:
    (project / "vendor").mkdir()
    (project / "vendor/prices.py").write_text("")
    (project / "app.py").write_text("import prices\n")

    with pytest.raises(SmokeError, match=r"in vendor/; `environment: {PYTHONPATH: /var/task/vendor}` finds it there"):
        smoke_project()


def test_a_name_that_leads_nowhere_is_told_with_the_names_there_are(
    project: Path, plain_app: str, smoke_project: Smoke
) -> None:
    (project / "app.py").write_text(plain_app.replace("def app", "def application"))

    with pytest.raises(SmokeError) as caught:
        smoke_project()

    assert "AppImportError: module 'app' has no 'app'; it has: application" in str(caught.value)
    assert str(caught.value).endswith("'app' in the settings names the application, as module:attribute.")


def test_an_application_that_leaves_while_it_is_imported_is_told(project: Path, smoke_project: Smoke) -> None:
    (project / "app.py").write_text("import sys\nsys.exit('no database')\n")

    with pytest.raises(SmokeError, match="SystemExit: no database"):
        smoke_project()


def test_a_process_that_dies_is_told_with_its_last_words(project: Path, smoke_project: Smoke) -> None:
    (project / "app.py").write_text("import os, sys\nsys.stderr.write('bye')\nsys.stderr.flush()\nos._exit(3)\n")

    with pytest.raises(SmokeError, match="app:app ended Python with exit code 3: bye"):
        smoke_project()


def test_a_factory_is_called_once(project: Path, plain_app: str, smoke_project: Smoke) -> None:
    (project / "app.py").write_text(
        f"calls = []\n{plain_app}\n\n"
        "def create_app():\n"
        "    calls.append(1)\n"
        "    assert len(calls) == 1\n"
        "    return app\n"
    )

    assert smoke_project(app="app:create_app()") == [ALL_WELL]


def test_an_error_in_the_answer_is_reported_and_does_not_stop_the_build(project: Path, smoke_project: Smoke) -> None:
    (project / "app.py").write_text("def app(environ, start_response):\n    raise RuntimeError('no database')\n")

    assert smoke_project() == [
        f"warning: proven with {HERE}, but GET / raised RuntimeError: no database\n"
        "  app.py:2 in app: raise RuntimeError('no database')"
    ]


def test_what_a_refusing_application_logged_last_is_shown(project: Path, smoke_project: Smoke) -> None:
    (project / "app.py").write_text(
        "def app(environ, start_response):\n"
        "    environ['wsgi.errors'].write('host not allowed\\n')\n"
        "    start_response('400 Bad Request', [])\n"
        "    return []\n"
    )

    assert smoke_project() == [
        f"proven with {HERE}: GET / answered 400 through every gateway; it logged: host not allowed"
    ]


@pytest.mark.skipif(os.name != "posix" or os.geteuid() == 0, reason="root may write anywhere")
def test_the_code_cannot_be_written_to(project: Path, plain_app: str, smoke_project: Smoke) -> None:
    (project / "app.py").write_text(f"open('new.txt', 'w')\n{plain_app}")

    with pytest.raises(SmokeError, match="PermissionError"):
        smoke_project()
