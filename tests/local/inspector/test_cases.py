"""What is saved of a record holds when it is run."""

from __future__ import annotations

import importlib.util
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from werkzeug.test import Client

from lambwsgi.events.dispatch import make_handler
from lambwsgi.local.errors import LocalError
from lambwsgi.local.gateway import EmulatedGateway
from lambwsgi.local.inspector.cases import case_of, pytest_file
from lambwsgi.local.inspector.records import Log, Record, Stream
from lambwsgi.local.inspector.subject import Inspector, Subject
from lambwsgi.local.mirror.table import MIRRORS, pick
from tests.adapter.test_cases import run_case
from tests.local.inspector.conftest import shop

REQUESTS: dict[str, dict[str, Any]] = {
    "a query": {"path": "/one?a=1&b=%2F", "headers": {"Cookie": "a=1; b=2", "Accept": "text/plain"}},
    "a form": {"path": "/caf%C3%A9", "method": "POST", "data": {"name": "Zoë"}},
    "an image": {"path": "/image", "method": "POST", "data": b"\x89PNG\xff", "content_type": "image/png"},
    "a long text": {"path": "/one", "method": "POST", "data": b"x" * 5_000, "content_type": "text/plain"},
    "a failure": {"path": "/broken"},
}


def recorded(request: dict[str, Any], gateway: str, **options: Any) -> tuple[Record, Subject]:
    """The record of a request to the shop, and the shop as it was set up."""
    subject = Subject("shop:app", gateway, options=options)
    inspector = Inspector(subject, Log())
    Client(EmulatedGateway(inspector.record(make_handler(shop, **options)), pick(gateway))).open(**request)
    [record] = inspector.log.all()
    return record, subject


@pytest.mark.parametrize("gateway", MIRRORS)
@pytest.mark.parametrize("request_", REQUESTS.values(), ids=REQUESTS.keys())
def test_a_saved_case_is_one_of_the_catalogue(request_: dict[str, Any], gateway: str) -> None:
    case = case_of(*recorded(request_, gateway))

    environ, result = run_case(case)

    assert {key: environ.get(key) for key in case["environ"]} == case["environ"]
    assert result == case["result"]
    assert case["about"]
    assert case["source"].startswith("lambwsgi local, 20")


@pytest.mark.parametrize("gateway", ["http_api", "rest_api", "alb", "edge_viewer"])
def test_a_saved_test_is_green(gateway: str, tmp_path: Path) -> None:
    conftest = importlib.util.find_spec("tests.local.inspector.conftest")
    assert conftest is not None
    assert conftest.origin is not None
    (tmp_path / "shop.py").write_text(f"{Path(conftest.origin).read_text('utf-8')}\napp = shop\n", "utf-8")
    for number, request in enumerate(REQUESTS.values()):
        record, subject = recorded(request, gateway, trusted_hops=2)
        name, text = pytest_file(record, subject)
        (tmp_path / f"test_{number}_{name}").write_text(text, "utf-8")

    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:randomly", "-p", "no:xdist", str(tmp_path)],
        cwd=tmp_path,
        env={"PYTHONPATH": str(tmp_path)},
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == 0, done.stdout
    assert f"{len(REQUESTS)} passed" in done.stdout


def test_a_saved_test_reads_as_one_written_by_hand() -> None:
    request = {"path": "/one?a=1", "method": "POST", "data": b"hello", "content_type": "text/plain"}

    name, text = pytest_file(*recorded(request, "http_api", compress=True))

    assert name == "test_post_one_a_1_answers_200.py"
    assert text == (
        '"""POST /one?a=1 answers 200. Saved by the inspector of `lambwsgi local`."""\n'
        "\n"
        "from lambwsgi.testing import LambdaClient\n"
        "\n"
        "from shop import app\n"
        "\n"
        "\n"
        "def test_post_one_a_1_answers_200() -> None:\n"
        '    client = LambdaClient(app, "http_api", compress=True)\n'
        "\n"
        "    response = client.open(\n"
        '        "/one?a=1",\n'
        '        method="POST",\n'
        '        headers=[("content-type", "text/plain")],\n'
        '        data=b"hello",\n'
        "    )\n"
        "\n"
        "    assert response.status_code == 200\n"
        '    assert response.headers["Content-Type"] == "text/plain; charset=utf-8"\n'
        '    assert response.text == "hello"\n'
    )


def test_a_saved_test_of_a_streamed_answer_streams(record: Callable[..., Record]) -> None:
    event = recorded(REQUESTS["a query"], "function_url")[0].event
    stream = Stream({"statusCode": 200, "headers": {"content-type": "text/plain"}}, 2, 6, 0.1, b"onetwo")

    subject = Subject("shop:app", "function_url", options={"streaming": True})
    _, text = pytest_file(record(1, event=event, result={}, stream=stream), subject)
    with pytest.raises(LocalError, match="only the beginning"):
        pytest_file(record(1, event=event, result={}, stream=replace(stream, size_bytes=7)), subject)

    assert 'LambdaClient(app, "function_url", streaming=True)' in text
    assert 'assert response.text == "onetwo"' in text


@pytest.mark.parametrize(
    ("target", "line", "expression"),
    [
        pytest.param("shop:make_app()", "from shop import make_app", "LambdaClient(make_app(), ", id="a factory"),
        pytest.param(
            "a.b:site.wsgi", "from a.b import site", "LambdaClient(site.wsgi, ", id="an attribute of an object"
        ),
    ],
)
def test_the_application_is_imported_as_its_target_says(target: str, line: str, expression: str) -> None:
    record, _ = recorded(REQUESTS["a query"], "http_api")

    _, text = pytest_file(record, Subject(target, "http_api"))

    assert line in text
    assert expression in text


@pytest.mark.parametrize(
    ("values", "why"),
    [
        pytest.param({"error": "Traceback"}, "failed", id="it failed"),
        pytest.param({"stream": Stream({}, 0, 0, None, b"")}, "was streamed", id="it was streamed"),
        pytest.param({"event": {"a": 1}}, "is no HTTP request", id="it is no request"),
    ],
)
def test_what_cannot_be_a_test_is_refused(record: Callable[..., Record], values: dict[str, Any], why: str) -> None:
    event = recorded(REQUESTS["a query"], "http_api")[0].event

    with pytest.raises(LocalError, match=why):
        case_of(record(5, **{"event": event} | values), Subject("shop:app", "http_api"))
