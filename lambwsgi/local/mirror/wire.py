"""From the bytes of a request to the text of an event: what all gateways do alike."""

from __future__ import annotations

import base64
from collections.abc import Collection, Sequence
from urllib.parse import parse_qsl, unquote

from lambwsgi.adapter.message import Header
from lambwsgi.local.mirror.base import Arrival, WireRequest

# Every API Gateway kind and the Function URL keep these to themselves.
HOP_BY_HOP = frozenset({"connection", "expect", "proxy-authenticate", "te", "transfer-encoding", "upgrade"})
_TEXT_TYPES = frozenset({"application/json", "application/javascript", "application/xml"})


def as_text(native: str) -> str:
    """The text of a native string (code points are bytes); bytes that are not UTF-8 become U+FFFD."""
    return native.encode("latin-1", "replace").decode("utf-8", "replace")


def raw_path(request: WireRequest) -> str:
    """The path as the client spelled it, percent-encoded, without query; an absolute target loses its authority."""
    target = as_text(request.raw_target).partition("?")[0]
    if not target.startswith("/") and "://" in target:
        target = "/" + target.partition("://")[2].partition("/")[2]
    return target or "/"


def decoded_path(request: WireRequest) -> str:
    """The path percent-decoded once."""
    return unquote(raw_path(request), errors="replace")


def text_headers(request: WireRequest, *, drop: Collection[str] = ()) -> list[Header]:
    """The headers as text, without those that the gateway keeps to itself."""
    return [(name, as_text(value)) for name, value in request.headers if name not in drop]


def forwarded_headers(request: WireRequest, arrival: Arrival) -> list[Header]:
    """What a gateway writes itself: the client's address goes to the right end of the list that the client sent."""
    sent = [as_text(value) for name, value in request.headers if name == "x-forwarded-for"]
    return [
        ("x-amzn-trace-id", arrival.trace_id),
        ("x-forwarded-for", ", ".join([*sent, request.remote_addr])),
        ("x-forwarded-port", request.server_port),
        ("x-forwarded-proto", request.scheme),
    ]


def all_headers(request: WireRequest, arrival: Arrival, *, drop: Collection[str] = ()) -> list[Header]:
    """The client's headers followed by the gateway's, which replace any that the client sent under their names."""
    written = forwarded_headers(request, arrival)
    names = {name for name, _ in written}
    return text_headers(request, drop=names.union(drop)) + written


def joined(pairs: Sequence[Header]) -> dict[str, str]:
    """One value per name; repeats are joined with a bare comma."""
    return {name: ",".join(values) for name, values in grouped(pairs).items()}


def grouped(pairs: Sequence[Header]) -> dict[str, list[str]]:
    """All values per name, names in the order of their first occurrence."""
    values: dict[str, list[str]] = {}
    for name, value in pairs:
        values.setdefault(name, []).append(value)
    return values


def cookies(request: WireRequest) -> list[str]:
    """The cookies, one string `name=value` each."""
    sent = [as_text(value) for name, value in request.headers if name == "cookie"]
    return [cookie for line in sent for part in line.split(";") if (cookie := part.strip())]


def decoded_query(request: WireRequest) -> list[Header]:
    """The query as pairs, decoded as forms are: `+` is a space."""
    return parse_qsl(as_text(request.query_string), keep_blank_values=True)


def raw_query(request: WireRequest) -> list[Header]:
    """The query as pairs, nothing decoded."""
    parts = [part for part in as_text(request.query_string).split("&") if part]
    return [(name, value) for name, _, value in (part.partition("=") for part in parts)]


def header(request: WireRequest, name: str) -> str | None:
    """The last value of a header, as text."""
    values = [value for key, value in request.headers if key == name]
    return as_text(values[-1]) if values else None


def is_textual(content_type: str | None) -> bool:
    """Whether a body of this type is passed on as text by the HTTP API, the Function URL and the load balancer."""
    media_type = (content_type or "").partition(";")[0].strip().lower()
    return media_type.startswith("text/") or media_type in _TEXT_TYPES or media_type.endswith(("+json", "+xml"))


def plain_body(request: WireRequest) -> tuple[str, bool]:
    """The body as the load balancer and VPC Lattice put it into the event: text stays text unless it is coded."""
    if not request.body:
        return "", False
    plain = header(request, "content-encoding") is None
    return encode_body(request.body, text=plain and is_textual(header(request, "content-type")))


def encode_body(body: bytes, *, text: bool) -> tuple[str, bool]:
    """The body as the event holds it, and whether it is base64. Text that is not UTF-8 is base64 as well."""
    if text:
        try:
            return body.decode("utf-8"), False
        except UnicodeDecodeError:
            pass
    return base64.b64encode(body).decode("ascii"), True
