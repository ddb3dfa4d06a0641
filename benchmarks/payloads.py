"""The bodies that travel, and what an application says of one that it took."""

from __future__ import annotations

from functools import cache

KIB = 1024
MIB = 1024 * KIB
SIZES = {"1 KB": KIB, "64 KB": 64 * KIB, "1 MB": MIB}
MEDIA_TYPES = {"text": "text/plain; charset=utf-8", "binary": "application/octet-stream"}

# 64 bytes, one letter of which is not ASCII, as in most pages that people read.
_LINE = "Un café, a tea and the day's paper: 4.20 in all, paid at once.\n".encode()
_BYTES = bytes(range(256))


@cache
def payload(form: str, size: int) -> bytes:
    """A body of `size` bytes; `form` is a key of `MEDIA_TYPES`, `size` a multiple of 256."""
    block = _LINE if form == "text" else _BYTES
    return block * (size // len(block))


def receipt(body: bytes) -> bytes:
    """What tells a body that came whole from one that did not, without much work for the application."""
    return f"{len(body)} {body[:32].hex()} {body[-32:].hex()}".encode()
