"""What a command inside the function writes, read as it comes. `lambwsgi.events.command_output` writes it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from lambwsgi.deploy.function.invocation import read_answer
from lambwsgi.runtime.stream import AFTER_PRELUDE


class CommandStream:
    """Takes the pieces of a streamed answer and shows the output in them; `result` is what came at the end.

    A function that does not stream, or not yet, answers all at once and without a prelude, which is read as well.
    """

    def __init__(self, show: Callable[[str], None]) -> None:
        self._show = show
        self._rest = b""
        self._has_begun = False
        self.result: dict[str, Any] = {}
        self.output = ""

    def take(self, piece: bytes) -> None:
        """Show what is whole in this piece and those before it."""
        self._rest += piece
        if not self._has_begun:
            _, mark, rest = self._rest.partition(AFTER_PRELUDE)
            if not mark:
                return
            self._has_begun, self._rest = True, rest
        *lines, self._rest = self._rest.split(b"\n")
        for line in lines:
            self._read(line)

    def end(self) -> None:
        """There is no more."""
        self._read(self._rest)
        self._rest = b""

    def _read(self, line: bytes) -> None:
        told = read_answer(line.decode("utf-8", "replace"))
        if not isinstance(told, dict):
            return
        if text := str(told.get("output", "")):
            self.output += text
            self._show(text)
        self.result |= {name: value for name, value in told.items() if name != "output"}
