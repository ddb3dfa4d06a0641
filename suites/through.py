"""A WSGI application as it answers behind a gateway: event, handler, proxy result, all in this process."""

from __future__ import annotations

import os
from base64 import b64encode
from collections.abc import Callable, Iterable
from io import BytesIO
from typing import Any
from urllib.parse import quote

from werkzeug.wsgi import get_input_stream

from lambwsgi import make_handler
from lambwsgi.local.gateway import EmulatedGateway
from lambwsgi.local.mirror.table import pick

Environ = dict[str, Any]
StartResponse = Callable[..., Any]
App = Callable[[Environ, StartResponse], Iterable[bytes]]

# How many requests went through a gateway: a suite that none went through proves nothing.
COUNT = {"requests": 0}

GATEWAY_VARIABLE = "LAMBWSGI_SUITE_GATEWAY"
# Behind the name of a gateway: the handler streams.
STREAMING = " streaming"


def through_gateway(app: App) -> App:
    """The application behind the gateway that the environment names, or as it is where it names none.

    What a test client puts into the environ besides the request, its own keys with a dot, goes past the gateway; and
    an exception of the application comes out, as test clients expect it.
    """
    name = os.environ.get(GATEWAY_VARIABLE)
    return _behind(app, name) if name else app


def _behind(app: App, name: str) -> App:
    gateway, streaming = name.removesuffix(STREAMING), name.endswith(STREAMING)

    def answer(environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
        own = {key: value for key, value in environ.items() if "." in key and not key.startswith("wsgi.")}
        failures: list[Exception] = []

        def with_own(seen: Environ, start: StartResponse) -> Iterable[bytes]:
            COUNT["requests"] += 1
            seen.update(own, **{"wsgi.errors": environ["wsgi.errors"]})
            return app(seen, start)

        base_path = environ.get("SCRIPT_NAME", "").rstrip("/")
        handler = make_handler(with_own, base_path=base_path, raise_errors=True, streaming=streaming)
        if streaming:
            handler = _gathered(handler)

        def remembering(event: Any, context: Any) -> Any:
            try:
                return handler(event, context)
            except Exception as error:
                failures.append(error)
                raise

        body_sent = _unread(environ)
        sent = {"HTTP_HOST": _host(environ), **environ, "REQUEST_URI": target(environ)}
        sent |= {"wsgi.input": BytesIO(body_sent), "CONTENT_LENGTH": str(len(body_sent))}
        body = EmulatedGateway(remembering, pick(gateway))(sent, start_response)
        if failures:
            raise failures[0]
        return body

    return answer


class _Receiver:
    """The context of a runtime that streams, which keeps what is sent."""

    def __init__(self) -> None:
        self.prelude: dict[str, Any] = {}
        self.parts: list[bytes] = []

    def begin_response(self, prelude: dict[str, Any]) -> Callable[[bytes], None]:
        self.prelude = prelude
        return self.parts.append


def _gathered(handler: Callable[[Any, Any], Any]) -> Callable[[Any, Any], Any]:
    """The streaming handler as one that gives whole results, in the thread of whoever asks."""

    def call(event: Any, _context: Any) -> Any:
        receiver = _Receiver()
        handler(event, receiver)
        body = b64encode(b"".join(receiver.parts)).decode()
        return {**receiver.prelude, "body": body, "isBase64Encoded": True}

    return call


def _unread(environ: Environ) -> bytes:
    """The request's body. A client that follows a redirect sends what is left of it, so all is left."""
    stream = environ["wsgi.input"]
    body: bytes = get_input_stream({**environ, "CONTENT_LENGTH": str(environ.get("CONTENT_LENGTH") or 0)}).read()
    if stream.seekable():
        stream.seek(0)
    return body


def _host(environ: Environ) -> str:
    """What a client writes as Host; Django's writes none."""
    usual = {"http": "80", "https": "443"}[environ["wsgi.url_scheme"]]
    name, port = environ["SERVER_NAME"], str(environ["SERVER_PORT"])
    return name if port == usual else f"{name}:{port}"


def target(environ: Environ) -> str:
    """The request target, SCRIPT_NAME included: what the client would have sent."""
    root = quote(environ.get("SCRIPT_NAME", "").rstrip("/").encode("latin-1"), safe=PATH_SIGNS)
    return f"{root}/{(environ.get('REQUEST_URI') or _escaped(environ)).removeprefix('/')}"


def _escaped(environ: Environ) -> str:
    path = quote(environ.get("PATH_INFO", "").encode("latin-1"), safe=PATH_SIGNS)
    query = quote(environ.get("QUERY_STRING", "").encode("latin-1"), safe=QUERY_SIGNS)
    return f"{path}?{query}" if query else path


PATH_SIGNS = "/:@!$&'()*+,;=~"
QUERY_SIGNS = "/?:@!$&'()*+,;=~%[]{}|^`\\\"<>"
