"""The variables of a serverless.yml, `${self:custom.memory}`, put in place where the file itself says what they are.

Source: Serverless Framework's documentation, 'Variables', of versions 3 and 4.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

_INNERMOST = re.compile(r"\$\{([^${}]*)\}")
_DEEPEST = 20


@dataclass(frozen=True, slots=True)
class Unresolved:
    """A value that only another place knows: a shell, a parameter store, another file. `text` is as it was written."""

    text: str


@dataclass(slots=True)
class Scope:
    """What variables of one stage may lead to. `used` gathers the keys that they led to, dotted."""

    document: Mapping[str, Any]
    stage: str
    used: set[str] = field(default_factory=set)

    def resolve(self, value: Any, depth: int = 0) -> Any:
        """The value with its variables in place; what cannot be known becomes `Unresolved`."""
        if isinstance(value, Mapping):
            return {name: self.resolve(item, depth) for name, item in value.items()}
        if isinstance(value, list):
            return [self.resolve(item, depth) for item in value]
        if not isinstance(value, str) or "${" not in value:
            return value
        return self._text(value, depth)

    def _text(self, text: str, depth: int) -> Any:
        written = text
        while found := _INNERMOST.search(text):
            inner = self._variable(found[1], depth + 1) if depth < _DEEPEST else Unresolved(written)
            if isinstance(inner, Unresolved):
                return Unresolved(written)
            if found[0] == text:
                return self.resolve(inner, depth + 1)
            if isinstance(inner, Mapping | list):
                return Unresolved(written)
            text = text[: found.start()] + ("" if inner is None else str(inner)) + text[found.end() :]
        return text

    def _variable(self, content: str, depth: int) -> Any:
        """The first of the alternatives that is known: `opt:stage, 'dev'`."""
        for alternative in content.split(","):
            value = self._look_up(alternative.strip(), depth)
            if isinstance(value, Unresolved) or value is not None:
                return value
        return Unresolved(content)

    def _look_up(self, source: str, depth: int) -> Any:
        """The value; None where it is not given, `Unresolved` where it lies elsewhere."""
        if source in ("opt:stage", "sls:stage", "self:provider.stage"):
            return self.stage
        kind, colon, path = source.partition(":")
        if not colon:
            return _literal(source)
        if kind == "self":
            self.used.add(path)
            return self.resolve(_find(self.document, path), depth)
        if kind == "param":
            return self.resolve(self._parameter(path), depth)
        return None if kind == "opt" else Unresolved(source)

    def _parameter(self, name: str) -> Any:
        for where in (f"params.{self.stage}", f"stages.{self.stage}.params", "params.default", "stages.default.params"):
            found = _find(self.document, where)
            if isinstance(found, Mapping) and name in found:
                return found[name]
        return Unresolved(f"param:{name}")


def _find(document: Mapping[str, Any], path: str) -> Any:
    found: Any = document
    for name in path.split("."):
        if isinstance(found, list) and name.isdigit() and int(name) < len(found):
            found = found[int(name)]
        elif isinstance(found, Mapping):
            found = found.get(name)
        else:
            return None
    return found


def _literal(text: str) -> Any:
    if re.fullmatch(r"'.*'|\".*\"", text):
        return text[1:-1]
    if text in ("true", "false"):
        return text == "true"
    return int(text) if re.fullmatch(r"-?\d+", text) else Unresolved(text)
