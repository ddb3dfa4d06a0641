"""Bodies between JSON and bytes: bytes first, text or base64 only at the very edge. Knows no gateway."""

from __future__ import annotations

from binascii import Error as Base64Error
from binascii import a2b_base64, b2a_base64

from lambwsgi.adapter.errors import BadRequestError
from lambwsgi.adapter.memo import Memo

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

_URL_SAFE = str.maketrans("-_", "+/")

_TEXT_TYPES = frozenset({
    "application/ecmascript",
    "application/graphql",
    "application/javascript",
    "application/json",
    "application/jsonlines",
    "application/ndjson",
    "application/sql",
    "application/toml",
    "application/x-javascript",
    "application/x-ndjson",
    "application/x-www-form-urlencoded",
    "application/x-yaml",
    "application/xml",
    "application/xml-dtd",
    "application/yaml",
})  # fmt: skip
_TEXT_SUFFIXES = ("+json", "+xml", "+yaml")


def read_body(body: Any, *, is_base64: bool) -> bytes:
    """The bytes of an event's body. A missing body is empty; an object, as a direct invocation sends it, is JSON.

    Raises BadRequestError for base64 that is none; the URL-safe alphabet and missing padding are understood.
    """
    if not body:
        return b""
    if not isinstance(body, str):
        import json  # noqa: PLC0415 - a direct invocation only; a gateway sends text

        body = json.dumps(body)
    return _decode_base64(body) if is_base64 else body.encode("utf-8", "surrogatepass")


def _decode_base64(text: str) -> bytes:
    try:
        return a2b_base64(text, strict_mode=True)
    except ValueError:
        pass
    compact = "".join(text.split()).translate(_URL_SAFE).rstrip("=")
    try:
        return a2b_base64(compact + "=" * (-len(compact) % 4), strict_mode=True)
    except (Base64Error, ValueError) as error:
        raise BadRequestError(f"the body is marked as base64 but is none: {error}") from error


def write_body(body: bytes, *, content_type: str | None, content_encoding: str | None) -> tuple[str, bool]:
    """The body for JSON and whether it is base64.

    Text when the type says text or there is none, the bytes are not encoded and they are UTF-8. Whatever charset the
    type names, the gateway writes the text as UTF-8 again, so the client receives the same bytes.
    """
    if not body:
        return "", False
    if (content_type is None or _IS_TEXT[content_type]) and (
        content_encoding is None or content_encoding.lower() == "identity"
    ):
        try:
            return body.decode("utf-8"), False
        except UnicodeDecodeError:
            pass
    return b2a_base64(body, newline=False).decode("ascii"), True


def is_text(content_type: str) -> bool:
    """Whether a media type is one of text."""
    media_type = content_type.partition(";")[0].strip().lower()
    return media_type.startswith("text/") or media_type in _TEXT_TYPES or media_type.endswith(_TEXT_SUFFIXES)


_IS_TEXT = Memo(is_text)
