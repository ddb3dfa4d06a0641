"""How large a request is, in bytes, by each of the measures that gateways take, and which of their bounds it breaks."""

from __future__ import annotations

from collections.abc import Iterable

from lambwsgi.adapter.message import Header, HttpResponse
from lambwsgi.local.mirror.base import Bound, WireRequest

_SEPARATORS = len(": \r\n")


def refusal_of(request: WireRequest, bounds: Iterable[Bound]) -> HttpResponse | None:
    """The answer to a request that is too large in one way or other; None for one that is not."""
    return next((bound.refusal for bound in bounds if bound.size_of(request) > bound.limit_bytes), None)


def body_bytes(request: WireRequest) -> int:
    """The body."""
    return len(request.body)


def url_bytes(request: WireRequest) -> int:
    """Path and query, as the client spelled them."""
    return len(request.raw_target)


def line_bytes(request: WireRequest) -> int:
    """The request line."""
    return len(f"{request.method} {request.raw_target} {request.protocol}\r\n")


def value_bytes(request: WireRequest) -> int:
    """The values of all headers."""
    return sum(len(value) for _, value in request.headers)


def longest_header_bytes(request: WireRequest) -> int:
    """The longest header, its name included."""
    return max(map(_size, request.headers), default=0)


def header_bytes(request: WireRequest) -> int:
    """All headers, their names included."""
    return sum(map(_size, request.headers))


def head_bytes(request: WireRequest) -> int:
    """Request line and headers."""
    return line_bytes(request) + header_bytes(request)


def _size(header: Header) -> int:
    """The header as HTTP/1.1 spells it; how a gateway counts one that came by HTTP/2 is not told."""
    name, value = header
    return len(name) + len(value) + _SEPARATORS
