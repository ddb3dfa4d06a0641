"""Content coding of responses that are sent while they are made. The rules are those of `lambwsgi.adapter.compress`."""

from __future__ import annotations

import zlib

from lambwsgi.adapter.compress import (
    SMALLEST_BYTES,
    choose_coding,
    coded_headers,
    find_codings,
    may_be_coded,
    with_vary,
)
from lambwsgi.adapter.etags import restore_etags
from lambwsgi.adapter.message import HttpResponse

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from typing import Any

    from lambwsgi.adapter.stream import Outlet, StreamAnswer
    from lambwsgi.adapter.wsgi import Environ

    # From the bytes of a part to what can be sent at once, and to what is left at the end.
    Coder = tuple[Callable[[bytes], bytes], Callable[[], bytes]]


def answer_compressed(answer: StreamAnswer) -> StreamAnswer:
    """The same, its responses in the coding that the client likes best. Each part still goes out when it is given."""

    def answer_and_compress(environ: Environ, outlet: Outlet) -> None:
        restore_etags(environ)
        answer(environ, _CodedOutlet(outlet, environ.get("HTTP_ACCEPT_ENCODING")))

    return answer_and_compress


class _CodedOutlet:
    """An outlet before another one, which gets the body coded."""

    def __init__(self, outlet: Outlet, accept_encoding: str | None) -> None:
        self._outlet = outlet
        self._accept_encoding = accept_encoding
        self._coder: Coder | None = None

    def begin(self, head: HttpResponse, *, has_body: bool) -> None:
        coded = self._coded(head)
        if not has_body:
            # The answer to HEAD tells what GET's would; nothing follows it.
            self._coder = None
        self._outlet.begin(coded, has_body=has_body)

    def send(self, chunk: bytes) -> None:
        self._outlet.send(chunk if self._coder is None else self._coder[0](chunk))

    def end(self) -> None:
        if self._coder is not None:
            self._outlet.send(self._coder[1]())
        self._outlet.end()

    def _coded(self, head: HttpResponse) -> HttpResponse:
        """The head of the coded response, or the same where coding would not help or not be right."""
        fields = {name.lower(): value for name, value in head.headers}
        if int(fields.get("content-length", SMALLEST_BYTES)) < SMALLEST_BYTES or not may_be_coded(head.status, fields):
            return head
        headers = with_vary(head.headers)
        coding = choose_coding(self._accept_encoding, coders())
        if coding is not None:
            self._coder = coders()[coding]()
            headers = coded_headers(headers, coding, None)
        return head.with_headers(headers)


def _gzip() -> Coder:
    # 16 + 15: a gzip header, the largest window.
    coder = zlib.compressobj(6, zlib.DEFLATED, 16 + 15)
    return lambda part: coder.compress(part) + coder.flush(zlib.Z_SYNC_FLUSH), coder.flush


def _brotli(module: Any) -> Callable[[], Coder]:
    def make() -> Coder:
        coder = module.Compressor(quality=5)
        return lambda part: coder.process(part) + coder.flush(), coder.finish

    return make


def _zstd(module: Any) -> Callable[[], Coder]:
    def make() -> Coder:
        coder = module.ZstdCompressor()
        return lambda part: coder.compress(part, coder.FLUSH_BLOCK), coder.flush

    return make


def _zstandard(module: Any) -> Callable[[], Coder]:
    def make() -> Coder:
        coder = module.ZstdCompressor().compressobj()
        return lambda part: coder.compress(part) + coder.flush(module.COMPRESSOBJ_FLUSH_BLOCK), coder.flush

    return make


_PACKAGES = (("br", "brotli", _brotli), ("zstd", "compression.zstd", _zstd), ("zstd", "zstandard", _zstandard))
_coders: Mapping[str, Callable[[], Coder]] | None = None


def coders() -> Mapping[str, Callable[[], Coder]]:
    """What makes a coder of each coding at hand, best first. Found when the first body is coded, not at INIT."""
    global _coders  # noqa: PLW0603 - found once, kept
    if _coders is None:
        _coders = find_codings(_PACKAGES, _gzip)
    return _coders
