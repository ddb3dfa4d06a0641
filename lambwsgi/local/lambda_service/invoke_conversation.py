"""One connection of a client to the Invoke API."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from http.server import BaseHTTPRequestHandler
from typing import TYPE_CHECKING, Protocol

from lambwsgi.adapter.limits import SYNC_PAYLOAD_BYTES
from lambwsgi.local.errors import FunctionError, LocalError, ThrottledError
from lambwsgi.local.lambda_service import event_stream
from lambwsgi.local.lambda_service.invoke_request import InvokeError, InvokeRequest, read_request
from lambwsgi.local.lambda_service.log_tail import LogTail
from lambwsgi.local.lambda_service.model import FunctionVersion, Invocation, Receive
from lambwsgi.local.lambda_service.request_body import RequestBody

if TYPE_CHECKING:
    from lambwsgi.local.lambda_service.invoke_api import InvokeApi


class _WithApi(Protocol):
    api: InvokeApi


class Conversation(BaseHTTPRequestHandler):
    """The handler of the server, which carries the `InvokeApi` as `api`."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    wbufsize = -1
    # The longest that a function runs: a client that takes nothing for so long has gone.
    timeout = 900

    @property
    def _api(self) -> InvokeApi:
        server: _WithApi = self.server  # type: ignore[assignment]
        return server.api

    def do_POST(self) -> None:
        """`Invoke` and `InvokeWithResponseStream`."""
        try:
            body, _ = RequestBody(self.rfile, self.headers).read(SYNC_PAYLOAD_BYTES + 1)
            request = read_request(self.path, {name.lower(): value for name, value in self.headers.items()}, body)
            self._kinds(request)(self._api.function(request), request)
        except InvokeError as error:
            self._answer(error.status, {"X-Amzn-ErrorType": error.error_type}, error.body)

    def _kinds(self, request: InvokeRequest) -> Callable[[FunctionVersion, InvokeRequest], None]:
        if request.kind == "DryRun":
            return self._try
        if request.kind == "Event":
            return self._take
        return self._stream if request.streamed else self._invoke

    def _try(self, function: FunctionVersion, request: InvokeRequest) -> None:
        self._answer(204, {"X-Amz-Executed-Version": function.version})

    def _take(self, function: FunctionVersion, request: InvokeRequest) -> None:
        request_id = self._api.invoke_later(function, request, self._trace_id)
        self._answer(202, {"X-Amzn-RequestId": request_id})

    def _invoke(self, function: FunctionVersion, request: InvokeRequest) -> None:
        invocation, tail = self._invocation(function, request), LogTail()
        headers = _headers(function, invocation)
        try:
            with _as_answers():
                payload = self._api.service.invoke(function, invocation, hear=tail)
        except FunctionError as error:
            headers["X-Amz-Function-Error"] = "Unhandled"
            payload = error.payload
        if request.wants_log:
            headers["X-Amz-Log-Result"] = tail.encoded()
        self._answer(200, headers, payload)

    def _stream(self, function: FunctionVersion, request: InvokeRequest) -> None:
        invocation, tail, details = self._invocation(function, request), LogTail(), {}
        events = _Events(self, _headers(function, invocation))
        try:
            with _as_answers():
                self._api.service.stream(function, invocation, events.begin, hear=tail)
        except FunctionError as error:
            details = {"ErrorCode": error.error_type, "ErrorDetails": error.payload.decode("utf-8", "replace")}
        if request.wants_log:
            details["LogResult"] = tail.encoded()
        events.end(details)

    def _invocation(self, function: FunctionVersion, request: InvokeRequest) -> Invocation:
        return make_invocation(function, request, self._trace_id)

    @property
    def _trace_id(self) -> str:
        return self.headers.get("X-Amzn-Trace-Id", "")

    def _answer(self, status: int, headers: Mapping[str, str], body: bytes = b"") -> None:
        self.start(status, {"Content-Type": "application/json", **headers, "Content-Length": str(len(body))})
        if status != 204:  # which has no body
            self.wfile.write(body)
        self.wfile.flush()

    def start(self, status: int, headers: Mapping[str, str]) -> None:
        """Write the status and the headers."""
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.end_headers()

    def log_message(self, format: str, *args: object) -> None:
        """No access log: START, END and REPORT say all."""


class _Events:
    """A streamed response on its way to the client, each piece an event in a chunk of its own."""

    def __init__(self, conversation: Conversation, headers: Mapping[str, str]) -> None:
        self._conversation = conversation
        self._headers = headers
        self._begun = False

    def begin(self, content_type: str) -> Receive:
        """The function's response begins. Its type gives way to that of the events."""
        self._start({"X-Amzn-Remapped-Content-Type": content_type})
        return lambda piece: self._write(event_stream.payload_chunk(piece))

    def end(self, details: Mapping[str, str]) -> None:
        """Say how it went."""
        if not self._begun:
            self._start({})
        self._write(event_stream.invoke_complete(details))
        self._conversation.wfile.write(b"0\r\n\r\n")
        self._conversation.wfile.flush()

    def _start(self, headers: Mapping[str, str]) -> None:
        self._begun = True
        stream = {"Content-Type": event_stream.CONTENT_TYPE, "Transfer-Encoding": "chunked"}
        self._conversation.start(200, {**self._headers, **stream, **headers})

    def _write(self, message: bytes) -> None:
        self._conversation.wfile.write(b"%x\r\n%s\r\n" % (len(message), message))
        self._conversation.wfile.flush()


def make_invocation(
    function: FunctionVersion, request: InvokeRequest, trace_id: str, *, request_id: str | None = None
) -> Invocation:
    """The invocation that a request asks for, from now on."""
    invocation = Invocation(
        event=request.event,
        deadline_ms=int((time.time() + function.timeout_seconds) * 1000),
        arn=function.arn,
        trace_id=trace_id,
        client_context=request.client_context,
    )
    return invocation if request_id is None else replace(invocation, request_id=request_id)


def _headers(function: FunctionVersion, invocation: Invocation) -> dict[str, str]:
    return {"X-Amzn-RequestId": invocation.request_id, "X-Amz-Executed-Version": function.version}


@contextmanager
def _as_answers() -> Iterator[None]:
    """Turn what keeps the function from running at all into answers of the API."""
    try:
        yield
    except ThrottledError as error:
        reason = "ReservedFunctionConcurrentInvocationLimitExceeded"
        raise InvokeError(429, "TooManyRequestsException", "Rate Exceeded.", reason=reason) from error
    except FunctionError:
        raise
    except LocalError as error:
        raise InvokeError(500, "ServiceException", str(error)) from error
