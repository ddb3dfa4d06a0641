"""Content coding of responses. Knows no gateway, no WSGI.

gzip always; br and zstd when the artifact has a package for them. Source of the rules: RFC 9110, sections 8.4 and 12.5.
"""

from __future__ import annotations

import zlib
from importlib import import_module

from lambwsgi.adapter.etags import restore_etags, unless_known
from lambwsgi.adapter.gateways.writing import is_text
from lambwsgi.adapter.message import HttpResponse

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping
    from typing import Any, TypeVar

    from lambwsgi.adapter.handler import Answer
    from lambwsgi.adapter.message import Header
    from lambwsgi.adapter.wsgi import Environ

    Encoder = Callable[[bytes], bytes]
    Made = TypeVar("Made")

# Below this the coding's own bytes and the time cost more than they save; a packet holds about as much.
SMALLEST_BYTES = 860
# Bytes that base64 makes of each three.
_BASE64_FACTOR = 4 / 3

_COMPRESSIBLE = frozenset({
    "application/vnd.ms-fontobject",
    "application/wasm",
    "font/otf",
    "font/ttf",
    "image/bmp",
    "image/vnd.microsoft.icon",
    "image/x-icon",
})  # fmt: skip
# What speaks of the bytes as they are; coding them anew would make it a lie.
_BOUND_TO_THE_BYTES = frozenset({"content-digest", "content-encoding", "content-md5", "content-range", "digest"})


def _gzip(body: bytes) -> bytes:
    # 16 + 15: a gzip header, the largest window. No time is written, so the same body gives the same bytes.
    coder = zlib.compressobj(6, zlib.DEFLATED, 16 + 15)
    return coder.compress(body) + coder.flush()


# Packages for codings, best first, and what is made of their modules.
_PACKAGES: tuple[tuple[str, str, Callable[[Any], Encoder]], ...] = (
    ("br", "brotli", lambda brotli: lambda body: brotli.compress(body, quality=5)),
    ("zstd", "compression.zstd", lambda zstd: zstd.compress),
    ("zstd", "zstandard", lambda zstd: zstd.ZstdCompressor().compress),
)


def find_codings(packages: Iterable[tuple[str, str, Callable[[Any], Made]]], gzip: Made) -> dict[str, Made]:
    """What there is for each coding that can be done here, in the order of the packages; gzip always, last."""
    found: dict[str, Made] = {}
    for coding, module_name, make in packages:
        if coding not in found:
            try:
                found[coding] = make(import_module(module_name))
            except ImportError:
                continue
    return {**found, "gzip": gzip}


_encoders: Mapping[str, Encoder] | None = None


def encoders() -> Mapping[str, Encoder]:
    """The codings at hand, best first. Found when the first body is coded, not at INIT."""
    global _encoders  # noqa: PLW0603 - found once, kept
    if _encoders is None:
        _encoders = find_codings(_PACKAGES, _gzip)
    return _encoders


def compress(response: HttpResponse, accept_encoding: str | None) -> HttpResponse:
    """The response in the coding that the client likes best, or as it is where that would not help or not be right.

    A body that is text travels to the gateway as text and a coded one as base64, so coding must save more than a
    quarter. `Vary` is told whether or not the body is coded, since another client would get another body.
    """
    if len(response.body) < SMALLEST_BYTES or not may_be_coded(response.status, response.by_name()):
        return response
    headers = with_vary(response.headers)
    coding = choose_coding(accept_encoding, encoders())
    if coding is None:
        return response.with_headers(headers)
    coded = encoders()[coding](response.body)
    if len(coded) * _BASE64_FACTOR >= len(response.body):
        return response.with_headers(headers)
    return HttpResponse(response.status, response.reason, coded_headers(headers, coding, len(coded)), coded)


def compress_head(response: HttpResponse, accept_encoding: str | None) -> HttpResponse:
    """The answer to HEAD as GET's would be coded, where the application says how long its body is.

    That length may not be told, since GET would give another (RFC 9110, section 8.6).
    """
    fields = response.by_name()
    if int(fields.get("content-length", "0")) < SMALLEST_BYTES or not may_be_coded(response.status, fields):
        return response
    headers = with_vary(response.headers)
    coding = choose_coding(accept_encoding, encoders())
    return response.with_headers(headers if coding is None else coded_headers(headers, coding, None))


def may_be_coded(status: int, fields: Mapping[str, str]) -> bool:
    """Whether a response with this status and these headers, their names in lower case, may and should be coded."""
    if status in (204, 205, 206, 304):
        return False
    if not _BOUND_TO_THE_BYTES.isdisjoint(fields) or "no-transform" in fields.get("cache-control", "").lower():
        return False
    content_type = fields.get("content-type")
    if content_type is None:
        return False
    media_type = content_type.partition(";")[0].strip().lower()
    # Events are to arrive one by one; a coder holds them back.
    return media_type != "text/event-stream" and (is_text(media_type) or media_type in _COMPRESSIBLE)


def with_vary(headers: Any) -> list[Header]:
    """The headers of a response that another client would get coded in another way."""
    named = {part.strip().lower() for name, value in headers if name.lower() == "vary" for part in value.split(",")}
    if named & {"accept-encoding", "*"}:
        return list(headers)
    return [*headers, ("Vary", "Accept-Encoding")]


def coded_headers(headers: list[Header], coding: str, length: int | None) -> list[Header]:
    """The headers of the coded body: its own length where that is known, a weak validator (RFC 9110, 8.8.1), no
    promise of ranges."""
    coded = [("Content-Encoding", coding)]
    for name, value in headers:
        key = name.lower()
        if key == "content-length":
            if length is not None:
                coded.append((name, str(length)))
        elif key == "etag" and not value.startswith("W/"):
            coded.append((name, f"W/{value}"))
        elif key != "accept-ranges":
            coded.append((name, value))
    return coded


def choose_coding(accept_encoding: str | None, available: Mapping[str, Any]) -> str | None:
    """The coding that the client prefers, ours first where it does not care; None for the body as it is.

    Without the header nothing is coded: RFC 9110 allows it, but the clients that send none are seldom able to undo it.
    """
    if not accept_encoding:
        return None
    wishes = _read_wishes(accept_encoding)
    others = wishes.get("*", 0.0)
    wanted = [(wishes.get(coding, others), -place, coding) for place, coding in enumerate(available)]
    quality, _, coding = max(wanted)
    return coding if quality > 0 and quality >= wishes.get("identity", 0.0) else None


def _read_wishes(accept_encoding: str) -> dict[str, float]:
    """Coding to quality. A quality that is no number is 0: better not coded than wrongly."""
    wishes: dict[str, float] = {}
    for part in accept_encoding.lower().split(","):
        coding, *parameters = (piece.strip() for piece in part.split(";"))
        quality = 1.0
        for parameter in parameters:
            name, _, value = parameter.partition("=")
            if name.strip() == "q":
                try:
                    quality = float(value)
                except ValueError:
                    quality = 0.0
        wishes["gzip" if coding == "x-gzip" else coding] = quality
    return wishes


def answer_compressed(answer: Answer) -> Answer:
    """The same, its responses in the coding that the client likes best."""

    def answer_and_compress(environ: Environ) -> HttpResponse:
        restore_etags(environ)
        # Taken before, since the application may change them.
        method, known = environ["REQUEST_METHOD"], environ.get("HTTP_IF_NONE_MATCH")
        accept_encoding = environ.get("HTTP_ACCEPT_ENCODING")
        response = answer(environ)
        is_head = method == "HEAD"
        if not is_head and len(response.body) < SMALLEST_BYTES:
            return response
        coded = (compress_head if is_head else compress)(response, accept_encoding)
        is_coded = coded is not response and "content-encoding" in coded.by_name()
        return unless_known(coded, method, known) if is_coded and known is not None else coded

    return answer_and_compress
