"""The invocation at hand, for code that is far from the environ."""

from __future__ import annotations

from contextvars import ContextVar

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

_INVOCATION: ContextVar[tuple[Any, Any]] = ContextVar("lambwsgi.invocation")


def enter(event: Any, context: Any) -> None:
    """Make this the invocation of the present `contextvars` context."""
    _INVOCATION.set((event, context))


def current_event() -> Any:
    """The event being served. Raises LookupError outside of an invocation."""
    return _INVOCATION.get()[0]


def current_context() -> Any:
    """Lambda's context object of the event being served. Raises LookupError outside of an invocation."""
    return _INVOCATION.get()[1]
