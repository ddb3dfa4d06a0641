"""The variables of a serverless.yml, `${self:custom.memory}`, put in place where the file itself says what they are.

Source: Serverless Framework's documentation, 'Variables', of versions 3 and 4.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from lambwsgi.settings.errors import SettingsError
from lambwsgi.settings.moving.foreign import read_any
from lambwsgi.settings.moving.rules import literal
from lambwsgi.settings.moving.serverless_references import LITERAL, MARK, our_reference

_INNERMOST = re.compile(r"\$\{([^${}]*)\}")
_FILE = re.compile(r"file\((?P<path>[^()]+)\)(?::(?P<address>[\w.-]+))?")
_SAME = {"aws:region": "self:provider.region"}
_DEEPEST = 20


@dataclass(frozen=True, slots=True)
class Unresolved:
    """A value that cannot be known from here. `text` is as it was written, `why` goes on after it."""

    text: str
    why: str = "which this file does not tell; write it into lambwsgi.yml"


@dataclass(slots=True)
class Scope:
    """What variables of one stage may lead to; `directory` is where other files are.

    `used` gathers the keys that they led to, dotted; `defaults` those of references, which ours cannot have.
    """

    document: Mapping[str, Any]
    stage: str
    directory: Path
    used: set[str] = field(default_factory=set)
    defaults: dict[str, str] = field(default_factory=dict)

    def resolve(self, value: Any) -> Any:
        """The value with its variables in place, or as references of ours; what cannot be known is `Unresolved`."""
        return _finished(self._resolve(value, 0))

    def _resolve(self, value: Any, depth: int) -> Any:
        if isinstance(value, Mapping):
            return {name: self._resolve(item, depth) for name, item in value.items()}
        if isinstance(value, list):
            return [self._resolve(item, depth) for item in value]
        if not isinstance(value, str) or "${" not in value:
            return value
        return self._text(value, depth)

    def _text(self, text: str, depth: int) -> Any:
        written = text
        # A backslash keeps a dollar from being a variable's.
        text = text.replace("\\${", f"{LITERAL}{{")
        while found := _INNERMOST.search(text):
            inner = self._variable(found[1], depth + 1) if depth < _DEEPEST else Unresolved(written)
            if isinstance(inner, Unresolved):
                return Unresolved(written)
            if found[0] == text:
                return self._resolve(inner, depth + 1)
            if isinstance(inner, Mapping | list):
                return Unresolved(written)
            text = text[: found.start()] + ("" if inner is None else str(inner)) + text[found.end() :]
        # A reference inside of another variable would have to be read before that can be looked up.
        return Unresolved(written) if "${" in text and MARK in text else text

    def _variable(self, content: str, depth: int) -> Any:
        """The first of the alternatives that is known: `opt:stage, 'dev'`."""
        alternatives = [each.strip() for each in content.split(",")]
        for position, alternative in enumerate(alternatives, 1):
            if reference := our_reference(alternative):
                self._note_defaults(reference, alternatives[position:])
                return reference
            value = self._look_up(alternative, depth)
            if isinstance(value, Unresolved) or value is not None:
                return value
        return Unresolved(content)

    def _note_defaults(self, reference: str, others: Sequence[str]) -> None:
        if others:
            self.defaults[reference.replace(MARK, "$")] = ", ".join(others)

    def _look_up(self, source: str, depth: int) -> Any:
        """The value; None where it is not given, `Unresolved` where it lies elsewhere."""
        if source in ("opt:stage", "sls:stage", "self:provider.stage"):
            return self.stage
        if found := _FILE.fullmatch(source):
            return self._resolve(self._from_file(found["path"], found["address"]), depth)
        kind, colon, path = _SAME.get(source, source).partition(":")
        if not colon:
            return _literal(source)
        if kind == "self":
            self.used.add(path)
            return self._resolve(_find(self.document, path), depth)
        if kind == "param":
            return self._resolve(self._parameter(path), depth)
        return None if kind == "opt" else Unresolved(source)

    def _from_file(self, name: str, address: str | None) -> Any:
        """What a file has, at the dotted address; a file that is code, or is not there, tells nothing."""
        path = self.directory / name.strip()
        if not path.exists():
            return None
        try:
            content = read_any(path)
        except SettingsError:
            return Unresolved(f"file({name})")
        return _find(content, address) if address else content

    def _parameter(self, name: str) -> Any:
        for where in (f"params.{self.stage}", f"stages.{self.stage}.params", "params.default", "stages.default.params"):
            found = _find(self.document, where)
            if isinstance(found, Mapping) and name in found:
                return found[name]
        return Unresolved(f"param:{name}")


def _finished(value: Any) -> Any:
    """The value with what looks like a reference escaped, and with the dollars of those that are."""
    if isinstance(value, str):
        return str(literal(value.replace(LITERAL, "$"))).replace(MARK, "$")
    if isinstance(value, Mapping):
        return {name: _finished(item) for name, item in value.items()}
    return [_finished(item) for item in value] if isinstance(value, list) else value


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
