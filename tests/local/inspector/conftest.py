"""An application that does a little of everything, watched by the inspector."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import pytest
from werkzeug.test import Client

from lambwsgi.events.dispatch import make_handler
from lambwsgi.local.gateway import EmulatedGateway
from lambwsgi.local.inspector.recorder import Recorder, Terms
from lambwsgi.local.inspector.records import Log, Record
from lambwsgi.local.mirror.table import pick

MakeRecord = Callable[..., Record]


def shop(environ: dict[str, Any], start_response: Any) -> list[bytes]:
    """Answers with the body it got, as text, or as bytes below /image; fails below /broken."""
    path = environ["PATH_INFO"]
    if path == "/broken":
        raise ValueError("the shop is shut")
    body = environ["wsgi.input"].read()
    kind = "image/png" if path.startswith("/image") else "text/plain; charset=utf-8"
    start_response("200 OK", [("Content-Type", kind), ("Set-Cookie", "seen=1")])
    return [body or f"{environ['REQUEST_METHOD']} {path}".encode("latin-1")]


@pytest.fixture
def log() -> Log:
    """An empty log."""
    return Log()


@pytest.fixture
def recorder(log: Log) -> Recorder:
    """The shop's handler, watched."""
    return Recorder(make_handler(shop), log, Terms(memory_mb=1024))


@pytest.fixture
def visitor(recorder: Recorder) -> Client:
    """A client of the shop behind an HTTP API."""
    return Client(EmulatedGateway(recorder, pick("http_api")))


@pytest.fixture
def record() -> MakeRecord:
    """Makes a record, with what is given in place of what is usual."""

    def make(number: int = 1, **values: Any) -> Record:
        usual: dict[str, Any] = {
            "number": number,
            "at": time.time(),
            "origin": "request",
            "source": None,
            "event": {},
            "result": {"statusCode": 200},
            "error": None,
            "stream": None,
            "is_cold": False,
            "init_ms": None,
            "duration_ms": 1.5,
            "peak_memory_mb": 40.0,
            "billed_ms": 2,
            "usd": 0.000001,
        }
        return Record(**usual | values)

    return make
