"""The result is measured before it is returned: above the gateway's limit Lambda would drop it without a word.

The runtime's post would be answered with 413 after the handler returned, the client would get the gateway's opaque
error, and the application's own monitoring would show a success.
"""

from __future__ import annotations

import sys

from lambwsgi.adapter.compress import compress
from lambwsgi.adapter.errors import ResponseTooLargeError
from lambwsgi.adapter.limits import RESPONSE_HEADER_BYTES
from lambwsgi.adapter.offload import offload

TYPE_CHECKING = False
if TYPE_CHECKING:
    from lambwsgi.adapter.gateways.table import Event, Gateway, ProxyResult
    from lambwsgi.adapter.message import HttpResponse

# Written as \\u00XX; the others of them have a short form.
_CONTROLS = bytes(code for code in range(32) if code not in b"\b\t\n\f\r")
# AWS's runtime client writes letters that are not ASCII as they are from Python 3.12 on.
_ENSURE_ASCII = sys.version_info < (3, 12)


def size_of(result: ProxyResult) -> int:
    """The bytes of the result as the runtime posts it."""
    body: str = result["body"]
    around = len(_to_json({**result, "body": ""}))
    if _is_base64(result):
        # Nothing in base64 is escaped.
        return around + len(body)
    return around + len(_to_json(body)) - len('""')


def _is_base64(result: ProxyResult) -> bool:
    return result.get("isBase64Encoded") is True or result.get("bodyEncoding") == "base64"


def _to_json(value: object) -> bytes:
    import json  # noqa: PLC0415 - only for a body that might be too large

    return json.dumps(value, ensure_ascii=_ENSURE_ASCII).encode("utf-8", "surrogatepass")


def _is_small(body: bytes, limit: int) -> bool:
    """Whether the body fits as text as well, without writing it out to see.

    JSON makes six bytes of a control character and at most three of any other byte, so it fits if there are enough
    others; as a rule a look at the first pages finds them.
    """
    others_needed = (len(body) * 6 + RESPONSE_HEADER_BYTES - limit) // 3 + 1
    if others_needed > len(body):
        return False
    return len(body[: 2 * others_needed].translate(None, _CONTROLS)) >= others_needed


def fit(response: HttpResponse, gateway: Gateway, event: Event, accept_encoding: str | None, place: str) -> ProxyResult:
    """A result that gets through: as it is, else compressed, else a redirect to where in S3 (`place`) the body is.

    Raises ResponseTooLargeError where none of these helps.
    """
    result = gateway.write_result(response, event)
    limit = gateway.RESPONSE_LIMIT_BYTES
    if not _is_base64(result) and _is_small(response.body, limit):
        return result
    size = size_of(result)
    if size <= limit:
        return result
    smaller = compress(response, accept_encoding)
    if smaller.body is not response.body:
        result = gateway.write_result(smaller, event)
        if size_of(result) <= limit:
            return result
    if place:
        return gateway.write_result(offload(smaller, place), event)
    raise ResponseTooLargeError(
        f"the response has {size} bytes as JSON, above the {limit} that the gateway lets through:"
        " compress it, answer in parts, or set `offload` to send the client to S3",
        size_bytes=size,
        limit_bytes=limit,
    )
