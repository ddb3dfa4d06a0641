"""`lambwsgi local` as people run it, in a process of its own."""

from __future__ import annotations

import http.client
import re
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest

from lambwsgi.cli.local import GATEWAYS
from lambwsgi.local.mirror.table import MIRRORS

APP = """\
import os
from flask import Flask, request

app = Flask(__name__)

@app.get("/")
def index():
    event = request.environ["lambwsgi.event"]
    return f"{sorted(event)[0]} {request.script_root} {os.environ.get('GREETING', '-')}"
"""
SETTINGS = """\
project: shop
base:
  app: shop:app
  gateway: rest_api
  environment: {GREETING: hello}
stages: {dev: {}}
"""

Start = Callable[..., tuple[subprocess.Popen[str], str]]


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A project without a settings file."""
    (tmp_path / "shop.py").write_text(APP, "utf-8")
    return tmp_path


@pytest.fixture
def start(project: Path) -> Iterator[Start]:
    """Starts `lambwsgi local` with options; gives the process and the URL that it told."""
    with ExitStack() as stack:

        def run(*options: str) -> tuple[subprocess.Popen[str], str]:
            process = stack.enter_context(local(project, "--port", "0", *options))
            assert process.stdout is not None
            return process, process.stdout.readline().strip()

        yield run


@contextmanager
def local(project: Path, *options: str) -> Iterator[subprocess.Popen[str]]:
    with (project / "errors.txt").open("w", encoding="utf-8") as errors:
        process = subprocess.Popen(
            [sys.executable, "-m", "lambwsgi.cli", "local", *options],
            cwd=project,
            stdout=subprocess.PIPE,
            stderr=errors,
            text=True,
        )
    with process:
        yield process
        process.terminate()


def fetch(url: str) -> str:
    with urllib.request.urlopen(url, timeout=30) as response:
        text: str = response.read().decode()
    return text


def _fetch_whatever(url: str) -> str:
    try:
        return fetch(url)
    except urllib.error.HTTPError as error:
        return error.read().decode()


def fetch_until(url: str, wanted: str) -> str:
    """What the URL answers once `wanted` is in it; fails after thirty seconds."""
    deadline = time.monotonic() + 30
    while True:
        try:
            text = _fetch_whatever(url)
        # A reload may cut an answer off.
        except (OSError, http.client.HTTPException) as error:
            text = str(error)
        if wanted in text:
            return text
        assert time.monotonic() < deadline, text
        time.sleep(0.1)


def refused(url: str) -> int:
    """The status of an answer that is an error."""
    with pytest.raises(urllib.error.HTTPError) as caught:
        fetch(url)
    caught.value.close()
    return caught.value.code


def test_a_project_without_settings_is_detected_and_served_as_a_function_url(project: Path, start: Start) -> None:
    _, url = start("--no-reload")

    assert fetch_until(url, "headers") == "headers  -"
    told = (project / "errors.txt").read_text("utf-8")
    assert "shop:app behind an emulated function_url; Ctrl-C stops it." in told


def test_an_application_that_fails_at_import_is_told_from_where_it_begins(project: Path, start: Start) -> None:
    (project / "shop.py").write_text(f"{APP}\nos.environ['SHOP_KEY']\n", "utf-8")

    process, _ = start("--no-reload")
    code = process.wait(60)

    told = (project / "errors.txt").read_text("utf-8")
    assert code == 1
    assert "error: shop:app cannot be imported\nTraceback (most recent call last):\n" in told
    assert "KeyError: 'SHOP_KEY'" in told
    assert "click" not in told


def test_gateway_stage_and_variables_are_those_of_the_settings(project: Path, start: Start) -> None:
    (project / "lambwsgi.yml").write_text(SETTINGS, "utf-8")

    _, url = start("dev", "--no-reload")

    assert url.endswith("/dev/")
    assert fetch_until(url, "hello") == "body /dev hello"


def test_a_project_in_src_is_served_as_it_is_imported(project: Path, start: Start) -> None:
    (project / "shop.py").unlink()
    (project / "src/shop").mkdir(parents=True)
    (project / "src/shop/__init__.py").write_text(APP, "utf-8")

    _, url = start()

    assert fetch_until(url, "headers") == "headers  -"


def test_a_secret_is_taken_from_the_environment_where_that_has_it(
    project: Path, start: Start, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = SETTINGS.replace("hello", "'${ssm:/shop/greeting}'")
    (project / "lambwsgi.yml").write_text(settings, "utf-8")
    monkeypatch.setenv("GREETING", "mine")

    _, url = start("dev", "--no-reload")

    assert fetch_until(url, "mine") == "body /dev mine"


def test_every_gateway_that_can_be_emulated_can_be_chosen() -> None:
    assert set(GATEWAYS) == set(MIRRORS)


def test_the_gateway_can_be_chosen(start: Start) -> None:
    _, url = start("--no-reload", "--gateway", "alb")

    assert fetch_until(url, "body") == "body  -"


def test_the_gateway_throttles_on_request(start: Start) -> None:
    _, url = start("--no-reload", "--throttle", "0.01")
    fetch_until(url, "headers")

    assert refused(url) == 429


@pytest.mark.parametrize(("option", "answer"), [("--timeouts", "Internal Server Error"), ("--no-timeouts", "at last")])
def test_the_function_has_the_timeout_of_its_settings_unless_told_otherwise(
    project: Path, start: Start, option: str, answer: str
) -> None:
    slow = "\n@app.get('/slow')\ndef slow():\n    import time\n    time.sleep(2)\n    return 'at last'\n"
    (project / "shop.py").write_text(APP + slow, "utf-8")
    settings = SETTINGS.replace("rest_api", "http_api").replace("base:", "base:\n  timeout_seconds: 1")
    (project / "lambwsgi.yml").write_text(settings, "utf-8")
    _, url = start("dev", "--no-reload", option)

    assert answer in fetch_until(f"{url}slow", answer)


def test_a_throttle_that_the_gateway_does_not_have_is_refused(project: Path) -> None:
    with local(project, "--gateway", "alb", "--throttle", "5") as process:
        assert process.wait(30) == 1

    assert "gateway 'alb' has no throttle" in (project / "errors.txt").read_text("utf-8")


def test_ctrl_c_ends_it_without_a_word_of_error(project: Path, start: Start) -> None:
    process, url = start("--no-reload")
    fetch_until(url, "headers")

    process.send_signal(signal.SIGINT)

    assert process.wait(30) == 0
    assert "Traceback" not in (project / "errors.txt").read_text("utf-8")


def test_a_broken_application_is_shown_and_comes_back_when_it_is_mended(project: Path, start: Start) -> None:
    (project / "shop.py").write_text("import nothing_of_that_name\n", "utf-8")
    _, url = start("--app", "shop:app")

    shown = fetch_until(url, "Traceback")
    (project / "shop.py").write_text(APP, "utf-8")
    mended = fetch_until(url, "headers")

    assert re.fullmatch(
        r"Traceback \(most recent call last\):\n"
        r'  File "\S+shop\.py", line 1, in <module>\n'
        r"    import nothing_of_that_name\n"
        r"ModuleNotFoundError: No module named 'nothing_of_that_name'\n",
        shown,
    )
    assert mended == "headers  -"
    assert (project / "errors.txt").read_text("utf-8").count("Traceback") == 1


def test_a_file_that_is_not_python_is_shown_by_its_line_alone(project: Path, start: Start) -> None:
    (project / "shop.py").write_text("def (\n", "utf-8")
    _, url = start("--app", "shop:app")

    shown = fetch_until(url, "SyntaxError")

    assert re.fullmatch(r'  File "\S+shop\.py", line 1\n    def \(\n +\^\nSyntaxError: .+\n', shown)


def test_what_it_says_at_the_start_is_its_own(project: Path, start: Start) -> None:
    _, url = start("--no-inspect")
    fetch_until(url, "headers")
    with pytest.raises(urllib.error.HTTPError):
        fetch(url + "missing")

    told = (project / "errors.txt").read_text("utf-8").splitlines()
    assert [line.partition(";")[0] for line in told[:1]] == ["shop:app behind an emulated function_url"]
    assert told[1].startswith("Unlike in the cloud")
    assert [re.sub(r"^.*\] ", "", line) for line in told[2:]] == [
        '"GET / HTTP/1.1" 200 -',
        '"GET /missing HTTP/1.1" 404 -',
    ]


def test_a_name_that_leads_nowhere_is_said_in_one_sentence(start: Start) -> None:
    _, url = start("--app", "shop:nothing")

    shown = fetch_until(url, "error: ")

    assert shown.startswith("error: module 'shop' has no 'nothing'; it has: ")
    assert "Traceback" not in shown


def test_without_reload_a_broken_application_ends_it_with_its_own_traceback(project: Path) -> None:
    (project / "shop.py").write_text("1 / 0\n", "utf-8")

    with local(project, "--port", "0", "--no-reload", "--app", "shop:app") as process:
        assert process.wait(30) == 1

    assert "ZeroDivisionError" in (project / "errors.txt").read_text("utf-8")


def test_a_port_in_use_is_said_in_one_sentence(project: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with local(project, "--port", str(port), "--no-reload") as process:
            assert process.wait(30) == 1

    told = (project / "errors.txt").read_text("utf-8")
    assert re.fullmatch(
        rf"error: port {port} on 127\.0\.0\.1 is taken by another program; choose another with --port \(0: any that is"
        r" free\)\n",
        told,
    )
