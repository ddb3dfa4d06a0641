"""A gateway on this machine that passes each part of a response on as the function sends it."""

from __future__ import annotations

import json
import logging
import threading
from collections.abc import Iterable
from contextvars import copy_context
from traceback import format_exception_only
from typing import TYPE_CHECKING, Any

from lambwsgi.adapter.limits import STREAM_PRELUDE_BYTES, STREAMED_PAYLOAD_BYTES
from lambwsgi.adapter.message import HttpResponse
from lambwsgi.local.channel import Begun, Channel, Ended
from lambwsgi.local.errors import CutOffError, LocalError
from lambwsgi.local.gateway import EmulatedGateway, Handler, has_body, read_environ, send_whole, sendable, to_json
from lambwsgi.local.mirror.base import Mirror
from lambwsgi.local.mirror.result import MalformedResultError, malformed
from lambwsgi.runtime.stream import AFTER_PRELUDE, HTTP_INTEGRATION_RESPONSE

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment

_logger = logging.getLogger("lambwsgi")


class StreamingGateway(EmulatedGateway):
    """The WSGI application; its options are those of `EmulatedGateway`.

    The handler runs in a thread of its own, beside the client that reads. The gateway waits for as long as the function
    may take; one that fails is answered with the gateway's error before the head has gone, and after it by an end
    before the end. Raises `LocalError` for a gateway that cannot stream.
    """

    def __init__(self, handler: Handler, mirror: Mirror, **options: Any) -> None:
        super().__init__(handler, mirror, **options)
        if mirror.read_prelude is None:
            raise LocalError(f"gateway {mirror.name!r} waits for the whole response and cannot stream")
        self._read_prelude = mirror.read_prelude

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        admitted = self._admit(read_environ(environ))
        if isinstance(admitted, HttpResponse):
            return send_whole(admitted, environ, start_response)
        channel = Channel()
        run = copy_context().run
        threading.Thread(target=run, args=(self._produce, admitted, channel), daemon=True).start()
        try:
            head, first = self._read_head(channel)
        except MalformedResultError as why:
            channel.leave()
            return send_whole(malformed(self._mirror.name, why, self._mirror.failed), environ, start_response)
        except Exception as error:  # the border: what Lambda would report as a function error
            channel.leave()
            return send_whole(self._failed(error), environ, start_response)
        start_response(f"{head.status} {head.reason}", sendable(head))
        if not has_body(head, environ):
            channel.leave()
            return []
        return _Body(channel, first)

    def _produce(self, payload: bytes, channel: Channel) -> None:
        """Have the function answer into the channel; a result that is whole is one piece of JSON."""
        failure: BaseException | None = None
        try:
            result = self._handler(json.loads(payload), self._context(channel.begin))
            if not channel.has_begun:
                channel.begin("application/json")(to_json(result))
        except BaseException as error:  # told to whoever reads
            failure = error
        channel.end(failure)

    def _read_head(self, channel: Channel) -> tuple[HttpResponse, bytes]:
        """The head of the response, and what has come of the body. Raises what kept the function from sending one."""
        message = _read(channel)
        if not isinstance(message, Begun):
            raise MalformedResultError("the function sent nothing")
        if message.content_type != HTTP_INTEGRATION_RESPONSE:
            # No prelude: all of the payload is the body. What a function that does not stream looks like here.
            return HttpResponse(200, "OK", [("content-type", message.content_type)], b""), b""
        received = b""
        while AFTER_PRELUDE not in received[:STREAM_PRELUDE_BYTES]:
            if len(received) >= STREAM_PRELUDE_BYTES:
                raise MalformedResultError(f"no end of the prelude in the first {STREAM_PRELUDE_BYTES} bytes")
            piece = _read(channel)
            if not isinstance(piece, bytes):
                raise MalformedResultError("the stream ended in its prelude")
            received += piece
        prelude, _, first = received.partition(AFTER_PRELUDE)
        try:
            return self._read_prelude(json.loads(prelude)), first
        except ValueError as error:
            raise MalformedResultError(f"the prelude is no JSON: {error}") from error


def make_gateway(handler: Handler, mirror: Mirror, *, streaming: bool, **options: Any) -> EmulatedGateway:
    """The gateway that passes on whole responses, or with `streaming` their parts; `LocalError` where it cannot."""
    kind = StreamingGateway if streaming else EmulatedGateway
    return kind(handler, mirror, **options)


def _read(channel: Channel) -> Begun | bytes | Ended:
    """The next message. Raises what the function failed with."""
    message = channel.read()
    if isinstance(message, Ended) and message.failure is not None:
        raise message.failure
    return message


class _Body:
    """The body, part by part. What cuts it off is raised, so that the server ends the connection before its end."""

    def __init__(self, channel: Channel, first: bytes) -> None:
        self._channel = channel
        self._first = first
        self._left = STREAMED_PAYLOAD_BYTES
        self._has_ended = False

    def __iter__(self) -> _Body:
        return self

    def __next__(self) -> bytes:
        piece, self._first = self._first, b""
        while not piece:
            piece = self._next_piece()
        self._left -= len(piece)
        if self._left < 0:
            raise CutOffError(
                f"the response is cut off after the {STREAMED_PAYLOAD_BYTES} bytes that Lambda lets through"
            )
        return piece

    def _next_piece(self) -> bytes:
        if self._has_ended:
            raise StopIteration
        try:
            message = _read(self._channel)
        except Exception as error:  # whatever it was, the head has gone
            self._has_ended = True
            why = "".join(format_exception_only(error)).strip()
            _logger.warning("the response is cut off, since the function failed after its head had gone: %s", why)
            raise CutOffError(f"the response is cut off: {why}") from error
        if not isinstance(message, bytes):
            self._has_ended = True
            raise StopIteration
        return message

    def close(self) -> None:
        """The client has all or has left."""
        self._channel.leave()
