"""An application that streams, run in each of the ways that this machine has: it arrives while it is made."""

from __future__ import annotations

import http.client
import json
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

import boto3
import pytest
from botocore import UNSIGNED
from botocore.config import Config

from lambwsgi.package.platform.target import host_target
from tests.events.cases import event_of

APP = """\
import time

def app(environ, start_response):
    if environ["PATH_INFO"] == "/fail":
        return fail(start_response)
    start_response("200 OK", [("Content-Type", "text/event-stream")])
    return events()

def events():
    for number in range(3):
        yield f"data: {number} {time.time()}\\n\\n".encode()
        time.sleep(0.4)

def fail(start_response):
    start_response("200 OK", [("Content-Type", "text/plain")])
    yield b"begun"
    raise ValueError("broken off")
"""
COMMAND = [sys.executable, "-m", "lambwsgi.cli"]


@dataclass(frozen=True)
class Site:
    """Where it answers, and the file that its progress goes to."""

    url: str
    told: Path

    def ask(self, path: str) -> http.client.HTTPResponse:
        place = urlsplit(self.url)
        until = time.monotonic() + 30
        while True:
            connection = http.client.HTTPConnection(place.netloc, timeout=30)
            try:
                connection.request("GET", place.path.rstrip("/") + path)
                return connection.getresponse()
            except ConnectionRefusedError:
                # The development server tells its address a moment before it listens.
                assert time.monotonic() < until
                time.sleep(0.1)


@pytest.fixture(params=["function_url", "rest_api"])
def project(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    (tmp_path / "app.py").write_text(APP, "utf-8")
    (tmp_path / "lambwsgi.yml").write_text(
        f"project: streaming\nbase: {{app: 'app:app', streaming: true, gateway: {request.param},"
        f" runtime: python{host_target().python_version}}}\nstages: {{dev: {{}}}}\n",
        "utf-8",
    )
    return tmp_path


@contextmanager
def running(project: Path, *command: str) -> Iterator[Site]:
    told = project / "told.txt"
    with told.open("w", encoding="utf-8") as errors:
        process = subprocess.Popen([*COMMAND, *command], cwd=project, stdout=subprocess.PIPE, stderr=errors, text=True)
        assert process.stdout is not None
        try:
            url = process.stdout.readline().strip()
            assert url, told.read_text("utf-8")
            yield Site(url, told)
        finally:
            process.send_signal(signal.SIGINT)
            process.communicate(timeout=30)


def check(site: Site) -> None:
    """The first event is here before the last is made, and what breaks off is seen to."""
    response = site.ask("/events")
    first = response.readline()
    arrived = time.time()
    rest = response.read().split(b"\n\n")
    assert first.startswith(b"data: 0 ")
    assert response.getheader("Transfer-Encoding") == "chunked"
    assert arrived < float(rest[-2].split()[-1])

    broken = site.ask("/fail")
    with pytest.raises(http.client.IncompleteRead) as cut_off:
        broken.read()
    assert (broken.status, cut_off.value.partial) == (200, b"begun")


def test_the_development_server_streams(project: Path) -> None:
    with running(project, "local", "dev", "--port", "0", "--no-inspect") as site:
        check(site)


def test_the_artifact_streams_run_by_our_own_runtime(project: Path) -> None:
    subprocess.run([*COMMAND, "package", "dev"], cwd=project, check=True, capture_output=True)

    with running(project, "local", "dev", "--port", "0", "--artifact", ".lambwsgi/streaming-dev.zip") as site:
        check(site)
        log = site.told.read_text("utf-8")

    assert "ValueError: broken off" in log
    assert "REPORT RequestId: " in log


def test_dependencies_in_a_layer_are_found(tmp_path: Path) -> None:
    (tmp_path / "app.py").write_text(f"import itsdangerous\n{APP}", "utf-8")
    (tmp_path / "requirements.txt").write_text("itsdangerous\n", "utf-8")
    (tmp_path / "lambwsgi.yml").write_text(
        f"project: layered\nbase: {{app: 'app:app', layer: true, runtime: python{host_target().python_version}}}\n"
        "stages: {dev: {}}\n",
        "utf-8",
    )
    subprocess.run([*COMMAND, "package", "dev", "--path", "app.zip"], cwd=tmp_path, check=True, capture_output=True)

    with running(tmp_path, "local", "dev", "--port", "0", "--artifact", "app.zip") as site:
        assert site.ask("/").status == 200


@pytest.mark.embedded
def test_what_is_deployed_streams(project: Path) -> None:
    with running(project, "deploy", "local") as site:
        check(site)


def test_an_sdk_invokes_the_artifact_that_is_served(tmp_path: Path) -> None:
    (tmp_path / "app.py").write_text(APP, "utf-8")
    subprocess.run([*COMMAND, "package", "--path", "app.zip"], cwd=tmp_path, check=True, capture_output=True)
    with running(tmp_path, "local", "--port", "0", "--artifact", "app.zip") as site:
        site.ask("/")
        found = re.search(r"An SDK reaches the function (\S+) at (\S+) as", site.told.read_text("utf-8"))
        assert found is not None
        name, endpoint = found.groups()
        client = boto3.client(
            "lambda", endpoint_url=endpoint, region_name="us-east-1", config=Config(signature_version=UNSIGNED)
        )
        event = json.dumps(event_of("function_url/captured_request"))
        result = json.load(client.invoke(FunctionName=name, Payload=event)["Payload"])

    assert result["statusCode"] == 200
    assert result["body"].startswith("data: 0 ")


def test_what_is_stopped_leaves_nothing_about(tmp_path: Path) -> None:
    (tmp_path / "app.py").write_text(APP, "utf-8")
    (tmp_path / "tmp").mkdir()
    subprocess.run([*COMMAND, "package", "--path", "app.zip"], cwd=tmp_path, check=True, capture_output=True)
    process = subprocess.Popen(
        [*COMMAND, "local", "--port", "0", "--artifact", "app.zip"],
        cwd=tmp_path,
        env={**os.environ, "TMPDIR": str(tmp_path / "tmp")},
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    assert process.stdout is not None
    assert Site(process.stdout.readline().strip(), tmp_path).ask("/").status == 200

    process.send_signal(signal.SIGTERM)
    process.communicate(timeout=30)

    assert process.returncode == 0
    assert list((tmp_path / "tmp").iterdir()) == []


def test_what_is_no_artifact_is_said_to_be_none(tmp_path: Path) -> None:
    (tmp_path / "app.py").write_text(APP, "utf-8")

    done = subprocess.run(
        [*COMMAND, "local", "--artifact", "app.py"], cwd=tmp_path, capture_output=True, text=True, check=False
    )

    assert done.returncode == 1
    assert "app.py is no artifact (File is not a zip file); `lambwsgi package` makes one" in done.stderr
