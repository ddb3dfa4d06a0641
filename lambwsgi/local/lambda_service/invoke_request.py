"""What a request to the Invoke API asks for, and the errors that it may be answered with.

Source: Lambda API reference, 'Invoke' and 'InvokeWithResponseStream'.
"""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import NoReturn
from urllib.parse import parse_qs, unquote, urlsplit

from lambwsgi.adapter.limits import ASYNC_PAYLOAD_BYTES, SYNC_PAYLOAD_BYTES
from lambwsgi.local.errors import LocalError

LATEST = "$LATEST"
_PATHS = re.compile(
    r"/2015-03-31/functions/(?P<buffered>[^/]+)/invocations"
    r"|/2021-11-15/functions/(?P<streamed>[^/]+)/response-streaming-invocations"
)
# A name, a part of an ARN that ends in one, or a whole ARN; each with or without a qualifier.
_REFERENCE = re.compile(
    r"(?:arn:[^:]+:lambda:[^:]+:|[^:]+:(?=function:)|[0-9]{12}:)?(?:[0-9]{12}:)?(?:function:)?"
    r"(?P<name>[A-Za-z0-9_-]+)(?::(?P<qualifier>[A-Za-z0-9$._-]+))?"
)


class InvokeError(LocalError):
    """An answer that is no success. `error_type` is the name of the exception in an SDK."""

    def __init__(self, status: int, error_type: str, message: str, *, reason: str = "") -> None:
        super().__init__(message)
        self.status = status
        self.error_type = error_type
        spelling = "Message" if error_type == "ResourceNotFoundException" else "message"
        told = {"Type": "User", spelling: message}
        self.body = json.dumps({**told, "Reason": reason} if reason else told).encode()


@dataclass(frozen=True, slots=True)
class InvokeRequest:
    """Which function, how, and what it is given. `client_context` is JSON; `kind` is AWS's InvocationType."""

    name: str
    qualifier: str
    kind: str
    streamed: bool
    wants_log: bool
    client_context: str
    event: bytes


def read_request(target: str, headers: Mapping[str, str], body: bytes) -> InvokeRequest:
    """The request in these words; the names of headers are in lower case. Raises `InvokeError`."""
    url = urlsplit(target)
    found = _PATHS.fullmatch(url.path)
    if found is None:
        raise InvokeError(404, "ResourceNotFoundException", f"the local Lambda API has no {url.path}")
    streamed = found["streamed"] is not None
    name, qualifier = _read_reference(unquote(found["streamed"] or found["buffered"]), parse_qs(url.query))
    kind = headers.get("x-amz-invocation-type") or "RequestResponse"
    if kind not in {"RequestResponse", "DryRun"} and (streamed or kind != "Event"):
        _refuse(f"Value '{kind}' at 'invocationType' failed to satisfy constraint")
    return InvokeRequest(
        name=name,
        qualifier=qualifier,
        kind=kind,
        streamed=streamed,
        wants_log=headers.get("x-amz-log-type") == "Tail",
        client_context=_read_client_context(headers.get("x-amz-client-context", "")),
        event=_read_event(body, ASYNC_PAYLOAD_BYTES if kind == "Event" else SYNC_PAYLOAD_BYTES),
    )


def _read_reference(reference: str, query: Mapping[str, list[str]]) -> tuple[str, str]:
    found = _REFERENCE.fullmatch(reference)
    if found is None:
        _refuse(f"Value '{reference}' at 'functionName' failed to satisfy constraint: it is no name and no ARN")
    derived, given = found["qualifier"], query.get("Qualifier", [""])[0]
    if derived and given and derived != given:
        _refuse("The derived qualifier from the function name does not match the specified qualifier.")
    return found["name"], derived or given or LATEST


def _read_client_context(header: str) -> str:
    """The context as JSON in one line of ASCII, which a header can carry."""
    if not header:
        return ""
    try:
        return json.dumps(json.loads(base64.b64decode(header, validate=True)), separators=(",", ":"))
    except ValueError:
        raise InvokeError(
            400, "InvalidRequestContentException", "Client context must be a valid Base64-encoded JSON object."
        ) from None


def _read_event(body: bytes, limit: int) -> bytes:
    if len(body) > limit:
        message = f"Request must be smaller than {limit} bytes for the InvokeFunction operation"
        raise InvokeError(413, "RequestEntityTooLargeException", message)
    if not body:
        return b"{}"
    try:
        json.loads(body)
    except ValueError as error:
        message = f"Could not parse request body into json: {error}"
        raise InvokeError(400, "InvalidRequestContentException", message) from None
    return body


def _refuse(message: str) -> NoReturn:
    raise InvokeError(400, "InvalidParameterValueException", message)
