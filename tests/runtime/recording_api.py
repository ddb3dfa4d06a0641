"""A Runtime API that writes down every byte of what a runtime posts, and when. Its answers are what the test says."""

from __future__ import annotations

import base64
import json
import queue
import subprocess
import sys
import threading
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

DEADLINE_SECONDS = 30


@dataclass(frozen=True)
class Event:
    """One event; `headers` are those of the Runtime API besides the ones that every event has."""

    payload: bytes
    headers: Mapping[str, str] = field(default_factory=dict)
    request_id: str = "8476a536-e9f4-11e8-9739-2dfe598c3fcd"


@dataclass(frozen=True)
class Post:
    """What the runtime posted. `parts` are the chunks with the seconds at which each came; `trailers` follow them."""

    path: str
    headers: Mapping[str, str]
    parts: Sequence[tuple[float, bytes]]
    trailers: Mapping[str, str] = field(default_factory=dict)

    @property
    def body(self) -> bytes:
        return b"".join(part for _, part in self.parts)

    @property
    def json(self) -> Any:
        return json.loads(self.body)

    @property
    def trailer_error(self) -> Any:
        """The error in the trailers."""
        return json.loads(base64.b64decode(self.trailers["lambda-runtime-function-error-body"]))


@dataclass(frozen=True)
class Run:
    """What a runtime did with the events: its posts, what it wrote, and its exit code, None where it was stopped."""

    posts: Sequence[Post]
    output: str
    exit_code: int | None


def run_client(
    module: str,
    task: Path,
    *events: Event,
    handler: str = "task.handler",
    environment: Mapping[str, str] | None = None,
    **options: Any,
) -> Run:
    """Run `python -m module handler` in the folder."""
    variables = {"PYTHONPATH": ":".join([str(task), *sys.path]), **(environment or {})}
    return run_command([sys.executable, "-m", module, handler], task, *events, environment=variables, **options)


def run_command(
    command: Sequence[str],
    task: Path,
    *events: Event,
    environment: Mapping[str, str],
    posts: int | None = None,
    status: int = 202,
    hang_up_after: int | None = None,
) -> Run:
    """Run a runtime until it has made so many posts, one for each event, and asks for more, or until it ends."""
    api = RecordingApi(events, status, hang_up_after)
    process = subprocess.Popen(
        command,
        cwd=task,
        env={"AWS_LAMBDA_RUNTIME_API": api.address, **environment},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
    )
    wanted = len(events) if posts is None else posts
    until = time.monotonic() + DEADLINE_SECONDS
    while process.poll() is None and not (len(api.posts) >= wanted and api.is_asked_for_more):
        assert time.monotonic() < until, f"only {len(api.posts)} posts of {wanted}"
        time.sleep(0.01)
    exit_code = process.poll()
    process.kill()
    output = process.communicate()[0].decode()
    api.close()
    return Run(api.posts, output, exit_code)


class RecordingApi:
    """The server. It gives each event once and then none; it hangs up after so many bytes of a streamed response."""

    def __init__(self, events: Sequence[Event], status: int = 202, hang_up_after: int | None = None) -> None:
        self.posts: list[Post] = []
        self.restores = 0
        self.status = status
        self.hang_up_after = hang_up_after
        self.is_asked_for_more = False
        self._events: queue.SimpleQueue[Event | None] = queue.SimpleQueue()
        for event in events:
            self._events.put(event)
        self._server = _Server(("127.0.0.1", 0), _Conversation)
        self._server.api = self
        threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True).start()

    @property
    def address(self) -> str:
        return f"127.0.0.1:{self._server.server_address[1]}"

    def next(self) -> Event | None:
        self.is_asked_for_more = self._events.empty()
        return self._events.get()

    def close(self) -> None:
        self._events.put(None)
        self._server.shutdown()
        self._server.server_close()


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    api: RecordingApi

    def handle_error(self, request: object, client_address: object) -> None:
        """A runtime that was stopped breaks its connection."""


class _Conversation(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    wbufsize = -1
    server: _Server

    def do_GET(self) -> None:
        if self.path.endswith("/restore/next"):
            self.server.api.restores += 1
            self._answer(200, b"")
            return
        event = self.server.api.next()
        if event is None:
            self.close_connection = True
            return
        headers = {
            "Lambda-Runtime-Aws-Request-Id": event.request_id,
            "Lambda-Runtime-Deadline-Ms": str(int(time.time() * 1000) + 3000),
            "Lambda-Runtime-Invoked-Function-Arn": "arn:aws:lambda:us-east-1:123456789012:function:told",
            "Content-Type": "application/json",
            **event.headers,
        }
        self._answer(200, event.payload, headers)

    def do_POST(self) -> None:
        headers = {name.lower(): value for name, value in self.headers.items()}
        trailers: dict[str, str] = {}
        if headers.get("transfer-encoding") == "chunked":
            parts = []
            while (size := int(self.rfile.readline(), 16)) != 0:
                parts.append((time.monotonic(), self.rfile.read(size)))
                assert self.rfile.readline() == b"\r\n"
                if self.server.api.hang_up_after is not None and len(parts) * size > self.server.api.hang_up_after:
                    self.close_connection = True
                    return
            while (line := self.rfile.readline().strip()) != b"":
                name, _, value = line.decode().partition(":")
                trailers[name.lower()] = value.strip()
        else:
            parts = [(time.monotonic(), self.rfile.read(int(headers["content-length"])))]
        self.server.api.posts.append(Post(self.path, headers, parts, trailers))
        self._answer(self.server.api.status, b'{"status":"OK"}\n')

    def _answer(self, status: int, body: bytes, headers: Mapping[str, str] | None = None) -> None:
        self.send_response(status)
        for name, value in (headers or {}).items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)
        self.wfile.flush()

    def log_message(self, format: str, *args: object) -> None:
        """No log."""
