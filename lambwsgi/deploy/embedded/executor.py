"""The executor: ministack hands every invocation of the function to it, and it runs them in the local Lambda.

So code is run by AWS's own runtime client in environments of its own, not inside ministack.
"""

from __future__ import annotations

import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from lambwsgi.deploy.embedded.code_store import CodeStore
from lambwsgi.local.errors import FunctionError, LocalError
from lambwsgi.local.lambda_service.model import Invocation
from lambwsgi.local.lambda_service.service import LambdaService


class Executor:
    """A loopback HTTP server for one function."""

    def __init__(self, service: LambdaService, codes: CodeStore) -> None:
        self._service = service
        self._codes = codes
        self._server = _Server(("127.0.0.1", 0), _Conversation)
        self._server.executor = self
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True)
        self._thread.start()

    def variables(self, function_name: str) -> dict[str, str]:
        """The environment that makes ministack hand this function's invocations to us, whatever the template says."""
        return {f"MINISTACK_LAMBDA_PROXY_{function_name}": f"http://127.0.0.1:{self._server.server_address[1]}/invoke"}

    def close(self) -> None:
        """Take no more invocations."""
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def run(self, version: str, invocation: Invocation) -> tuple[int, bytes]:
        """HTTP status and body of the answer to ministack; anything but 200 makes it a function error."""
        try:
            return 200, self._service.invoke(self._codes.version(version), invocation)
        except FunctionError as error:
            return 500, error.payload
        except LocalError as error:
            return 503, str(error).encode()


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    executor: Executor

    def handle_error(self, request: object, client_address: object) -> None:
        """Ministack did not wait for the answer: the function took too long, or all of this is being taken down."""


class _Conversation(BaseHTTPRequestHandler):
    server: _Server

    def do_POST(self) -> None:
        """One invocation: the event is the body, all else is in headers."""
        event = self.rfile.read(int(self.headers["Content-Length"]))
        invocation = Invocation(
            event=event,
            deadline_ms=int(self.headers["X-Amzn-Lambda-Deadline-Ms"]),
            arn=self.headers["X-Amzn-Lambda-Function-Arn"],
            request_id=self.headers["X-Amzn-Lambda-Request-Id"],
            trace_id=self.headers.get("X-Amzn-Trace-Id", ""),
        )
        status, body = self.server.executor.run(self.headers["X-Amzn-Lambda-Function-Version"], invocation)
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        """No access log: START, END and REPORT say all."""
