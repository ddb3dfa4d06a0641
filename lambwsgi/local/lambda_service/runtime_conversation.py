"""One connection of a runtime to its Runtime API: the calls, and what is answered to them."""

from __future__ import annotations

import base64
import binascii
import json
import re
from collections.abc import Callable, Mapping
from functools import partial
from http.server import BaseHTTPRequestHandler
from typing import TYPE_CHECKING, NoReturn, Protocol

from lambwsgi.adapter.limits import STREAMED_PAYLOAD_BYTES, SYNC_PAYLOAD_BYTES
from lambwsgi.local.lambda_service.failures import too_large
from lambwsgi.local.lambda_service.model import Invocation, Outcome
from lambwsgi.local.lambda_service.request_body import RequestBody, TruncatedBodyError
from lambwsgi.local.lambda_service.runtime_state import RefusedError, State

if TYPE_CHECKING:
    from lambwsgi.local.lambda_service.runtime_api import RuntimeApi

_PREFIX = "/2018-06-01/runtime/"
_ANSWER = re.compile(r"invocation/([^/]+)/(response|error)")
_MODE = "Lambda-Runtime-Function-Response-Mode"
_ERROR_TYPE, _ERROR_BODY = "lambda-runtime-function-error-type", "lambda-runtime-function-error-body"
# What a response is when its runtime does not say.
_UNKNOWN_TYPE = "application/octet-stream"


class _WithApi(Protocol):
    api: RuntimeApi


class Conversation(BaseHTTPRequestHandler):
    """The handler of the server, which carries the `RuntimeApi` as `api`."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    wbufsize = -1

    @property
    def _api(self) -> RuntimeApi:
        server: _WithApi = self.server  # type: ignore[assignment]
        return server.api

    def do_GET(self) -> None:
        """`invocation/next` and `restore/next`."""
        self._serve({"invocation/next": self._next, "restore/next": self._restore})

    def do_POST(self) -> None:
        """`invocation/ID/response`, `invocation/ID/error`, `init/error` and `restore/error`."""
        self._body = RequestBody(self.rfile, self.headers)
        calls = {"init/error": self._fail_init, "restore/error": self._fail_restore}
        if answer := _ANSWER.fullmatch(self._call):
            request_id, kind = answer.groups()
            calls[self._call] = partial(self._respond if kind == "response" else self._report, request_id)
        with self._api.post():
            self._serve(calls)

    @property
    def _call(self) -> str:
        return self.path.removeprefix(_PREFIX)

    def _serve(self, calls: Mapping[str, Callable[[], None]]) -> None:
        try:
            calls.get(self._call, self._miss)()
        except RefusedError as refusal:
            if self.command == "POST":
                self._body.drain()
            self._answer(refusal.status, refusal.body)
        except TruncatedBodyError:
            self._api.outcomes.put(Outcome("truncated"))
            self.close_connection = True
            self._answer(400, RefusedError(400, "TruncatedHTTPRequest", "HTTP request detected as truncated").body)

    def _miss(self) -> NoReturn:
        raise RefusedError(404, "NotFound", f"the Runtime API has no {self.command} {self.path}")

    def _next(self) -> None:
        """Blocks until there is an event."""
        invocation = self._api.next()
        if invocation is None:
            self.close_connection = True
            return
        self._answer(200, invocation.event, _headers(invocation))

    def _restore(self) -> None:
        """The snapshot is taken and restored in the same moment."""
        if not self._api.restores:
            self._miss()
        self._api.state.step(State.RESTORING)
        self._answer(200, b"")

    def _fail_init(self) -> None:
        self._fail(State.INIT_ERROR)

    def _fail_restore(self) -> None:
        if not self._api.restores:
            self._miss()
        self._fail(State.RESTORE_ERROR)

    def _fail(self, to: State) -> None:
        self._api.state.step(to)
        payload, _ = self._body.read(SYNC_PAYLOAD_BYTES)
        self._accept(Outcome("init_error", payload))

    def _report(self, request_id: str) -> None:
        self._api.state.answer(State.REPORTING, request_id)
        payload, _ = self._body.read(SYNC_PAYLOAD_BYTES)
        self._api.state.step(State.SENT)
        self._accept(Outcome("error", payload))

    def _respond(self, request_id: str) -> None:
        self._api.state.answer(State.RESPONDING, request_id)
        mode = self.headers.get(_MODE, "")
        if mode == "streaming":
            self._stream()
        elif mode:
            self._refuse_mode()
        else:
            self._take()

    def _take(self) -> None:
        payload, size = self._body.read(SYNC_PAYLOAD_BYTES)
        self._api.state.step(State.SENT)
        if size > SYNC_PAYLOAD_BYTES:
            # Told before it is answered: the runtime ends at once when it hears of it, and that would be told first.
            self._api.outcomes.put(Outcome("error", too_large(size, SYNC_PAYLOAD_BYTES).payload))
            message = f"Exceeded maximum allowed payload size ({SYNC_PAYLOAD_BYTES} bytes)."
            raise RefusedError(413, "RequestEntityTooLarge", message)
        self._accept(Outcome("response", payload))

    def _stream(self) -> None:
        """Pass on the pieces as they arrive; how it went stands in the trailers."""
        outcomes, size = self._api.outcomes, 0
        outcomes.put(Outcome("began", content_type=self.headers.get("Content-Type") or _UNKNOWN_TYPE))
        for piece in self._body:
            size += len(piece)
            if size > STREAMED_PAYLOAD_BYTES:
                self._api.state.step(State.SENT)
                outcomes.put(Outcome("failed", too_large(size, STREAMED_PAYLOAD_BYTES).payload))
                message = f"Exceeded maximum allowed payload size ({STREAMED_PAYLOAD_BYTES} bytes)."
                raise RefusedError(413, "RequestEntityTooLarge", message)
            outcomes.put(Outcome("piece", piece))
        self._api.state.step(State.SENT)
        self._accept(_end(self._body.trailers))

    def _refuse_mode(self) -> None:
        self._api.state.step(State.SENT)
        error = {"errorMessage": "Invalid function response mode", "errorType": "Runtime.InvalidResponseModeHeader"}
        self._api.outcomes.put(Outcome("error", json.dumps(error).encode()))
        raise RefusedError(400, "InvalidFunctionResponseMode", "Invalid function response mode")

    def _accept(self, outcome: Outcome) -> None:
        self._api.outcomes.put(outcome)
        self._answer(202, b'{"status":"OK"}')

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


def _headers(invocation: Invocation) -> dict[str, str]:
    """What is told of an event besides its body; a header without a value is left out."""
    headers = {
        "Lambda-Runtime-Aws-Request-Id": invocation.request_id,
        "Lambda-Runtime-Deadline-Ms": str(invocation.deadline_ms),
        "Lambda-Runtime-Invoked-Function-Arn": invocation.arn,
        "Lambda-Runtime-Trace-Id": invocation.trace_id,
        "Lambda-Runtime-Client-Context": invocation.client_context,
    }
    return {name: value for name, value in headers.items() if value}


def _end(trailers: dict[str, str]) -> Outcome:
    """How a streamed response ended. Source: Lambda developer guide, 'Building a custom runtime', streaming errors."""
    if not trailers.get(_ERROR_TYPE):
        return Outcome("ended")
    try:
        error = json.loads(base64.b64decode(trailers.get(_ERROR_BODY, ""), validate=True))
    except (binascii.Error, ValueError):
        error = None
    if not isinstance(error, dict):
        error = {"errorMessage": ""}
    return Outcome("failed", json.dumps({"errorType": trailers[_ERROR_TYPE], **error}).encode())
