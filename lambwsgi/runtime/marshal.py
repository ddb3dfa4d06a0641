"""Events and results as JSON, as AWS's own client for Python reads and writes them."""

from __future__ import annotations

import json
import os

from lambwsgi.runtime.faults import Fault

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

# From 3.12 on the runtimes of AWS write letters that are not ASCII as they are.
_ENSURE_ASCII = os.environ.get("AWS_EXECUTION_ENV", "") in ("", "AWS_Lambda_python3.10", "AWS_Lambda_python3.11")


def to_json(value: Any) -> bytes:
    """The value as JSON. Raises TypeError or ValueError where it cannot be written."""
    text = _encoded(value)
    try:
        return text.encode()
    except UnicodeEncodeError:
        # Half of a surrogate pair is no UTF-8; escaped it is still JSON.
        return json.dumps(value).encode()


def _encoded(value: Any) -> str:
    try:
        return _encode(value)
    except TypeError:
        return _encoded_with_decimals(value)


def _encoded_with_decimals(value: Any) -> str:
    """The same, a Decimal as a number: Lambda's runtimes bring the package that can. Without it, it is refused."""
    try:
        from simplejson import dumps  # noqa: PLC0415 - only for what `json` cannot write
    except ImportError:
        return _encode(value)
    return str(dumps(value, use_decimal=True, ensure_ascii=_ENSURE_ASCII, allow_nan=True))


_encode = json.JSONEncoder(ensure_ascii=_ENSURE_ASCII).encode


def read_event(payload: bytes, content_type: str | None) -> Any:
    """The event; bytes as they are where they are not said to be JSON. Raises Fault for JSON that is broken."""
    if content_type != "application/json":
        return payload
    try:
        return json.loads(payload)
    except ValueError as error:
        raise Fault("Runtime.UnmarshalError", f"Unable to unmarshal input: {error}") from error


def write_result(result: Any) -> tuple[bytes, str]:
    """The payload of a handler's result, and its content type. Bytes are passed on as they are.

    Raises Fault for a result that is no JSON.
    """
    if isinstance(result, bytes):
        return result, "application/unknown"
    try:
        return to_json(result), "application/json"
    except Exception as error:
        raise Fault("Runtime.MarshalError", f"Unable to marshal response: {error}") from error
