"""How responses become results: what the gateways have in common. Bytes first, text or base64 only at the very edge."""

from __future__ import annotations

from binascii import b2a_base64

from lambwsgi.adapter.text import Memo, clean_uri, text_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from lambwsgi.adapter.message import HttpResponse

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


def header_text(name: str, value: str) -> str:
    """A header's native value as text for JSON. A Location is a URI, so it is escaped instead."""
    if value.isascii():
        return value
    return clean_uri(value) if name.lower() == "location" else text_of(value)


def joined_headers(response: HttpResponse) -> tuple[dict[str, str], list[str]]:
    """Headers with one string each (RFC 9110, section 5.3) under lower-case names, and the cookies apart."""
    if response.fields is not None:
        headers = response.fields.copy()
        cookie = headers.pop("set-cookie", None)
        return headers, [] if cookie is None else [cookie]
    headers, cookies = {}, []
    for name, value in response.headers:
        text = value if value.isascii() else header_text(name, value)
        key = name.lower()
        if key == "set-cookie":
            cookies.append(text)
        elif key in headers:
            headers[key] += f", {text}"
        else:
            headers[key] = text
    return headers, cookies


def listed_headers(response: HttpResponse) -> dict[str, list[str]]:
    """Headers with a list of values each, grouped without regard to case under the first spelling."""
    if response.fields is not None:
        return {name: [value] for name, value in response.headers}
    headers: dict[str, list[str]] = {}
    spelled: dict[str, str] = {}
    for name, value in response.headers:
        text = value if value.isascii() else header_text(name, value)
        headers.setdefault(spelled.setdefault(name.lower(), name), []).append(text)
    return headers


def with_cookies(headers: dict[str, str], cookies: list[str]) -> dict[str, str]:
    """The headers, the cookies among them: where there are several, each under another spelling of the name."""
    if len(cookies) == 1:
        headers["set-cookie"] = cookies[0]
    elif cookies:
        headers |= dict(zip(_spellings("set-cookie"), cookies, strict=False))
    return headers


def _spellings(name: str) -> Iterator[str]:
    """The name in every mix of cases: where a name takes one value, the only way to send more than one cookie."""
    from itertools import product  # noqa: PLC0415 - only where a name takes one value

    letters = ((letter, letter.upper()) if letter.isalpha() else (letter,) for letter in reversed(name))
    return ("".join(reversed(spelling)) for spelling in product(*letters))


def status_description(response: HttpResponse) -> str:
    """The status line as a load balancer wants it."""
    return f"{response.status} {text_of(response.reason)}".rstrip()


def write_body(body: bytes, fields: Mapping[str, str]) -> tuple[str, bool]:
    """The body for JSON and whether it is base64. `fields` are the response's headers by lower-case name.

    Text when the type says text or there is none, the bytes are not encoded and they are UTF-8. Whatever charset the
    type names, the gateway writes the text as UTF-8 again, so the client receives the same bytes.
    """
    if not body:
        return "", False
    content_type, coding = fields.get("content-type"), fields.get("content-encoding")
    if (content_type is None or _IS_TEXT[content_type]) and (coding is None or coding.lower() == "identity"):
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
