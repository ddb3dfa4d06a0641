"""A response that is posted while it is made.

Chunked coding, a prelude in JSON, eight NUL bytes, the body; what fails on the way is told in trailers.
Source: Lambda developer guide, 'Using response streaming with a custom runtime'.
"""

from __future__ import annotations

from base64 import b64encode

from lambwsgi.runtime.connection import RuntimeApiError, connect, head_of, read_reply
from lambwsgi.runtime.marshal import to_json

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

# What makes a gateway read a prelude instead of passing all on as the body of a 200.
HTTP_INTEGRATION_RESPONSE = "application/vnd.awslambda.http-integration-response"
_ERROR_TYPE = "Lambda-Runtime-Function-Error-Type"
_ERROR_BODY = "Lambda-Runtime-Function-Error-Body"
_HEADERS = {
    "Lambda-Runtime-Function-Response-Mode": "streaming",
    "Transfer-Encoding": "chunked",
    "Trailer": f"{_ERROR_TYPE}, {_ERROR_BODY}",
}
AFTER_PRELUDE = b"\0" * 8


def write_prelude(prelude: Mapping[str, Any]) -> bytes:
    """The bytes before the body. The prelude's keys are `statusCode`, `headers`, `multiValueHeaders` and `cookies`."""
    # JSON escapes control characters, so there is no NUL in it.
    return to_json(prelude) + AFTER_PRELUDE


class ResponseStream:
    """The post, on a connection of its own, which it closes: the response lasts as long as the invocation."""

    def __init__(self, address: str, path: str, headers: Mapping[str, str]) -> None:
        """Nothing is sent before the first bytes of the payload."""
        self._socket = connect(address)
        self._unsent = head_of("POST", path, address, {**headers, **_HEADERS})

    def send(self, payload: bytes) -> None:
        """Send a part of the payload at once. Raises RuntimeApiError where the Runtime API takes no more."""
        if payload:
            self._write(b"%x\r\n%b\r\n" % (len(payload), payload))

    def end(self, error: Mapping[str, Any] | None = None) -> None:
        """End the payload; with an error (`errorMessage`, `errorType`, `stackTrace`) the client gets it cut off.

        Raises RuntimeApiError where the Runtime API did not accept the response.
        """
        trailers = b""
        if error is not None:
            body = b64encode(to_json(error)).decode()
            trailers = f"{_ERROR_TYPE}: {error['errorType']}\r\n{_ERROR_BODY}: {body}\r\n".encode()
        with self._socket:
            self._write(b"0\r\n%b\r\n" % trailers)
            with self._socket.makefile("rb") as stream:
                try:
                    reply = read_reply(stream)
                except (OSError, EOFError) as problem:
                    raise RuntimeApiError(f"the streamed response has no answer: {problem}") from problem
        if reply.status != 202:
            told = reply.body[:300].decode("utf-8", "replace")
            raise RuntimeApiError(
                f"the streamed response was answered with {reply.status}: {told}", status=reply.status
            )

    def abandon(self) -> None:
        """Hang up, whatever has been sent."""
        self._socket.close()

    def _write(self, data: bytes) -> None:
        unsent, self._unsent = self._unsent, b""
        try:
            self._socket.sendall(unsent + data)
        except OSError as error:
            raise RuntimeApiError(f"the Runtime API takes no more of the response: {error}") from error
