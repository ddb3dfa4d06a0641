"""Run a WSGI application on AWS Lambda: `handler = make_handler(app)`."""

from __future__ import annotations

__all__ = [
    "HandlerOptions",
    "LambWSGIError",
    "after_restore",
    "before_snapshot",
    "current_context",
    "current_event",
    "make_handler",
]

# Looked up when asked for, so that importing one room does not wake the others.
_HOMES = {
    "HandlerOptions": "lambwsgi.adapter.options",
    "LambWSGIError": "lambwsgi.adapter.errors",
    "after_restore": "lambwsgi.events.snapstart",
    "before_snapshot": "lambwsgi.events.snapstart",
    "current_context": "lambwsgi.adapter.invocation",
    "current_event": "lambwsgi.adapter.invocation",
    "make_handler": "lambwsgi.events.dispatch",
}

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from lambwsgi.adapter.errors import LambWSGIError
    from lambwsgi.adapter.invocation import current_context, current_event
    from lambwsgi.adapter.options import HandlerOptions
    from lambwsgi.events.dispatch import make_handler
    from lambwsgi.events.snapstart import after_restore, before_snapshot


def __getattr__(name: str) -> Any:
    home = _HOMES.get(name)
    if home is None:
        raise AttributeError(f"module 'lambwsgi' has no attribute {name!r}")
    from importlib import import_module  # noqa: PLC0415 - not before a name is asked for

    value = getattr(import_module(home), name)
    globals()[name] = value
    return value
