"""A gateway on this machine, as a WSGI application: each request becomes AWS's event, each proxy result a response.

The handler behind it may be in this process or far away; it is called as Lambda calls it, with JSON on both sides.
"""

from __future__ import annotations

import json
import logging
import queue
import threading
import time
import uuid
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any
from wsgiref.util import is_hop_by_hop

from werkzeug.wsgi import get_input_stream

from lambwsgi.adapter.message import Header, HttpResponse
from lambwsgi.local.context import FunctionIdentity, LambdaContext
from lambwsgi.local.errors import LocalError, ThrottledError
from lambwsgi.local.lambda_service.model import Begin
from lambwsgi.local.mirror.base import Arrival, Event, Mirror, WireRequest
from lambwsgi.local.mirror.request_limits import refusal_of
from lambwsgi.local.throttle import Throttle

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment

Handler = Callable[[Event, LambdaContext], object]

_logger = logging.getLogger("lambwsgi")
_BODILESS = frozenset({204, 304})


class EmulatedGateway:
    """The WSGI application. `stage`: the first segment of a REST API's URLs; empty as behind a custom domain.

    `impatient`: it stops waiting for the handler when the gateway would; the handler goes on, in a thread of its own.
    `throttle_per_second`: what comes faster than that gets the gateway's 429; 0 lets everything through. Raises
    `LocalError` for a gateway that has no throttle.
    """

    def __init__(
        self,
        handler: Handler,
        mirror: Mirror,
        *,
        function: FunctionIdentity | None = None,
        stage: str = "",
        impatient: bool = False,
        throttle_per_second: float = 0,
    ) -> None:
        self._handler = handler
        self._mirror = mirror
        self._function = function or FunctionIdentity()
        self._stage = stage
        self._impatient = impatient
        self._throttle = Throttle(mirror, throttle_per_second)

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        return send_whole(self.answer(read_environ(environ)), environ, start_response)

    def answer(self, request: WireRequest) -> HttpResponse:
        """The response as the client of this gateway on AWS would get it, AWS's refusals included."""
        admitted = self._admit(request)
        if isinstance(admitted, HttpResponse):
            return admitted
        return self._take(self._wait(admitted) if self._impatient else self._invoke(admitted))

    def _admit(self, request: WireRequest) -> bytes | HttpResponse:
        """The event as JSON, or the answer to a request that the gateway does not pass on."""
        mirror = self._mirror
        arrival = Arrival.now(stage=self._stage)
        refusal = self._throttle.refusal() or refusal_of(request, mirror.bounds) or mirror.route(request, arrival)
        if refusal is not None:
            return refusal
        payload = to_json(mirror.write_event(request, arrival))
        if len(payload) > mirror.request_limit_bytes:
            return mirror.too_large
        return payload

    def _wait(self, payload: bytes) -> bytes | HttpResponse:
        """What `_invoke` gives, or the gateway's answer when that takes too long."""
        answers: queue.SimpleQueue[bytes | HttpResponse] = queue.SimpleQueue()
        threading.Thread(target=lambda: answers.put(self._invoke(payload)), daemon=True).start()
        try:
            return answers.get(timeout=self._mirror.timeout_seconds)
        except queue.Empty:
            _logger.warning("%s stopped waiting after %s s", self._mirror.name, self._mirror.timeout_seconds)
            return self._mirror.timed_out or self._mirror.failed

    def _invoke(self, payload: bytes) -> bytes | HttpResponse:
        """The function's answer as JSON, or the response that stands for its failure."""
        try:
            return to_json(self._handler(json.loads(payload), self._context()))
        except Exception as error:  # the border: what Lambda would report as a function error
            return self._failed(error)

    def _context(self, begin_payload: Begin | None = None) -> LambdaContext:
        """The context of an invocation that begins now."""
        deadline_ms = int((time.time() + self._function.timeout_seconds) * 1000)
        return LambdaContext(str(uuid.uuid4()), self._function, deadline_ms=deadline_ms, begin_payload=begin_payload)

    def _failed(self, error: BaseException) -> HttpResponse:
        """The response that stands for a function's failure, which the log is told of."""
        mirror = self._mirror
        if isinstance(error, ThrottledError):
            return mirror.throttled
        if isinstance(error, LocalError):
            _logger.warning("%s answers %d: %s", mirror.name, mirror.failed.status, error)
        else:
            _logger.error("%s answers %d: the handler failed", mirror.name, mirror.failed.status, exc_info=error)
        return mirror.failed

    def _take(self, answer: bytes | HttpResponse) -> HttpResponse:
        if isinstance(answer, HttpResponse):
            return answer
        if len(answer) > self._mirror.response_limit_bytes:
            _logger.error(
                "%s answers %d: the function's answer has %d bytes of JSON, above the limit of %d",
                self._mirror.name,
                self._mirror.failed.status,
                len(answer),
                self._mirror.response_limit_bytes,
            )
            return self._mirror.failed
        return self._mirror.read_result(json.loads(answer))


def send_whole(response: HttpResponse, environ: WSGIEnvironment, start_response: StartResponse) -> list[bytes]:
    """The response to a WSGI server: its length counted, without a body where there may be none."""
    headers = sendable(response)
    if not has_body(response, environ):
        start_response(f"{response.status} {response.reason}", headers)
        return [b""]
    headers.append(("Content-Length", str(len(response.body))))
    start_response(f"{response.status} {response.reason}", headers)
    return [response.body]


def sendable(response: HttpResponse) -> list[Header]:
    """The headers that a WSGI application may give to its server."""
    return [(name, value) for name, value in response.headers if not is_hop_by_hop(name)]


def has_body(response: HttpResponse, environ: WSGIEnvironment) -> bool:
    """Whether a body follows the head of this response to this request."""
    return environ["REQUEST_METHOD"] != "HEAD" and response.status not in _BODILESS


def to_json(value: object) -> bytes:
    """JSON as the runtime sends it: UTF-8, bytes passed on as they are. Raises TypeError for what is not JSON."""
    if isinstance(value, bytes):
        return value
    return json.dumps(value, ensure_ascii=False).encode("utf-8")


def read_environ(environ: WSGIEnvironment) -> WireRequest:
    """The request on the wire that a WSGI server made this environ of."""
    body = get_input_stream(environ).read()
    return WireRequest(
        method=environ["REQUEST_METHOD"],
        raw_target=_target(environ),
        headers=_headers(environ, body),
        body=body,
        scheme=environ["wsgi.url_scheme"],
        server_port=str(environ["SERVER_PORT"]),
        protocol=environ.get("SERVER_PROTOCOL", "HTTP/1.1"),
        remote_addr=environ.get("REMOTE_ADDR") or "127.0.0.1",
    )


def _target(environ: WSGIEnvironment) -> str:
    """The request target as it was sent; servers keep it in REQUEST_URI (mod_wsgi) or RAW_URI (gunicorn)."""
    target: Any = environ.get("REQUEST_URI") or environ.get("RAW_URI")
    if not target:
        raise LocalError("the WSGI server gives neither REQUEST_URI nor RAW_URI; serve with werkzeug, or gunicorn")
    return str(target)


def _headers(environ: WSGIEnvironment, body: bytes) -> list[Header]:
    headers = [
        (key[5:].lower().replace("_", "-"), value)
        for key, value in environ.items()
        if key.startswith("HTTP_") and key != "HTTP_CONTENT_LENGTH"
    ]
    if environ.get("CONTENT_TYPE"):
        headers.append(("content-type", environ["CONTENT_TYPE"]))
    if body or environ.get("CONTENT_LENGTH"):
        headers.append(("content-length", str(len(body))))
    return headers
