"""A real embedded AWS, one for each test process, and stages small enough to deploy in a blink."""

from __future__ import annotations

import hashlib
import io
import os
import socket
import subprocess
import sys
import time
import zipfile
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

import hypothesis
import pytest
import requests

from lambwsgi.deploy.aws.calls import Aws
from lambwsgi.deploy.rollout.dialogue import Dialogue
from lambwsgi.deploy.rollout.smoke import Answer
from lambwsgi.deploy.stack.following import Watch
from lambwsgi.package.artifact import Artifact
from lambwsgi.settings.model import StageSettings

# How long an example or its making takes says how busy the machine is, and nothing of the code.
hypothesis.settings.register_profile("suite", deadline=None, suppress_health_check=[hypothesis.HealthCheck.too_slow])
hypothesis.settings.load_profile("suite")

HANDLER_SOURCE = """
import json, os

def handler(event, context):
    if event.get("lambwsgi", {}).get("op") == "warm":
        one = {"warm": True, "environment": context.log_stream_name, "cold": False, "milliseconds": 0.1}
        # As one that is older than this: of several it knows nothing.
        return one if "concurrency" in event["lambwsgi"] else {**one, "environments": [one], "errors": []}
    if event.get("lambwsgi"):
        args = event["lambwsgi"].get("args")
        if args == ["wait"]:
            raise TimeoutError("Task timed out after 30.00 seconds")
        output = "TEXT" if args == ["which"] else json.dumps(args)
        answer = {"exit_code": 3 if args == ["fail"] else 0, "output": output}
        return {**answer, "advice": "give --noinput"} if args == ["ask"] else answer
    if event.get("fail"):
        raise ValueError("asked to fail")
    print("a request for", os.environ["LAMBWSGI_APP"])
    host = (event.get("headers") or {}).get("host", "")
    return {"statusCode": STATUS, "headers": {"content-type": "text/plain", "x-asked-of": host}, "body": "TEXT"}
"""


@pytest.fixture(scope="session", autouse=True)
def own_cache(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """What builds keep is kept for this run only."""
    with pytest.MonkeyPatch.context() as environment:
        environment.setenv("LAMBWSGI_CACHE_DIR", str(tmp_path_factory.mktemp("cache")))
        yield


@pytest.fixture(scope="session")
def start_aws(tmp_path_factory: pytest.TempPathFactory) -> Callable[..., AbstractContextManager[str]]:
    """Starts an embedded AWS, with more of its settings if need be; gives its address."""

    @contextmanager
    def start(**variables: str) -> Iterator[str]:
        home = tmp_path_factory.mktemp("ministack")
        port = _free_port()
        with (home / "output.txt").open("wb") as output:
            process = subprocess.Popen(
                [sys.executable, "-m", "ministack"],
                env={**_environment(home, port), **variables},
                cwd=home,
                stdout=output,
                stderr=subprocess.STDOUT,
            )
        try:
            address = f"http://127.0.0.1:{port}"
            _wait_until_healthy(address, process, home / "output.txt")
            yield address
        finally:
            _stop(process)

    return start


@pytest.fixture(scope="session")
def endpoint(start_aws: Callable[..., AbstractContextManager[str]]) -> Iterator[str]:
    """The address of the embedded AWS that the tests of this process share."""
    with start_aws() as address:
        yield address


def _stop(process: subprocess.Popen[bytes]) -> None:
    process.terminate()
    try:
        process.wait(timeout=10)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    return port


def _environment(home: Path, port: int) -> dict[str, str]:
    folders = {name: str(home / name.lower()) for name in ("STATE_DIR", "S3_DATA_DIR", "TMPDIR", "HOME")}
    for folder in folders.values():
        Path(folder).mkdir()
    return {
        **folders,
        "PATH": os.environ["PATH"],
        "BIND_HOST": "127.0.0.1",
        "MINISTACK_HOST": "localhost",
        "GATEWAY_PORT": str(port),
        "SFTP_ENABLED": "0",
        "IOT_MTLS_ENABLED": "0",
        "PERSIST_STATE": "0",
    }


def _wait_until_healthy(address: str, process: subprocess.Popen[bytes], output: Path) -> None:
    for _ in range(300):
        if process.poll() is not None:
            break
        try:
            requests.get(f"{address}/_ministack/health", timeout=1).raise_for_status()
        except requests.RequestException:
            time.sleep(0.1)
        else:
            return
    pytest.fail(f"the embedded AWS did not start: {output.read_text()}")


@pytest.fixture
def aws(endpoint: str) -> Aws:
    """The embedded AWS, as the deploy room sees it."""
    return Aws(endpoint_url=endpoint)


@pytest.fixture
def make_artifact(tmp_path: Path) -> Callable[..., Artifact]:
    """Builds an artifact whose handler answers with that text and status, whatever it is asked."""

    def make(text: str = "hello", status: int = 200) -> Artifact:
        source = HANDLER_SOURCE.replace("TEXT", text).replace("STATUS", str(status))
        buffer = io.BytesIO()
        with zipfile.ZipFile(buffer, "w") as archive:
            # A ZipInfo without a date is of 1980: the same text is the same artifact.
            archive.writestr(zipfile.ZipInfo("lambwsgi/__init__.py"), "")
            archive.writestr(zipfile.ZipInfo("lambwsgi/entrypoint.py"), source)
        data = buffer.getvalue()
        digest = hashlib.sha256(data).hexdigest()
        path = tmp_path / f"{digest}.zip"
        path.write_bytes(data)
        return Artifact(path, digest, len(data), len(source), ())

    return make


@pytest.fixture
def settings(request: pytest.FixtureRequest) -> StageSettings:
    """A stage with a name of its own, so that tests share one embedded AWS without meeting."""
    name = hashlib.sha256(request.node.nodeid.encode()).hexdigest()[:12]
    return StageSettings(project=f"t{name}", stage="dev", app="shop.wsgi:app", region="us-east-1")


@pytest.fixture
def dialogue(endpoint: str) -> Dialogue:
    """Agrees to everything, and finds the site by way of the embedded AWS."""
    return Dialogue(
        confirm=lambda plan: True,
        visit=lambda url: ask(endpoint, url),
        watch=Watch(every_seconds=0.05),
    )


def ask(endpoint: str, url: str) -> Answer:
    """GET a public URL as if its name led to the embedded AWS, which knows its APIs by names of its own."""
    _, _, rest = url.partition("://")
    host, slash, path = rest.partition("/")
    if ".execute-api." in host:
        host = host.partition(".")[0] + ".execute-api.localhost"
    response = requests.get(f"{endpoint}{slash}{path}", headers={"host": host}, timeout=20, allow_redirects=False)
    headers = tuple(response.headers.items())
    return Answer(response.status_code, response.elapsed.total_seconds(), response.text, headers)
