"""What can be wrong with the settings, gathered so that all of it is told at once."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from lambwsgi.adapter.errors import LambWSGIError


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that is wrong, and where. `line` and `column` count from 1; `key` is dotted, as in `dev.memory_mb`."""

    file: str
    line: int
    column: int
    key: str
    message: str

    def __str__(self) -> str:
        key = f"{self.key}: " if self.key else ""
        return f"{self.file}:{self.line}:{self.column}: {key}{self.message}"


class SettingsError(LambWSGIError):
    """The settings cannot be used. `problems` is empty where no line of the file is to blame."""

    exit_code = 2

    def __init__(self, message: str, *, problems: tuple[Problem, ...] = ()) -> None:
        super().__init__(message)
        self.problems = problems

    @classmethod
    def of(cls, problems: Iterable[Problem]) -> SettingsError:
        """The error that tells all the problems, in the order of the file, each once, one a line."""
        ordered = tuple(sorted(set(problems), key=lambda problem: (problem.line, problem.column, problem.message)))
        return cls("\n".join(map(str, ordered)), problems=ordered)
