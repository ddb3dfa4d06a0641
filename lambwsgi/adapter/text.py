"""Text as PEP 3333 wants it, percent-coding, and what is worked out once for each text. Knows no event.

`urllib.parse` is imported where it is needed: an application has imported it long before, and the handler alone, which
seldom needs it, is spared the time.
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from typing import Any

# RFC 3986, section 3.3: what a path segment may hold unescaped, and the slash.
_PATH_SAFE = "/:@!$&'()*+,;=~"
# The same for a query that is nearly right already: keep what is escaped, escape what may not stand in a header.
_QUERY_SAFE = "/?:@!$&'()*+,;=~%[]|{}^`\\\"<>"
# What a form's coding makes of the ASCII that is not its own.
_FORM_ESCAPES = {code: f"%{code:02X}" for code in range(128) if not chr(code).isalnum() and chr(code) not in "-._~"}
_FORM_ESCAPES[ord(" ")] = "+"
# RFC 3986: all that may stand in a URI, `%` of what is escaped already included.
_URI_SAFE = "/?#[]@!$&'()*+,;=:%~"


# Clients and applications may invent names without end; they must not fill the memory.
MEMO_MOST = 1024


class Memo(dict):  # type: ignore[type-arg]  # a subscript would be evaluated at import
    """Maps a text to `make(text)`, which must always give the same. Looked up like a dict, which is twice as fast."""

    __slots__ = ("_make",)

    def __init__(self, make: Callable[[str], Any]) -> None:
        super().__init__()
        self._make = make

    def __missing__(self, text: str) -> Any:
        result = self._make(text)
        if len(self) < MEMO_MOST:
            self[text] = result
        return result


def native(text: str) -> str:
    """The native string of a text: its UTF-8 bytes as latin-1 (PEP 3333, 'Unicode Issues')."""
    return text if text.isascii() else text.encode("utf-8", "surrogatepass").decode("latin-1")


def text_of(value: str) -> str:
    """The text of a native string: its bytes read as UTF-8, or as latin-1 where they are not UTF-8.

    Raises UnicodeEncodeError for a string that is not native, that is, holds a code point above 255.
    """
    if value.isascii():
        return value
    raw = value.encode("latin-1")
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError:
        return value


def decode_path(raw_path: str) -> str:
    """The native string of a percent-encoded path; bytes that are not UTF-8 survive."""
    if "%" not in raw_path:
        return native(raw_path)
    from urllib.parse import unquote_to_bytes  # noqa: PLC0415 - see above

    return unquote_to_bytes(raw_path.encode("utf-8", "surrogatepass")).decode("latin-1")


def encode_path(path: str) -> str:
    """A decoded path as it may stand in a request target. `path` is text, not a native string."""
    if path.isascii() and path.replace("/", "").isalnum():
        return path
    from urllib.parse import quote  # noqa: PLC0415 - see above

    return quote(path.encode("utf-8", "surrogatepass"), safe=_PATH_SAFE)


def encode_query(pairs: Iterable[tuple[str, Any]]) -> str:
    """Decoded names and values as a query string, in their order (WHATWG URL, 'urlencoded serializing').

    A null value is an empty one; what is no string is written as it is shown.
    """
    return "&".join(
        [f"{_encode_form(name)}={_encode_form('' if value is None else str(value))}" for name, value in pairs]
    )


def _encode_form(text: str) -> str:
    if text.isascii():
        return text if text.isalnum() else text.translate(_FORM_ESCAPES)
    from urllib.parse import quote_plus  # noqa: PLC0415 - see above

    return quote_plus(text, errors="surrogatepass")


def clean_path(raw_path: str) -> str:
    """A path that should be percent-encoded; only what is not printable ASCII, or a blank, is escaped."""
    if raw_path.isascii() and raw_path.isprintable() and " " not in raw_path:
        return raw_path
    from urllib.parse import quote  # noqa: PLC0415 - see above

    return quote(raw_path.encode("utf-8", "surrogatepass"), safe=_PATH_SAFE + "%")


def clean_query(raw_query: str) -> str:
    """A query that the gateway gives verbatim; only what is not printable ASCII, or a blank, is escaped."""
    if raw_query.isascii() and raw_query.isprintable() and " " not in raw_query:
        return raw_query
    from urllib.parse import quote  # noqa: PLC0415 - see above

    return quote(raw_query.encode("utf-8", "surrogatepass"), safe=_QUERY_SAFE)


def clean_uri(value: str) -> str:
    """A native string as the URI that it was meant to be: what is not ASCII or is a blank is escaped."""
    from urllib.parse import quote  # noqa: PLC0415 - see above

    return quote(value.encode("latin-1"), safe=_URI_SAFE)


def split_prefix(path: str, prefix: str) -> tuple[str, str] | None:
    """`path` cut after `prefix`, or None where it does not begin with it at a segment boundary."""
    if not path.startswith(prefix):
        return None
    rest = path[len(prefix) :]
    return (prefix, rest) if not rest or rest[0] == "/" else None
