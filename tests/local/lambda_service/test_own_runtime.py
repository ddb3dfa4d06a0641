"""lambwsgi's own runtime in the local Lambda: an application streams to whoever invokes it."""

from __future__ import annotations

import json
import shutil
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

import lambwsgi
from lambwsgi.local.errors import FunctionError
from lambwsgi.local.lambda_service.model import FunctionVersion
from lambwsgi.local.lambda_service.service import LambdaService
from tests.events.cases import event_of
from tests.local.lambda_service.invoking import invocation_of

APP = """
import time
from lambwsgi import make_handler

def app(environ, start_response):
    start_response("200 OK", [("Content-Type", "text/plain")])
    if environ["PATH_INFO"] == "/failing":
        yield b"so far"
        raise OSError("the disk is gone")
    for number in range(3):
        yield b"part %d;" % number
        time.sleep(0.2)

handler = make_handler(app, streaming=True)
"""


@pytest.fixture
def streaming(function: FunctionVersion) -> FunctionVersion:
    """The function with what travels of lambwsgi, run by its runtime."""
    package = function.task_root / "lambwsgi"
    for name in ("adapter", "events", "runtime"):
        shutil.copytree(Path(lambwsgi.__file__).parent / name, package / name)
    shutil.copy(lambwsgi.__file__, package)
    (package / "runtime" / "bootstrap").chmod(0o755)
    (function.task_root / "app.py").write_text(APP, "utf-8")
    return replace(function, environment={"AWS_LAMBDA_EXEC_WRAPPER": "/var/task/lambwsgi/runtime/bootstrap"})


def ask(service: LambdaService, function: FunctionVersion, path: str) -> list[tuple[float, bytes]]:
    """The pieces of the response to a request for this path, and when each came."""
    pieces: list[tuple[float, bytes]] = []

    def begin(content_type: str) -> Callable[[bytes], None]:
        assert content_type == "application/vnd.awslambda.http-integration-response"
        return lambda piece: pieces.append((time.monotonic(), piece))

    event = {**event_of("function_url/captured_request"), "rawPath": path}
    try:
        service.stream(function, invocation_of(function, **event), begin)
    except FunctionError as error:
        pieces.append((time.monotonic(), error.error_message.encode()))
    return pieces


def test_an_application_streams_as_it_goes(service: LambdaService, streaming: FunctionVersion) -> None:
    pieces = ask(service, streaming, "/")

    prelude, _, body = b"".join(piece for _, piece in pieces).partition(bytes(8))
    assert json.loads(prelude)["statusCode"] == 200
    assert body == b"part 0;part 1;part 2;"
    assert pieces[-1][0] - pieces[0][0] > 0.35


def test_an_application_that_fails_in_the_middle_is_told_after_what_it_gave(
    service: LambdaService, streaming: FunctionVersion
) -> None:
    *given, (_, told) = ask(service, streaming, "/failing")

    assert b"".join(piece for _, piece in given).endswith(b"so far")
    assert told == b"the disk is gone"
    assert ask(service, streaming, "/")
