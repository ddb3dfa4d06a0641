"""References to secrets inside texts, `${ssm:/path}` and `${secret:name:key}`: how they are written and what they name.

Settings, template and function read them by these rules, so that a role may read what its function will ask for.
"""

from __future__ import annotations

import re
from typing import NamedTuple

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

# `$${...}` stands for the text `${...}` itself.
PATTERN = re.compile(r"(?P<escaped>\$?)\$\{(?P<kind>[a-z]+):(?P<rest>[^{}]*)\}")
_FORMS = {
    "ssm": re.compile(r"(?P<name>[\w./-]+(?::[\w.-]+)?)(?P<key>)"),
    "secret": re.compile(r"(?P<name>arn:[\w-]+:secretsmanager:(?:[^:]+:){3}[^:]+|[\w/+=.@-]+)(?::(?P<key>[^:]+))?"),
}
_WANTED = {"ssm": "${ssm:/path/of/parameter}", "secret": "${secret:name} or ${secret:name:key}"}
SECRET_KINDS = frozenset(_FORMS)


class Reference(NamedTuple):
    """A parameter (`ssm`) or a secret (`secret`); `key` is one of the keys of a secret that is JSON, or empty.

    A parameter's name may end with `:3`, a version, or `:live`, a label.
    """

    kind: str
    name: str
    key: str

    def __str__(self) -> str:
        return f"${{{self.kind}:{self.name}{':' if self.key else ''}{self.key}}}"


def read_reference(kind: str, rest: str) -> Reference:
    """The reference between the braces. Raises ValueError with the form that was expected."""
    found = _FORMS[kind].fullmatch(rest)
    if found is None:
        raise ValueError(f"${{{kind}:{rest}}} is not of the form {_WANTED[kind]}")
    return Reference(kind, found["name"], found["key"] or "")


def references_in(text: str) -> Iterator[Reference]:
    """The references to secrets in a text, in its order."""
    for match in PATTERN.finditer(text):
        if match["kind"] in SECRET_KINDS and not match["escaped"]:
            yield read_reference(match["kind"], match["rest"])


def fill(text: str, value_of: Callable[[Reference], str]) -> str:
    """The text with each reference to a secret replaced, and one that was escaped as the text that it is meant as."""

    def replace(match: re.Match[str]) -> str:
        if match["kind"] not in SECRET_KINDS:
            return match[0]
        if match["escaped"]:
            return match[0][1:]
        return value_of(read_reference(match["kind"], match["rest"]))

    return PATTERN.sub(replace, text)
