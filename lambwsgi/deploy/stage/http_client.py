"""An HTTP client for a stage's address: a request is sent as given, a form as a stream, the answer read as it comes."""

from __future__ import annotations

import mimetypes
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

import requests
from requests_toolbelt import MultipartEncoder, MultipartEncoderMonitor

from lambwsgi.adapter.message import Header
from lambwsgi.deploy.errors import RequestError

# Connect, then read: a function URL waits for as long as Lambda lets a function run.
_TIMEOUT_SECONDS = (10, 910)
_LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})
_PIECE_BYTES = 65_536
# What `requests` would add of its own is left out: the application is to see what was given.
_USUAL_HEADERS = {"user-agent": "lambwsgi", "accept": "*/*", "accept-encoding": "identity"}

# Hears how many bytes of a form have gone, and how many there are.
Sent = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class Field:
    """One field of a form: a text, or a file of this machine."""

    name: str
    value: str | Path


@dataclass(frozen=True, slots=True)
class Request:
    """A request. `headers` are text, one of which may repeat; `fields` are a form, which goes in place of `body`."""

    method: str
    url: str
    headers: Sequence[Header] = ()
    body: bytes | None = None
    fields: tuple[Field, ...] = ()
    follow: bool = False


@dataclass(frozen=True, slots=True)
class Response:
    """The head of an answer, and its body as it comes, coding undone. `seconds` until the head was there.

    Reading `pieces` raises RequestError when the answer breaks off.
    """

    url: str
    status: int
    reason: str
    headers: tuple[Header, ...]
    seconds: float
    pieces: Iterator[bytes]


def join_url(base: str, path: str) -> str:
    """The address of a path below a stage's own address, of which a REST API's has a path too."""
    return f"{base.rstrip('/')}/{path.removeprefix('/')}"


@contextmanager
def send(request: Request, sent: Sent) -> Iterator[Response]:
    """The answer, whose body can be read inside the block. Raises RequestError when there is none."""
    where = f"{request.method} {request.url}"
    with ExitStack() as stack:
        session = stack.enter_context(requests.Session())
        # A proxy that the environment names leads away from this machine.
        session.trust_env = urlsplit(request.url).hostname not in _LOOPBACK
        session.headers.update(_USUAL_HEADERS)
        headers = _merged(request.headers)
        form = _form(stack, request.fields, sent) if request.fields else None
        if form is not None:
            headers["content-type"] = form.content_type
        with _errors(where):
            response = session.request(
                request.method,
                request.url,
                data=request.body if form is None else form,
                headers=headers,
                allow_redirects=request.follow,
                stream=True,
                timeout=_TIMEOUT_SECONDS,
            )
        yield _read_response(stack.enter_context(response), where)


def _read_response(response: requests.Response, where: str) -> Response:
    return Response(
        url=response.url,
        status=response.status_code,
        reason=response.reason or "",
        # Those of `requests` have each name once.
        headers=tuple(response.raw.headers.items()),
        seconds=response.elapsed.total_seconds(),
        pieces=_pieces(response, where),
    )


def _pieces(response: requests.Response, where: str) -> Iterator[bytes]:
    with _errors(where):
        yield from response.iter_content(_PIECE_BYTES)


def _merged(headers: Sequence[Header]) -> dict[str, str | bytes]:
    """One value per name, RFC 9110 section 5.3; as bytes, since a header's text is not limited to latin-1."""
    values: dict[str, list[str]] = {}
    for name, value in headers:
        values.setdefault(name.lower(), []).append(value)
    return {name: ", ".join(several).encode() for name, several in values.items()}


def _form(stack: ExitStack, fields: Sequence[Field], sent: Sent) -> MultipartEncoderMonitor:
    encoder = MultipartEncoder([(field.name, _part(stack, field)) for field in fields])
    return MultipartEncoderMonitor(encoder, lambda monitor: sent(monitor.bytes_read, monitor.len))


def _part(stack: ExitStack, field: Field) -> object:
    """A text, or name, content and type of a file, which is read only when it is sent."""
    if isinstance(field.value, str):
        return field.value
    try:
        content = stack.enter_context(field.value.open("rb"))
    except OSError as error:
        raise RequestError(f"field {field.name!r}: {field.value} cannot be read: {error.strerror}") from error
    kind = mimetypes.guess_type(field.value.name)[0] or "application/octet-stream"
    return field.value.name, content, kind


@contextmanager
def _errors(where: str) -> Iterator[None]:
    try:
        yield
    except requests.RequestException as error:
        raise RequestError(
            f"{where} gets no whole answer: {error}; `lambwsgi status` shows the state of the stage"
        ) from error
