"""The invocation at hand, for code that is far from the environ."""

from __future__ import annotations

from contextvars import ContextVar

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

# Event and context; set by the handler for each invocation, in a `contextvars` context of its own.
INVOCATION: ContextVar[tuple[Any, Any]] = ContextVar("lambwsgi.invocation")


def current_event() -> Any:
    """The event being served. Raises LookupError outside of an invocation."""
    return INVOCATION.get()[0]


def current_context() -> Any:
    """Lambda's context object of the event being served. Raises LookupError outside of an invocation."""
    return INVOCATION.get()[1]
