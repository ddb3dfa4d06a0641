"""Lambda's Runtime API, version 2018-06-01, for one environment, on a free loopback port.

One server per environment, since a killed runtime's last poll would otherwise swallow the next event.
Source: Lambda developer guide, 'Using the Lambda runtime API for custom runtimes'.
"""

from __future__ import annotations

import json
import queue
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from lambwsgi.adapter.limits import SYNC_PAYLOAD_BYTES
from lambwsgi.local.lambda_service.model import Invocation, Outcome

_PREFIX = "/2018-06-01/runtime/"


class RuntimeApi:
    """The server. Events go in by `offer`, everything that the runtime says comes out of `outcomes`."""

    def __init__(self) -> None:
        self.outcomes: queue.SimpleQueue[Outcome] = queue.SimpleQueue()
        self._inbox: queue.SimpleQueue[Invocation | None] = queue.SimpleQueue()
        self._server = _Server(("127.0.0.1", 0), _Conversation)
        self._server.api = self
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True)
        self._thread.start()

    @property
    def address(self) -> str:
        """Host and port, as AWS_LAMBDA_RUNTIME_API holds them."""
        host, port = self._server.server_address[:2]
        return f"{host!s}:{port}"

    def offer(self, invocation: Invocation) -> None:
        """Hand the runtime its next event."""
        self._inbox.put(invocation)

    def next(self) -> Invocation | None:
        """The next event, when there is one; None when the environment is being shut down."""
        self.outcomes.put(Outcome("ready"))
        return self._inbox.get()

    def close(self) -> None:
        """Stop; a poll that is waiting is let go."""
        self._inbox.put(None)
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False
    api: RuntimeApi

    def handle_error(self, request: object, client_address: object) -> None:
        """A runtime that was killed breaks its connection; that is how it ends."""


class _Conversation(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    wbufsize = -1
    server: _Server

    def do_GET(self) -> None:
        """`invocation/next`: blocks until there is an event."""
        invocation = self.server.api.next()
        if invocation is None:
            self.close_connection = True
            return
        headers = {
            "Lambda-Runtime-Aws-Request-Id": invocation.request_id,
            "Lambda-Runtime-Deadline-Ms": str(invocation.deadline_ms),
            "Lambda-Runtime-Invoked-Function-Arn": invocation.arn,
        }
        if invocation.trace_id:
            headers["Lambda-Runtime-Trace-Id"] = invocation.trace_id
        self._answer(200, invocation.event, headers)

    def do_POST(self) -> None:
        """`invocation/ID/response`, `invocation/ID/error`, `init/error`."""
        payload = self.rfile.read(int(self.headers["Content-Length"]))
        kind = self.path.removeprefix(_PREFIX)
        if kind == "init/error":
            self._accept(Outcome("init_error", payload))
        elif kind.endswith("/error"):
            self._accept(Outcome("error", payload))
        elif len(payload) > SYNC_PAYLOAD_BYTES:
            self._refuse_size(len(payload))
        else:
            self._accept(Outcome("response", payload))

    def _accept(self, outcome: Outcome) -> None:
        self.server.api.outcomes.put(outcome)
        self._answer(202, b'{"status":"OK"}')

    def _refuse_size(self, size: int) -> None:
        message = f"Response payload size ({size} bytes) exceeded maximum allowed payload size (6291556 bytes)."
        error = {"errorMessage": message, "errorType": "Function.ResponseSizeTooLarge"}
        # Told before it is answered: the runtime ends at once when it hears of it, and that would be told first.
        self.server.api.outcomes.put(Outcome("error", json.dumps(error).encode()))
        self._answer(413, json.dumps(error).encode())

    def _answer(self, status: int, body: bytes, headers: dict[str, str] | None = None) -> None:
        self.send_response(status)
        for name, value in {"Content-Type": "application/json", **(headers or {})}.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)
        self.wfile.flush()

    def log_message(self, format: str, *args: object) -> None:
        """No access log: START, END and REPORT say all."""
