"""A response that is sent while it is made: the WSGI bridge, and the way out through a gateway that streams.

The rules are those of `lambwsgi.adapter.wsgi`. What differs: the head goes out with the first bytes, so a mistake after
it cannot become another response, and what the application declares of its length cannot be mended.
"""

from __future__ import annotations

from lambwsgi.adapter.errors import AppError, LambWSGIError
from lambwsgi.adapter.head import STATUS, WITHOUT_BODY, read_headers, refuse_status
from lambwsgi.adapter.message import HttpResponse
from lambwsgi.adapter.wsgi import bytes_of, raise_it

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any, Protocol

    from lambwsgi.adapter.gateways.table import Event, Gateway
    from lambwsgi.adapter.message import Header
    from lambwsgi.adapter.wsgi import Environ, WsgiApp

    Send = Callable[[bytes], None]
    # What the context object of a runtime that streams has as `begin_response`: from a prelude to `send`.
    BeginResponse = Callable[[dict[str, Any]], Send]

    class Outlet(Protocol):
        """Where a response goes: its head once, then its body in parts, then its end."""

        def begin(self, head: HttpResponse, *, has_body: bool) -> None: ...
        def send(self, chunk: bytes) -> None: ...
        def end(self) -> None: ...

    StreamAnswer = Callable[[Environ, Outlet], None]


def stream_of(app: WsgiApp, close_failed: Callable[[Exception], None] = raise_it) -> StreamAnswer:
    """The application as a function that sends its response to an outlet.

    Every non-empty part is sent when the application gives it, by `write()` too. What it returned is closed after the
    last part and before the end. Raises AppError where the application broke PEP 3333, and whatever it raises.
    `close_failed` gets what `close()` raised.
    """

    def answer(environ: Environ, outlet: Outlet) -> None:
        # Middleware may change what the environ says; the client has asked what it asked.
        reply = _Reply(environ["REQUEST_METHOD"], outlet)
        result = app(environ, reply.start_response)
        try:
            for chunk in result:
                if not isinstance(chunk, bytes):
                    chunk = bytes_of(chunk, "the iterable")  # noqa: PLW2901 - the same bytes
                if chunk:
                    reply.send(chunk)
                if reply.is_complete:
                    # No client gets more, and what makes the rest may never end.
                    break
            reply.finish()
        finally:
            close = getattr(result, "close", None)
            if close is not None:
                try:
                    close()
                except Exception as error:
                    close_failed(error)
        outlet.end()

    return answer


class _Reply:
    """One response on its way: what `start_response` said, and how much of the body has gone."""

    def __init__(self, method: str, outlet: Outlet) -> None:
        self._method = method
        self._outlet = outlet
        self._line: Any = None
        self._pairs: Any = None
        self._has_begun = False
        self._has_body = True
        # Bytes that may still be sent; None where nobody said how many there are.
        self._left: int | None = None

    def start_response(self, line: str, pairs: list[Header], exc_info: Any = None) -> Callable[[bytes], None]:
        if exc_info:
            try:
                if self._has_begun:
                    raise exc_info[1].with_traceback(exc_info[2])
            finally:
                exc_info = None
        elif self._line is not None:
            raise AppError("start_response was called a second time without exc_info; PEP 3333 allows it only once")
        self._line, self._pairs = line, pairs
        return self._write

    @property
    def is_complete(self) -> bool:
        """Whether all has been sent that a client may get."""
        return self._has_begun and (not self._has_body or self._left == 0)

    def send(self, chunk: bytes) -> None:
        """Send a part of the body, the head before the first; no more than was declared."""
        if not self._has_begun:
            self._begin(is_empty=False)
        if not self._has_body:
            return
        if self._left is not None:
            # 'Handling the Content-Length Header': no more is sent than was announced.
            chunk = chunk[: self._left]
            self._left -= len(chunk)
        if chunk:
            self._outlet.send(chunk)

    def finish(self) -> None:
        """The body has ended. Raises AppError where it is shorter than its head says, which the client has by now."""
        if not self._has_begun:
            self._begin(is_empty=True)
        if self._has_body and self._left:
            raise AppError(f"the body ended {self._left} bytes before the Content-Length that was declared")

    def _write(self, data: bytes) -> None:
        if not isinstance(data, bytes):
            data = bytes_of(data, "write()")
        if data:
            self.send(data)

    def _begin(self, *, is_empty: bool) -> None:
        line = self._line
        if line is None:
            raise AppError(
                "the application returned without calling start_response"
                if is_empty
                else "the application returned a body before it called start_response"
            )
        status, reason = STATUS[line] if isinstance(line, str) else refuse_status(line)
        headers, length = read_headers(list(self._pairs))
        self._has_body = self._method != "HEAD" and status not in WITHOUT_BODY
        if self._has_body:
            # Where there is no body at all, saying so spares the client the wait for one.
            self._left = length = 0 if is_empty else length
        if length is not None and status not in (204, 205):
            headers.append(("Content-Length", str(length)))
        self._outlet.begin(HttpResponse(status, reason, headers, b""), has_body=self._has_body)
        self._has_begun = True


# What Lambda starts in the place of its own runtime client, and where ours is in an artifact.
# Source: Lambda developer guide, 'Modifying the runtime environment', wrapper scripts.
WRAPPER_VARIABLE = "AWS_LAMBDA_EXEC_WRAPPER"
WRAPPER = "/var/task/lambwsgi/runtime/bootstrap"


class GatewayOutlet:
    """The way out through a gateway. `status` and `size` tell what has gone; the status is 0 before anything has."""

    def __init__(self, gateway: Gateway, event: Event, context: Any) -> None:
        """Raises LambWSGIError where the runtime that made the context cannot stream."""
        begin: BeginResponse | None = getattr(context, "begin_response", None)
        if begin is None:
            raise LambWSGIError(
                "`streaming` is set, but this runtime cannot stream; start lambwsgi's own:"
                f" {WRAPPER_VARIABLE}={WRAPPER}"
            )
        self._gateway = gateway
        self._event = event
        self._begin_response = begin
        self.status = 0
        self.size = 0

    def begin(self, head: HttpResponse, *, has_body: bool) -> None:
        self._send = self._begin_response(_prelude(self._gateway, head, self._event))
        self.status = head.status

    def send(self, chunk: bytes) -> None:
        self.size += len(chunk)
        self._send(chunk)

    def end(self) -> None:
        """The runtime ends the response when the handler returns."""

    def send_whole(self, response: HttpResponse) -> None:
        """Send a response that is there already."""
        self.begin(response, has_body=True)
        self.send(response.body)


def _prelude(gateway: Gateway, head: HttpResponse, event: Event) -> dict[str, Any]:
    """What goes before the body: the proxy result of the gateway, without what tells of a body.

    Source: Lambda developer guide, 'Response streaming for Lambda functions'; API Gateway developer guide, 'Set up a
    Lambda proxy integration with payload response streaming'.
    """
    result = gateway.write_result(head, event)
    return {key: value for key, value in result.items() if key not in ("body", "isBase64Encoded")}
