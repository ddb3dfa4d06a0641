"""Patterns as .gitignore has them, for .gitignore files and for `include` and `exclude`. Pure: knows no files.

Source: gitignore(5), 'Pattern format'.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Pattern:
    """One line: a path below `base` matches `regex`; `negated` lines take back what earlier ones ignored.

    `text` is the line as it was written, and `source` says where.
    """

    source: str
    text: str
    base: str
    regex: re.Pattern[str]
    negated: bool
    directories_only: bool

    def matches(self, path: str, *, is_directory: bool) -> bool:
        """Whether the path, with slashes and relative to where `base` is relative to, is meant."""
        if self.directories_only and not is_directory:
            return False
        if not path.startswith(self.base):
            return False
        return self.regex.fullmatch(path, len(self.base)) is not None


def parse_patterns(lines: Iterable[str], *, base: str = "", source: str = "") -> tuple[Pattern, ...]:
    """The patterns of the lines; `base` is the folder they are relative to, empty or ending with a slash."""
    patterns = (_parse(line, base, source) for line in lines)
    return tuple(pattern for pattern in patterns if pattern is not None)


def verdict(patterns: Iterable[Pattern], path: str, *, is_directory: bool) -> bool | None:
    """Whether the last pattern that matches ignores the path; None when no pattern matches."""
    found = last_match(patterns, path, is_directory=is_directory)
    return None if found is None else not found.negated


def last_match(patterns: Iterable[Pattern], path: str, *, is_directory: bool) -> Pattern | None:
    """The last pattern that matches the path, which is the one that counts; None when no pattern matches."""
    found = None
    for pattern in patterns:
        if pattern.matches(path, is_directory=is_directory):
            found = pattern
    return found


def _parse(line: str, base: str, source: str) -> Pattern | None:
    text = re.sub(r"(?<!\\)((?:\\\\)*)[ \t]+$", r"\1", line.rstrip("\r\n"))
    if not text or text.startswith("#"):
        return None
    negated = text.startswith("!")
    text = text[1:] if negated else text
    directories_only = text.endswith("/")
    text = text.removesuffix("/")
    if not text:
        return None
    prefix = "" if "/" in text else "(?:.*/)?"
    regex = re.compile(prefix + _translate(text.removeprefix("/")), re.DOTALL)
    return Pattern(source, line.strip(), base, regex, negated, directories_only)


_TOKENS = re.compile(
    r"(?P<head>^\*\*/)|(?P<tail>/\*\*$)|(?P<middle>/\*\*/)|(?P<stars>\*+)|(?P<one>\?)"
    r"|\[(?P<negation>[!^]?+)(?P<set>\]?+(?:\\.|[^\]\\])*+)\]|(?P<broken>\[)|\\(?P<escaped>.)|(?P<plain>.)",
    re.DOTALL,
)

_MEMBERS = re.compile(r"(?P<low>\\.|.)(?:-(?P<high>\\.|.))?", re.DOTALL)
_FIXED = {"head": "(?:.*/)?", "tail": "/.+", "middle": "/(?:.*/)?", "stars": "[^/]*", "one": "[^/]", "broken": "(?!)"}


def _translate(glob: str) -> str:
    return "".join(map(_translate_token, _TOKENS.finditer(glob)))


def _translate_token(token: re.Match[str]) -> str:
    if token.lastgroup == "set":
        return _translate_set(token["negation"], token["set"])
    fixed = _FIXED.get(token.lastgroup or "")
    return re.escape(token["escaped"] or token["plain"]) if fixed is None else fixed


def _translate_set(negation: str, members: str) -> str:
    """A bracket expression. It never matches a slash; a range that runs backwards matches nothing."""
    ranges = [(found["low"][-1], (found["high"] or found["low"])[-1]) for found in _MEMBERS.finditer(members)]
    inside = "".join(f"{re.escape(low)}-{re.escape(high)}" for low, high in ranges if low <= high)
    if not inside:
        return "[^/]" if negation else "(?!)"
    return f"(?!/)[{'^' if negation else ''}{inside}]"
