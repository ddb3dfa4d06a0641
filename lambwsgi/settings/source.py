"""The settings file as plain values that know their line and column. The only place that knows YAML."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from lambwsgi.settings.errors import Problem, SettingsError

Key = tuple[str, ...]

# What PyYAML finds, and our words for it; `{}` is what the brackets hold, `context` the line where it began.
_SYNTAX = (
    (r"found character '\\t' that cannot", "a tab; indent with spaces"),
    (r"found character '(.)' that cannot", "text cannot begin with {0}; write it in quotes"),
    (r"mapping values are not allowed here", "no ':' can stand here; indent as the lines beside, or quote the text"),
    (r"could not find expected ':'", "a key without ':' behind it; write it as 'key: value'"),
    (r"found unexpected end of stream", "the quote that begins in line {context} does not end"),
    (r"but found another document", "a second document begins here; one is wanted"),
    (r"could not determine a constructor for the tag '(.*)'", "the tag {0} means nothing here; leave it out"),
)
_MERGE_TAG = "tag:yaml.org,2002:merge"


@dataclass(frozen=True, slots=True)
class Position:
    """A place in the file; both count from 1."""

    line: int
    column: int


@dataclass(frozen=True, slots=True)
class Value:
    """A value, where it stands and under which key.

    `data` is a mapping of names to entries, a tuple of values, or a plain scalar. `text` is a scalar as it was written,
    since `3.10` reads as the number 3.1.
    """

    data: Any
    key: Key
    position: Position
    text: str = ""

    @property
    def entries(self) -> Mapping[str, Entry]:
        """The entries of a mapping; none when the value is something else."""
        return self.data if isinstance(self.data, Mapping) else {}

    def plain(self) -> Any:
        """The value without positions, as JSON would hold it."""
        if isinstance(self.data, Mapping):
            return {name: entry.value.plain() for name, entry in self.data.items()}
        if isinstance(self.data, tuple):
            return [value.plain() for value in self.data]
        return self.data


@dataclass(frozen=True, slots=True)
class Entry:
    """One `key: value`; `position` is that of the key."""

    position: Position
    value: Value


def read_source(path: Path) -> Value:
    """The content of the file; an empty file reads as an empty mapping.

    Raises SettingsError when the file is missing, is no YAML, repeats a key or has a key that is no text.
    """
    try:
        content = path.read_bytes()
    except FileNotFoundError as error:
        raise SettingsError(
            f"{path} does not exist; 'lambwsgi init --settings {path}' finds the application and writes it"
        ) from error
    except OSError as error:
        raise SettingsError(f"{path} cannot be read: {error.strerror}") from error
    return parse(content, file=str(path))


def parse(content: bytes, *, file: str) -> Value:
    """The same for content that was read already; `file` is how messages name it."""
    try:
        loader = yaml.SafeLoader(content)
        root = loader.get_single_node()
        if root is None:
            return Value({}, (), Position(1, 1))
        return _Reader(loader, file).read(root, ())
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line, column = (mark.line + 1, mark.column + 1) if mark else (1, 1)
        raise SettingsError.of([Problem(file, line, column, "", _syntax_words(error))]) from error
    except yaml.reader.ReaderError as error:
        raise SettingsError(f"{file} is no text in UTF-8; save it as UTF-8") from error


def _syntax_words(error: yaml.MarkedYAMLError) -> str:
    began = error.context_mark.line + 1 if error.context_mark else 1
    for pattern, words in _SYNTAX:
        found = re.match(pattern, str(error.problem))
        if found:
            return f"not YAML: {words.format(*found.groups(), context=began)}"
    return f"not YAML: {error.problem}"


def plain_yaml(text: str) -> Any:
    """A YAML file of another tool's, without positions. Raises ValueError for what is no YAML.

    What has a tag of its own, as CloudFormation's `!Ref`, is read as text or as what the tag stands before.
    """
    try:
        return yaml.load(text, Loader=_TagsPassedOver)  # noqa: S506 - a SafeLoader
    except yaml.YAMLError as error:
        raise ValueError(" ".join(str(error).split())) from error


def to_yaml(data: Mapping[str, Any]) -> str:
    """The values as YAML, in their order."""
    return str(yaml.safe_dump(data, sort_keys=False, allow_unicode=True, width=110))


class _TagsPassedOver(yaml.SafeLoader):
    """Reads what stands after a tag that it does not know."""

    def construct_tagged(self, _tag: str, node: yaml.Node) -> Any:
        if isinstance(node, yaml.MappingNode):
            return self.construct_mapping(node, deep=True)
        if isinstance(node, yaml.SequenceNode):
            return self.construct_sequence(node, deep=True)
        return str(node.value)


_TagsPassedOver.add_multi_constructor("!", _TagsPassedOver.construct_tagged)


class _Reader:
    """Turns composed nodes into values. A node that an alias repeats is read once."""

    def __init__(self, loader: yaml.SafeLoader, file: str) -> None:
        self._loader = loader
        self._file = file
        self._read: dict[int, Value | None] = {}

    def read(self, node: yaml.Node, key: Key) -> Value:
        if id(node) not in self._read:
            self._read[id(node)] = None
            self._read[id(node)] = self._convert(node, key)
        value = self._read[id(node)]
        if value is None:
            raise self._error(node, key, "an alias that contains itself; write the values out")
        return value

    def _convert(self, node: yaml.Node, key: Key) -> Value:
        position = _position(node)
        if isinstance(node, yaml.MappingNode):
            return Value(self._read_entries(node, key), key, position)
        if isinstance(node, yaml.SequenceNode):
            items = tuple(self.read(item, (*key, str(index))) for index, item in enumerate(node.value))
            return Value(items, key, position)
        try:
            return Value(self._loader.construct_object(node), key, position, node.value)
        except ValueError as error:
            raise self._error(node, key, f"{node.value!r} cannot be read: {error}; write it in quotes") from error

    def _read_entries(self, node: yaml.MappingNode, key: Key) -> dict[str, Entry]:
        own: dict[str, Position] = {}
        for name_node, _ in node.value:
            if name_node.tag == _MERGE_TAG:
                continue
            name = self._name(name_node, key)
            if name in own:
                raise self._error(name_node, (*key, name), f"given twice, first in line {own[name].line}; keep one")
            own[name] = _position(name_node)
        self._loader.flatten_mapping(node)
        return {
            name: Entry(_position(name_node), self.read(value_node, (*key, name)))
            for name_node, value_node in node.value
            for name in [self._name(name_node, key)]
        }

    def _name(self, node: yaml.Node, key: Key) -> str:
        name = self._loader.construct_object(node, deep=True) if isinstance(node, yaml.ScalarNode) else None
        if isinstance(name, str):
            return name
        written = f"{node.value} is read as {kind_of(name)}" if isinstance(node, yaml.ScalarNode) else "not a plain key"
        raise self._error(node, key, f"{written}, but a key is text; write it in quotes")

    def _error(self, node: yaml.Node, key: Key, message: str) -> SettingsError:
        position = _position(node)
        return SettingsError.of([Problem(self._file, position.line, position.column, dotted(key), message)])


def dotted(key: Key) -> str:
    """How messages name a key: `dev.memory_mb` for what stands under `stages`."""
    return ".".join(key[1:] if key[:1] == ("stages",) and len(key) > 1 else key)


def kind_of(data: object) -> str:
    """What people call the type of a value read from YAML."""
    if isinstance(data, bool):
        return "a truth value"
    if isinstance(data, int | float):
        return "a number"
    if isinstance(data, str):
        return "text"
    if isinstance(data, Mapping):
        return "a map"
    if isinstance(data, tuple | list):
        return "a list"
    return "nothing" if data is None else "a date"


def _position(node: yaml.Node) -> Position:
    return Position(node.start_mark.line + 1, node.start_mark.column + 1)
