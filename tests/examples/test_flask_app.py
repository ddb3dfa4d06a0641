"""The Flask example through every gateway: what the client gets is what the application gave."""

from __future__ import annotations

import hashlib
import importlib.util
import sys
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest

from lambwsgi.testing import LambdaClient

FOLDER = Path(__file__).parents[2] / "examples" / "flask_app"
EVERY_BYTE = bytes(range(256)) * 40


@pytest.fixture(scope="module")
def app() -> Iterator[Any]:
    spec = importlib.util.spec_from_file_location("swatches_app", FOLDER / "app.py")
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    sys.modules["swatches_app"] = module
    spec.loader.exec_module(module)
    yield module.app
    del sys.modules["swatches_app"]


@pytest.fixture(params=["function_url", "http_api", "rest_api", "alb", "alb_multi_value"])
def client(app: Any, request: pytest.FixtureRequest) -> LambdaClient:
    return LambdaClient(app, gateway=request.param)


def test_the_first_page_and_its_style_sheet(client: LambdaClient) -> None:
    page = client.get("/")
    style = client.get("/static/style.css")

    assert page.status_code == 200
    assert "Your colour is #5b8c5a" in page.text
    assert style.content_type.startswith("text/css")
    assert style.text == (FOLDER / "static" / "style.css").read_text()


def test_the_form_redirects_sets_a_cookie_and_flashes(client: LambdaClient) -> None:
    answer = client.post("/colour", data={"colour": "#6FA8DC"})
    page = client.get("/")

    assert answer.status_code == 302
    assert answer.location.endswith("/")
    assert len(answer.headers.getlist("Set-Cookie")) == 2
    assert "#6fa8dc it is." in page.text
    assert "Your colour is #6fa8dc" in page.text


def test_the_download_is_a_png_byte_for_byte(client: LambdaClient, app: Any) -> None:
    answer = client.get("/swatch.png?size=64")

    assert answer.data == app.test_client().get("/swatch.png?size=64").data
    assert answer.data.startswith(b"\x89PNG")
    assert answer.headers["Content-Disposition"] == "attachment; filename=swatch.png"


def test_an_upload_arrives_byte_for_byte(client: LambdaClient) -> None:
    answer = client.post("/upload", data={"file": (BytesIO(EVERY_BYTE), "every byte é.bin")})

    assert answer.status_code == 200
    assert hashlib.sha256(EVERY_BYTE).hexdigest() in answer.text
    assert "every byte é.bin" in answer.text


def test_json_names_the_client(client: LambdaClient) -> None:
    told = client.get("/api/colours").get_json()

    assert told["chosen"] == "#5b8c5a"
    assert told["you"] == "127.0.0.1"


@pytest.mark.parametrize(("method", "path", "status"), [("GET", "/nowhere", 404), ("POST", "/colour", 400)])
def test_errors_keep_their_status(client: LambdaClient, method: str, path: str, status: int) -> None:
    assert client.open(path, method=method).status_code == status


def test_head_has_no_body(client: LambdaClient) -> None:
    answer = client.head("/")

    assert answer.status_code == 200
    assert answer.data == b""


def test_every_event_of_the_fade_is_there(client: LambdaClient, app: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys.modules[app.import_name], "FADE_SECONDS", 0)

    answer = client.get("/fade/events")

    assert answer.content_type.startswith("text/event-stream")
    events = answer.text.split("\n\n")
    assert events[0] == "data: #5b8c5a"
    assert events[-3:] == ["data: #ffffff", "event: done\ndata:", ""]


def test_json_is_taken_and_given(client: LambdaClient) -> None:
    answer = client.post("/api/mix", json={"first": "#000000", "second": "#ff8000"})

    assert answer.get_json() == {"colour": "#804000"}


@pytest.mark.parametrize("asked", [[], {"first": "#000000"}, {"first": "#000000", "second": "red"}])
def test_programs_get_errors_as_json(client: LambdaClient, asked: object) -> None:
    answer = client.post("/api/mix", json=asked)

    assert answer.status_code == 400
    assert "as #5b8c5a" in answer.get_json()["error"]
    assert client.get("/api/nowhere").get_json()["error"].startswith("The requested URL was not found")
