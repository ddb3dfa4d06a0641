"""From the JSON of a proxy result to a response: what all gateways check alike."""

from __future__ import annotations

import base64
import binascii
import json
import logging
from collections.abc import Mapping, Sequence
from http import HTTPStatus
from typing import Any

from lambwsgi.adapter.message import Header, HttpResponse

_logger = logging.getLogger("lambwsgi")


class MalformedResultError(Exception):
    """The function's answer is not what the gateway takes; the message says why. Never leaves the mirrors."""


def error_response(status: int, message: str, *, key: str = "message") -> HttpResponse:
    """The JSON error of an API Gateway."""
    return HttpResponse(
        status, phrase(status), [("content-type", "application/json")], json.dumps({key: message}).encode()
    )


def malformed(gateway: str, why: MalformedResultError, response: HttpResponse) -> HttpResponse:
    """The gateway's error response; the reason, which AWS keeps to itself, goes to the log."""
    _logger.warning("%s answers %d: malformed result of the function: %s", gateway, response.status, why)
    return response


def phrase(status: int) -> str:
    """The reason phrase of a status; empty for one that has no name."""
    try:
        return HTTPStatus(status).phrase
    except ValueError:
        return ""


def as_object(result: object) -> Mapping[str, Any]:
    """The result, which has to be a JSON object."""
    if not isinstance(result, Mapping):
        raise MalformedResultError(f"a JSON object was expected, not {type(result).__name__}")
    return result


def status_code(value: object, *, numeric_text: bool = False) -> int:
    """The status as a number; a numeric string only where the gateway takes one."""
    if numeric_text and isinstance(value, str) and value.isdecimal():
        value = int(value)
    if not isinstance(value, int) or isinstance(value, bool) or not 100 <= value <= 599:
        raise MalformedResultError(f"statusCode: a number from 100 to 599 was expected, not {value!r}")
    return value


def body_bytes(result: Mapping[str, Any]) -> bytes:
    """The body, base64 undone where `isBase64Encoded` says so."""
    body, encoded = result.get("body"), result.get("isBase64Encoded", False)
    if not isinstance(encoded, bool):
        raise MalformedResultError(f"isBase64Encoded: true or false was expected, not {encoded!r}")
    if body is None:
        return b""
    if not isinstance(body, str):
        raise MalformedResultError(f"body: a string was expected, not {type(body).__name__}")
    return from_base64(body) if encoded else body.encode("utf-8", "surrogatepass")


def from_base64(body: str) -> bytes:
    """The bytes that the text stands for."""
    try:
        return base64.b64decode(body, validate=True)
    except (binascii.Error, ValueError) as error:
        raise MalformedResultError(f"body: isBase64Encoded is true, but this is no base64: {error}") from error


def object_of(result: Mapping[str, Any], key: str) -> Mapping[str, Any]:
    """A key that holds a JSON object or nothing."""
    value = result.get(key)
    if value is None:
        return {}
    if not isinstance(value, Mapping):
        raise MalformedResultError(f"{key}: an object was expected, not {type(value).__name__}")
    return value


def native(name: str, value: object) -> Header:
    """A header pair as native strings, booleans as JSON spells them."""
    text = str(value).lower() if isinstance(value, bool) else str(value)
    return name, text.encode("utf-8", "surrogatepass").decode("latin-1")


def with_content_type(headers: Sequence[Header], default: str) -> list[Header]:
    """The headers, with the gateway's own content type where the function named none."""
    if any(name.lower() == "content-type" for name, _ in headers):
        return list(headers)
    return [*headers, ("content-type", default)]
