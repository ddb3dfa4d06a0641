"""Text as PEP 3333 wants it, percent-coding, and prefixes that end at a segment boundary. Knows no event."""

from __future__ import annotations

from collections.abc import Iterable
from urllib.parse import quote, quote_plus, unquote_to_bytes

# RFC 3986, section 3.3: what a path segment may hold unescaped, and the slash.
_PATH_SAFE = "/:@!$&'()*+,;=~"
# The same for a query that is nearly right already: keep what is escaped, escape what may not stand in a header.
_QUERY_SAFE = "/?:@!$&'()*+,;=~%[]|{}^`\\\"<>"


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
    return unquote_to_bytes(raw_path).decode("latin-1") if "%" in raw_path else native(raw_path)


def encode_path(path: str) -> str:
    """A decoded path as it may stand in a request target. `path` is text, not a native string."""
    return quote(path, safe=_PATH_SAFE, errors="surrogatepass")


def encode_query(pairs: Iterable[tuple[str, str]]) -> str:
    """Decoded names and values as a query string, in their order (WHATWG URL, 'urlencoded serializing')."""
    return "&".join(
        f"{quote_plus(name, errors='surrogatepass')}={quote_plus(value, errors='surrogatepass')}"
        for name, value in pairs
    )


def clean_query(raw_query: str) -> str:
    """A query that the gateway gives verbatim, without a leading `?`; only what is not printable ASCII is escaped."""
    query = raw_query.removeprefix("?")
    if query.isascii() and query.isprintable() and " " not in query:
        return query
    return quote(query, safe=_QUERY_SAFE, errors="surrogatepass")


def split_prefix(path: str, prefix: str) -> tuple[str, str] | None:
    """`path` cut after `prefix`, or None where it does not begin with it at a segment boundary."""
    if not path.startswith(prefix):
        return None
    rest = path[len(prefix) :]
    return (prefix, rest) if not rest or rest[0] == "/" else None
