"""A function whose results are kept. The few names that all requests share are worked out once per environment."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

# Clients and applications may invent names without end; they must not fill the memory.
_MOST = 1024


class Memo(dict):  # type: ignore[type-arg]  # a subscript would be evaluated at import
    """Maps a text to `make(text)`, which must always give the same. Looked up like a dict, which is twice as fast."""

    __slots__ = ("_make",)

    def __init__(self, make: Callable[[str], Any]) -> None:
        super().__init__()
        self._make = make

    def __missing__(self, text: str) -> Any:
        result = self._make(text)
        if len(self) < _MOST:
            self[text] = result
        return result
