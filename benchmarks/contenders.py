"""Who takes part. Each is set up as its own documents say, with the settings that are best for it.

Peers are imported by name when they are made: none of them has to be installed, and a type checker has not seen them.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from dataclasses import dataclass
from importlib import import_module
from importlib.util import find_spec
from io import BytesIO
from types import ModuleType
from typing import Any
from wsgiref.util import setup_testing_defaults

from benchmarks.applications import WsgiApp
from benchmarks.events import KINDS
from lambwsgi.local.mirror.base import WireRequest

Handler = Callable[[Any, Any], Any]


@dataclass(frozen=True, slots=True)
class Contender:
    """One adapter. `requires` are its packages, `kinds` the gateways that it claims to serve.

    `load` imports all that a request needs. `function` is the source of a Lambda function's module, whose `handler`
    serves the `app` of `app.py`.
    """

    name: str
    requires: tuple[str, ...]
    make: Callable[[WsgiApp], Handler]
    load: str
    function: str
    kinds: frozenset[str] = frozenset(KINDS)

    def supports(self, kind: str) -> bool:
        """Whether it claims to."""
        return kind in self.kinds

    def is_installed(self) -> bool:
        """Whether all its packages are here."""
        return all(find_spec(name.replace("-", "_")) for name in self.requires)


def call_directly(app: WsgiApp) -> Handler:
    """What the others are compared with: the application called by hand, its environ given."""

    def handler(environ: dict[str, Any], _context: object) -> bytes:
        chunks: list[bytes] = []

        def start_response(
            status: str, headers: list[tuple[str, str]], exc_info: Any = None
        ) -> Callable[[bytes], None]:
            return chunks.append

        result = app(environ, start_response)
        try:
            chunks.extend(result)
        finally:
            close = getattr(result, "close", None)
            if close is not None:
                close()
        return b"".join(chunks)

    return handler


def environ_of(request: WireRequest) -> dict[str, Any]:
    """An environ such as a server would make of the request; the stage of a REST API is not the application's."""
    environ: dict[str, Any] = {
        "REQUEST_METHOD": request.method,
        "PATH_INFO": request.raw_target.partition("?")[0].removeprefix("/live"),
        "QUERY_STRING": request.query_string,
        "REMOTE_ADDR": request.remote_addr,
        "SERVER_PROTOCOL": request.protocol,
        "wsgi.url_scheme": request.scheme,
        "wsgi.input": BytesIO(request.body),
    }
    for name, value in request.headers:
        key = name.upper().replace("-", "_")
        environ[key if key in {"CONTENT_TYPE", "CONTENT_LENGTH"} else f"HTTP_{key}"] = value
    setup_testing_defaults(environ)
    return environ


def _make_lambwsgi(app: WsgiApp) -> Handler:
    from lambwsgi import make_handler  # noqa: PLC0415 - as the peers

    return make_handler(app)


def _make_apig_wsgi(app: WsgiApp) -> Handler:
    # Off by default for REST APIs, where binary answers would fail.
    handler: Handler = import_module("apig_wsgi").make_lambda_handler(app, binary_support=True)
    return handler


def _make_serverless_wsgi(app: WsgiApp) -> Handler:
    handle_request = import_module("serverless_wsgi").handle_request

    def handler(event: Any, context: Any) -> Any:
        return handle_request(app, event, context)

    return handler


def _make_awsgi2(app: WsgiApp) -> Handler:
    respond = import_module("awsgi2").response
    # It takes for text what is not named here.
    binary = {"application/octet-stream"}

    def handler(event: Any, context: Any) -> Any:
        return respond(app, event, context, base64_content_types=binary)

    return handler


def _make_mangum(app: WsgiApp) -> Handler:
    # Without the lifespan, which WSGI does not know and which would otherwise be played at every request.
    handler: Handler = import_module("mangum").Mangum(import_module("a2wsgi").WSGIMiddleware(app), lifespan="off")
    return handler


# What `zappa deploy` writes into the artifact, as far as requests need it. No LOG_LEVEL, so that no line is written for
# a request; its default would write several.
ZAPPA_SETTINGS = """
API_STAGE = "live"
APP_FUNCTION = "app"
APP_MODULE = "app"
BINARY_SUPPORT = True
CONTEXT_HEADER_MAPPINGS = {}
DEBUG = False
DJANGO_SETTINGS = None
DOMAIN = None
ENVIRONMENT_VARIABLES = {}
EXCEPTION_HANDLER = None
LOG_LEVEL = None
PROJECT_NAME = "benchmark"
"""


def _make_zappa(app: WsgiApp) -> Handler:
    handler_class = import_module("zappa.handler").LambdaHandler
    settings, application = ModuleType("benchmark_zappa_settings"), ModuleType("benchmark_zappa_app")
    exec(ZAPPA_SETTINGS, settings.__dict__)
    settings.__dict__["APP_MODULE"] = application.__name__
    application.__dict__["app"] = app
    sys.modules.update({settings.__name__: settings, application.__name__: application})
    # Past its `__new__`, which would give the same object, and with it the same application, every time.
    handler = object.__new__(handler_class)
    handler.__init__(settings_name=settings.__name__)
    bound: Handler = handler.handler
    return bound


LAMBWSGI = Contender(
    name="lambwsgi",
    requires=("lambwsgi",),
    make=_make_lambwsgi,
    # The gateway's modules are imported with its first event unless it is named; an import without them would flatter.
    load="from lambwsgi import make_handler; make_handler(print, gateway='http_api')",
    function="from lambwsgi import make_handler\nhandler = make_handler('app:app', gateway='http_api')\n",
)

CONTENDERS = (
    LAMBWSGI,
    Contender(
        name="apig-wsgi",
        requires=("apig-wsgi",),
        make=_make_apig_wsgi,
        load="from apig_wsgi import make_lambda_handler",
        function="from apig_wsgi import make_lambda_handler\nfrom app import app\nhandler = make_lambda_handler(app)\n",
    ),
    Contender(
        name="serverless-wsgi",
        requires=("serverless-wsgi",),
        make=_make_serverless_wsgi,
        load="from serverless_wsgi import handle_request",
        function="import serverless_wsgi\nfrom app import app\n"
        "def handler(event, context):\n    return serverless_wsgi.handle_request(app, event, context)\n",
    ),
    Contender(
        name="awsgi2",
        requires=("awsgi2",),
        make=_make_awsgi2,
        load="import awsgi2",
        function="import awsgi2\nfrom app import app\n"
        "def handler(event, context):\n    return awsgi2.response(app, event, context)\n",
        # Of multi-value events it reads the query only.
        kinds=frozenset({"function_url", "http_api", "rest_api", "alb"}),
    ),
    Contender(
        name="zappa",
        requires=("zappa",),
        make=_make_zappa,
        load="from zappa.handler import lambda_handler",
        # With the variable by which it imports the application at INIT and not in the first request.
        function="import os\nos.environ['INSTANTIATE_LAMBDA_HANDLER_ON_IMPORT'] = '1'\n"
        "from zappa.handler import lambda_handler as handler\n",
    ),
    Contender(
        name="mangum",
        requires=("mangum", "a2wsgi"),
        make=_make_mangum,
        load="from mangum import Mangum; from a2wsgi import WSGIMiddleware",
        function="from mangum import Mangum\nfrom a2wsgi import WSGIMiddleware\nfrom app import app\n"
        "handler = Mangum(WSGIMiddleware(app), lifespan='off')\n",
    ),
)


def installed() -> tuple[Contender, ...]:
    """Those that can take part here, in the order of the tables."""
    return tuple(contender for contender in CONTENDERS if contender.is_installed())
