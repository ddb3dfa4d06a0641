"""A test client that pushes every request through a gateway's event and proxy result, as Lambda would get them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, unquote_to_bytes, urlsplit

from werkzeug.test import Client, TestResponse

from lambwsgi.events.dispatch import make_handler
from lambwsgi.local.errors import LocalError
from lambwsgi.local.exchange import Exchange, assert_valid_result, assert_within_limits, recording
from lambwsgi.local.mirror.table import pick
from lambwsgi.local.streaming import make_gateway

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

# What a client sends as it is; a space and what is not ASCII it sends encoded.
_SAFE = "%/:@!$&'()*+,;=~?[]{}|^`\\\"<>"


class LambdaClient(Client):
    """werkzeug's test client over an emulated gateway: `LambdaClient(app).get("/").json`.

    `gateway` is `function_url`, `http_api`, `http_api_v1`, `rest_api`, `alb`, `alb_multi_value`, `lattice_v1`,
    `lattice_v2`, `edge_viewer` or `edge_origin`; `options` are those of `make_handler`. `base_url` stands before the
    paths that are asked, and behind it, for a REST API, the `stage`. The application runs in the thread of the test.
    With `streaming=True` it runs in one of its own, and its answer can be read as it comes: `response.iter_encoded()`.
    Raises `LocalError` for an unknown gateway, or one that cannot stream.
    """

    def __init__(
        self,
        app: WSGIApplication | str,
        gateway: str = "function_url",
        *,
        base_url: str = "http://localhost/",
        stage: str = "",
        **options: Any,
    ) -> None:
        self.gateway = gateway
        self._exchange: Exchange | None = None
        handler = recording(make_handler(app, **options), self._remember)
        stage = stage if gateway == "rest_api" else ""
        streaming = bool(options.get("streaming"))
        self._emulated = make_gateway(handler, pick(gateway), streaming=streaming, stage=stage)
        self._base_url = f"{base_url.rstrip('/')}/{stage}"
        super().__init__(self._answer)

    @property
    def exchange(self) -> Exchange:
        """The event and the result of the last request; raises `LocalError` where the function gave none."""
        if self._exchange is None:
            raise LocalError("the function gave no result: there was no request yet, or the gateway refused the last")
        return self._exchange

    def assert_valid(self) -> None:
        """Raises AssertionError when AWS would refuse or misread the last result, or find it too large."""
        __tracebackhide__ = True
        result = self.exchange.result
        if self.exchange.streamed:
            result = {**result, "body": "", "isBase64Encoded": False}
        assert_valid_result(result, self.gateway)
        assert_within_limits(result, self.gateway)

    def open(self, *args: Any, buffered: bool = False, follow_redirects: bool = False, **kwargs: Any) -> TestResponse:
        """One request; arguments are those of werkzeug's `Client.open`."""
        if kwargs or not args or isinstance(args[0], str):
            kwargs.setdefault("base_url", self._base_url)
        return super().open(*args, buffered=buffered, follow_redirects=follow_redirects, **kwargs)

    def _remember(self, exchange: Exchange) -> None:
        self._exchange = exchange

    def _answer(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        self._exchange = None
        return self._emulated({**environ, "REQUEST_URI": _target(environ)}, start_response)


def _target(environ: WSGIEnvironment) -> str:
    """The request target that a client would send.

    werkzeug's REQUEST_URI is what the test wrote: without a query that was an argument of its own, and with the root of
    the base URL only where a redirect led there.
    """
    path = "/" + urlsplit(environ["REQUEST_URI"].partition("?")[0]).path.removeprefix("/")
    root, query = environ["SCRIPT_NAME"], environ["QUERY_STRING"]
    if unquote_to_bytes(path.encode("latin-1")).decode("latin-1") != root + environ["PATH_INFO"]:
        path = f"{quote(root.encode('latin-1'), safe=_SAFE)}{path}"
    target = f"{path}?{query}" if query else path
    return quote(target.encode("latin-1"), safe=_SAFE)
