"""What a function does with an event: a warm-up, a command or an HTTP request."""

from __future__ import annotations

from contextvars import copy_context

from lambwsgi.adapter.handler import make_http_handler
from lambwsgi.adapter.options import HandlerOptions
from lambwsgi.events.warm import is_warm_up

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from lambwsgi.adapter.wsgi import WsgiApp

    Handler = Callable[[Any, Any], dict[str, Any]]


def make_handler(app: WsgiApp | str, *, commands: frozenset[str] = frozenset(), **options: Any) -> Handler:
    """A Lambda handler for a WSGI application, given itself or as `module:attribute`.

    `options` are the fields of `HandlerOptions`. `commands` are the kinds of command that an invocation may run.
    The handler raises EventError for an event that is none of these; whatever else happens, HTTP is answered.
    """
    if isinstance(app, str):
        from lambwsgi.adapter.importer import import_app  # noqa: PLC0415 - most give the application itself

        app = import_app(app)
    return dispatch(make_http_handler(app, HandlerOptions(**options)), commands)


def dispatch(serve_http: Handler, commands: frozenset[str]) -> Handler:
    """A handler that keeps what is not HTTP away from `serve_http`."""

    def handler(event: Any, context: Any) -> dict[str, Any]:
        # No gateway lets a client choose these keys, and every gateway's event has one of its own that these lack.
        if isinstance(event, dict) and "requestContext" not in event:
            if is_warm_up(event):
                return {"warm": True}
            if isinstance(event.get("lambwsgi"), dict):
                from lambwsgi.events.commands import run_command  # noqa: PLC0415 - seldom needed, so not at INIT

                return run_command(event, commands)
        # A context of its own for each request: what an application sets does not leak into the next one.
        return copy_context().run(serve_http, event, context)

    return handler
