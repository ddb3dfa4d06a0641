"""What the gateways' events have in common: header maps, the server's name, the client's address, response headers."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from itertools import product
from typing import Any
from urllib.parse import quote

from lambwsgi.adapter.memo import Memo
from lambwsgi.adapter.message import Header
from lambwsgi.adapter.paths import native, text_of

_DEFAULT_PORTS = {"http": "80", "https": "443"}
# Sent by the test function of the API Gateway console in place of an address.
_NO_ADDRESS = "test-invoke-source-ip"
# RFC 3986: all that may stand in a Location, `%` of what is escaped already included.
_LOCATION_SAFE = "/?#[]@!$&'()*+,;=:%~"

_LOWER = Memo(str.lower)


def single_fields(headers: Mapping[str, Any] | None) -> dict[str, str]:
    """Lower-case name to native value, from a map of strings. A null value is a header that is not there."""
    if not headers:
        return {}
    try:
        if "".join(headers.values()).isascii():
            return {_LOWER[name]: value for name, value in headers.items()}
    except TypeError:
        pass  # a value that is no string
    return {_LOWER[name]: native(str(value)) for name, value in headers.items() if value is not None}


def multi_fields(headers: Mapping[str, Any]) -> dict[str, str]:
    """Lower-case name to native value, from a map of lists; values join with a comma, cookies as RFC 6265 has it."""
    fields: dict[str, str] = {}
    for name, values in headers.items():
        key = name.lower()
        texts = [native(str(value)) for value in as_list(values) if value is not None]
        if texts:
            fields[key] = ("; " if key == "cookie" else ",").join(texts)
    return fields


def as_list(values: Any) -> list[Any]:
    """A list for what should be one: some emulators send a lone value."""
    if values is None:
        return []
    return values if isinstance(values, list) else [values]


def scheme_of(fields: Mapping[str, str], default: str) -> str:
    """`http` or `https`, as the gateway saw it."""
    scheme = fields.get("x-forwarded-proto")
    if scheme is None:
        return default
    scheme = scheme.partition(",")[0].strip().lower()
    return scheme if scheme in _DEFAULT_PORTS else default


def server_of(fields: Mapping[str, str], scheme: str, default_name: str | None) -> tuple[str, str]:
    """SERVER_NAME and SERVER_PORT; neither is ever empty. An IPv6 address keeps its brackets (RFC 3875, 4.1.14)."""
    host = fields.get("host") or default_name or "lambda"
    name, colon, port = host.rpartition(":")
    if colon and port.isdecimal() and (":" not in name or name.endswith("]")):
        return name or "lambda", port
    forwarded = fields.get("x-forwarded-port", "").partition(",")[0].strip()
    return host, forwarded if forwarded.isdecimal() else _DEFAULT_PORTS[scheme]


def address_of(source_ip: Any) -> str:
    """REMOTE_ADDR from a request context, empty where the gateway does not know it."""
    return source_ip if isinstance(source_ip, str) and source_ip != _NO_ADDRESS else ""


def client_of(fields: dict[str, str], trusted_hops: int) -> tuple[str, str]:
    """Address and port of the client: the entry that the outermost trusted proxy wrote, counted from the right.

    With client port preservation on, a load balancer writes `1.2.3.4:5678` or `[::1]:5678`.
    """
    hops = [hop.strip() for hop in fields.get("x-forwarded-for", "").split(",") if hop.strip()]
    if not hops:
        return "", ""
    hop = hops[-min(trusted_hops, len(hops))]
    if hop.startswith("["):
        address, _, port = hop[1:].partition("]")
        return address, port.removeprefix(":")
    if hop.count(":") == 1:
        address, _, port = hop.partition(":")
        return address, port
    return hop, ""


def first_text(*candidates: Any) -> str | None:
    """The first candidate that is a text with something in it, as a native string."""
    for candidate in candidates:
        if isinstance(candidate, str) and candidate:
            return native(candidate)
    return None


def header_text(name: str, value: str) -> str:
    """A response header's native value as text for JSON. A Location is a URI, so it is escaped instead."""
    if value.isascii():
        return value
    if name.lower() == "location":
        return quote(value.encode("latin-1"), safe=_LOCATION_SAFE)
    return text_of(value)


def joined_headers(headers: Iterable[Header]) -> tuple[dict[str, str], list[str]]:
    """Headers with one string each (RFC 9110, section 5.3) under lower-case names, and the cookies apart."""
    joined: dict[str, str] = {}
    cookies: list[str] = []
    for name, value in headers:
        text = value if value.isascii() else header_text(name, value)
        key = name.lower()
        if key == "set-cookie":
            cookies.append(text)
        elif key in joined:
            joined[key] += f", {text}"
        else:
            joined[key] = text
    return joined, cookies


def listed_headers(headers: Iterable[Header]) -> dict[str, list[str]]:
    """Headers with a list of values each, grouped without regard to case under the first spelling."""
    listed: dict[str, list[str]] = {}
    spelled: dict[str, str] = {}
    for name, value in headers:
        listed.setdefault(spelled.setdefault(name.lower(), name), []).append(header_text(name, value))
    return listed


def find_header(headers: Iterable[Header], wanted: str) -> str | None:
    """The first value of a header by its lower-case name."""
    for name, value in headers:
        if name.lower() == wanted:
            return value
    return None


def spellings(name: str) -> Iterator[str]:
    """The name in every mix of cases: in single-value form the only way to send more than one cookie."""
    letters = ((letter, letter.upper()) if letter.isalpha() else (letter,) for letter in reversed(name))
    return ("".join(reversed(spelling)) for spelling in product(*letters))
