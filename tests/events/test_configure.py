from __future__ import annotations

import logging
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from lambwsgi.adapter.errors import LambWSGIError
from lambwsgi.events.configure import build_handler
from tests.events.cases import event_of

EVENT = event_of("function_url/captured_request")
APP = """
def app(environ, start_response):
    start_response("200 OK", [("Content-Type", "text/plain")])
    return [environ["SCRIPT_NAME"].encode()]
"""


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    monkeypatch.syspath_prepend(tmp_path)
    yield tmp_path
    sys.modules.pop("app_for_configure", None)


def test_the_variables_make_the_handler(folder: Path) -> None:
    (folder / "app_for_configure.py").write_text(APP)
    variables = {
        "LAMBWSGI_APP": "app_for_configure:app",
        "LAMBWSGI_BASE_PATH": "/capture",
        "LAMBWSGI_TRUSTED_HOPS": "2",
    }

    assert build_handler(variables)(EVENT, None)["body"] == "/capture"


def test_an_import_failure_is_logged_answered_and_tried_again(folder: Path, caplog: pytest.LogCaptureFixture) -> None:
    module = folder / "app_for_configure.py"
    module.write_text("import not_installed_anywhere\n")

    handler = build_handler({"LAMBWSGI_APP": "app_for_configure:app"})
    first = handler(EVENT, None)
    module.write_text(APP)
    second = handler(EVENT, None)

    assert (first["statusCode"], second["statusCode"]) == (500, 200)
    assert "not_installed_anywhere" not in first["body"]
    assert [record.levelno for record in caplog.records] == [logging.ERROR, logging.ERROR]


@pytest.mark.parametrize(
    ("variables", "words"),
    [
        ({}, "LAMBWSGI_APP is not set"),
        ({"LAMBWSGI_APP": "a:b", "LAMBWSGI_TRUSTED_HOPS": "many"}, "a whole number was expected"),
        ({"LAMBWSGI_APP": "a:b", "LAMBWSGI_BASE_PATH": "api"}, "LAMBWSGI_BASE_PATH"),
    ],
)
def test_a_wrong_variable_is_named(variables: dict[str, str], words: str) -> None:
    with pytest.raises(LambWSGIError, match=words):
        build_handler(variables)
