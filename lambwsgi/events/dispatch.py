"""What a function does with an event: a warm-up, a command or an HTTP request."""

from __future__ import annotations

from contextvars import copy_context
from time import monotonic

from lambwsgi.adapter.errors import EventError
from lambwsgi.adapter.gateways.table import describe
from lambwsgi.adapter.handler import make_http_handler
from lambwsgi.adapter.options import HandlerOptions
from lambwsgi.adapter.wsgi import refuse_asgi
from lambwsgi.events.warm import is_warm_up

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

    from lambwsgi.adapter.handler import Handler
    from lambwsgi.adapter.wsgi import WsgiApp


def make_handler(
    app: WsgiApp | str,
    *,
    commands: frozenset[str] = frozenset(),
    scripts: Mapping[str, str] | None = None,
    **options: Any,
) -> Handler:
    """A Lambda handler for a WSGI application, given itself or as `module:attribute`.

    `options` are the fields of `HandlerOptions`. `commands` are the kinds of command that an invocation may run, and
    `scripts` functions that it may call, by name, as `module:function`.
    The handler raises EventError for an event that is none of these; whatever else happens, HTTP is answered.
    Raises AppImportError for what names no application, and for one that is ASGI.
    """
    if isinstance(app, str):
        from lambwsgi.adapter.importer import import_at_init  # noqa: PLC0415 - most give the application itself

        app = import_at_init(app)
    else:
        refuse_asgi(app, "the application")
    return dispatch(app, HandlerOptions(**options), commands, scripts or {})


def dispatch(app: WsgiApp, options: HandlerOptions, commands: frozenset[str], scripts: Mapping[str, str]) -> Handler:
    """The same of options that are read already."""

    def handle_other(event: Any, context: Any, is_first: bool) -> dict[str, Any]:
        # No gateway lets a client choose these keys, and what a gateway sends does not get here.
        if isinstance(event, dict):
            if is_warm_up(event):
                from lambwsgi.events.warming import warm_up  # noqa: PLC0415 - no request needs it

                return warm_up(event, context, is_first=is_first, ready=ready, serve=handler)
            if isinstance(event.get("lambwsgi"), dict):
                from lambwsgi.events.commands import run_command  # noqa: PLC0415 - seldom needed, so not at INIT

                return copy_context().run(run_command, event, commands, scripts, app, context)
        raise EventError(describe(event))

    handler = make_http_handler(app, options, handle_other)
    ready = monotonic()
    return handler
