"""What an application says before its body: the status line and the headers, checked. Knows no environ, no gateway.

The rules are PEP 3333's; the section is named where one is not plain.
"""

from __future__ import annotations

from lambwsgi.adapter.errors import AppError
from lambwsgi.adapter.text import MEMO_MOST, Memo

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, NoReturn

    from lambwsgi.adapter.message import Header

# 'Other HTTP Features': hop-by-hop headers are the server's; RFC 9110, section 7.6.1.
_HOP_BY_HOP = frozenset({
    "connection",
    "keep-alive",
    "proxy-authenticate",
    "proxy-connection",
    "te",
    "trailer",
    "transfer-encoding",
    "upgrade",
})  # fmt: skip
# RFC 9110, sections 15.3.5, 15.3.6 and 15.4.5: no content, whatever the application gives.
WITHOUT_BODY = frozenset({204, 205, 304})
# RFC 9110, section 5.6.2: what a token, as a name or a method, is made of.
_NAME_MARKS = "!#$%&'*+-.^_`|~"
TOKEN_CHARACTERS = frozenset(f"{_NAME_MARKS}0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ")
# Printable ASCII, which is passed on as it is: all other bytes are translated into others.
PLAIN = bytes(byte if 0x20 <= byte < 0x7F else 0x7F - (byte == 0x7F) for byte in range(256))
# What API Gateway makes of names that it keeps to itself; a Function URL answers 500 to a response that has one.
_REMAPPED = "x-amzn-remapped-"


def refuse_status(line: object) -> NoReturn:
    """Raise AppError for what is no status line."""
    raise AppError(
        f"the status is {line!r}; three digits, a space and a reason such as '200 OK' were expected,"
        " a native string without control characters"
    )


def _may_be_in_a_reason(character: str) -> bool:
    """Whether it is a byte that is no control character; those of UTF-8 may look like one in latin-1."""
    return " " <= character <= "\xff" and character != "\x7f"


def _read_status(line: str) -> tuple[int, str]:
    code, _, reason = line.partition(" ")
    if len(code) != 3 or not (code.isascii() and code.isdecimal()) or not all(map(_may_be_in_a_reason, reason)):
        refuse_status(line)
    status = int(code)
    if status < 200:
        raise AppError(
            f"the status is {line!r}; no gateway can pass on an interim response, so 200 to 999 was expected"
        )
    return status, reason


# From a status line to code and reason.
STATUS = Memo(_read_status)


def read_headers(pairs: list[Any]) -> tuple[list[Header], int | None]:
    """The headers that go out, and the length that the application declared, which is not among them.

    Raises AppError for a name or a value that no header may have.
    """
    headers: list[Header] = []
    declared_length = None
    for name, value in pairs:
        key = (KEYS.get(name) if isinstance(name, str) else None) or _key_of(name)
        text = value if isinstance(value, str) else _text_of(name, value)
        if key == "content-length":
            declared_length = _read_length(text)
        elif key not in _HOP_BY_HOP and not key.startswith(_REMAPPED):
            if not (text.isascii() and text.isprintable()):
                _check_characters(name, text)
            headers.append((name, text))
    return headers, declared_length


# Names that were found good before, and how they are in lower case; a plain dict, for it is asked for each header.
KEYS: dict[str, str] = {}


def _key_of(name: Any) -> str:
    """A response header's name in lower case. Raises AppError for a name that is none."""
    if not isinstance(name, str):
        raise AppError(f"the header name {name!r} is a {type(name).__name__}; a str was expected")
    _check_characters(name, name)
    if not name or not TOKEN_CHARACTERS.issuperset(name):
        raise AppError(f"{name!r} is no name of a header; letters, digits and {_NAME_MARKS} were expected")
    key = name.lower()
    if len(KEYS) < MEMO_MOST and key not in _HOP_BY_HOP and not key.startswith(_REMAPPED):
        KEYS[name] = key
    return key


def _text_of(name: str, value: Any) -> str:
    """A value that is no str. A number is let through as text, as most servers do."""
    if isinstance(value, (str, int, float)):
        return str(value)
    raise AppError(f"the header {name!r} is the {type(value).__name__} {value!r}; a str was expected")


def _check_characters(name: str, text: str) -> None:
    """Refuse what would end the header or is a control character (RFC 9110, section 5.5), and what is no byte."""
    for character in text:
        if character in "\r\n\0":
            raise AppError(f"the header {name!r} holds {character!r}, which would let a client split the response")
        if (character < " " and character != "\t") or character == "\x7f":
            raise AppError(f"the header {name!r} holds the control character {character!r}, which no header may")
        if character > "\xff":
            raise AppError(f"the header {name!r} holds {character!r}; a native string holds bytes, so encode it")


def _read_length(value: str) -> int:
    text = value.strip()
    if not (text.isascii() and text.isdecimal()):
        raise AppError(f"the header Content-Length is {value!r}; a number of bytes was expected")
    return int(text)
