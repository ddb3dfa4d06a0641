"""The WSGI bridge: what an environ begins and ends as, and how the application is run. Knows no gateway.

The rules are PEP 3333's; the section is named where one is not plain.
"""

from __future__ import annotations

import os
from collections.abc import Mapping

from lambwsgi.adapter.errors import AppError, AppImportError
from lambwsgi.adapter.head import KEYS, PLAIN, STATUS, WITHOUT_BODY, read_headers, refuse_status
from lambwsgi.adapter.message import HttpResponse

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from typing import Any, Concatenate, ParamSpec, TypeVar

    from lambwsgi.adapter.message import Header

    Environ = dict[str, Any]
    WsgiApp = Callable[[Environ, Callable[..., Any]], Iterable[bytes]]
    # A function that is asked with an environ, and maybe with more: what an option wraps, whatever comes of it.
    Rest = ParamSpec("Rest")
    Result = TypeVar("Result")
    Asked = Callable[Concatenate[Environ, Rest], Result]

# CO_COROUTINE; importing `inspect` takes longer than all the rest of us. Source: inspect, 'Code Objects Bit Flags'.
_ASYNC = 0x80
_new = object.__new__


def refuse_asgi(app: WsgiApp, target: str) -> None:
    """Raises AppImportError for an application that is called as ASGI has it: its first request would fail."""
    for call in (app, type(app).__call__) if callable(app) else ():
        code = getattr(call, "__code__", None)
        if code is not None and code.co_flags & _ASYNC:
            name = getattr(app, "__name__", type(app).__name__)
            raise AppImportError(
                f"{target!r} ({name}) is an ASGI application, and lambwsgi runs WSGI; run it with an adapter for ASGI,"
                " such as mangum, or wrap it: a2wsgi.ASGIMiddleware(app)",
                target=target,
            )


class FileWrapper:
    """`wsgi.file_wrapper`: a file read in blocks, closed with it."""

    def __init__(self, file: Any, block_size: int = 65536) -> None:
        self._file = file
        self._block_size = block_size
        if hasattr(file, "close"):
            self.close = file.close

    def __iter__(self) -> FileWrapper:
        return self

    def __next__(self) -> bytes:
        block: bytes = self._file.read(self._block_size)
        if not block:
            raise StopIteration
        return block


class Unshown(Mapping):  # type: ignore[type-arg]  # a subscript would be evaluated at import
    """A read-only view of an event, which does not show its content.

    Error reports print every value of an environ and what dicts they find, and an event holds cookies, credentials and
    the body. `dict(view)` is the event itself.
    """

    __slots__ = ("content",)

    def __init__(self, content: Mapping[str, Any]) -> None:
        self.content = content

    def __getitem__(self, key: str) -> Any:
        return self.content[key]

    def __iter__(self) -> Iterator[str]:
        return iter(self.content)

    def __len__(self) -> int:
        return len(self.content)

    def __repr__(self) -> str:
        return f"<event: {', '.join(self.content)}>"


# What every environ begins as: a copy of it is made faster than the keys are added one by one.
# Lambda gives an environment one request at a time; Managed Instances run one process for each.
BLANK_ENVIRON: Environ = {
    **dict.fromkeys(
        (
            *("REQUEST_METHOD", "SCRIPT_NAME", "PATH_INFO", "QUERY_STRING", "REQUEST_URI", "RAW_URI"),
            *("SERVER_NAME", "SERVER_PORT", "REMOTE_ADDR"),
            *("wsgi.url_scheme", "wsgi.input", "wsgi.errors"),
            *("lambwsgi.event", "lambwsgi.context"),
        ),
        "",
    ),
    "lambwsgi.request_context": None,
    "lambwsgi.authorizer": None,
    "SERVER_SOFTWARE": "lambwsgi",
    "SERVER_PROTOCOL": "HTTP/1.1",
    "wsgi.version": (1, 0),
    "wsgi.input_terminated": True,
    "wsgi.multithread": False,
    "wsgi.multiprocess": "AWS_LAMBDA_MAX_CONCURRENCY" in os.environ,
    "wsgi.run_once": False,
    "wsgi.file_wrapper": FileWrapper,
}


def raise_it(error: Exception) -> None:
    """Raise what `close()` raised."""
    raise error


def answer_of(  # noqa: PLR0915 - see the docstring
    app: WsgiApp, close_failed: Callable[[Exception], None] = raise_it
) -> Callable[[Environ], HttpResponse]:
    """The application as a function from environ to response.

    It runs the application to its end, closes what it returned, and checks what it said. Raises AppError where the
    application broke PEP 3333, and whatever the application raises. `close_failed` gets what `close()` raised.

    What each request needs stands in one function, since a call costs as much as ten of its lines; what few need, or
    what has gone wrong, stands in functions of its own below.
    """

    def answer(environ: Environ) -> HttpResponse:  # noqa: PLR0912, PLR0915 - the same
        # Middleware may change what the environ says; the client has asked what it asked.
        method = environ["REQUEST_METHOD"]
        chunks: list[bytes] = []
        line: Any = None
        pairs: Any = None

        def write(data: bytes) -> None:
            if not isinstance(data, bytes):
                data = bytes_of(data, "write()")
            if data:
                chunks.append(data)

        def start_response(new_line: str, new_pairs: list[Header], exc_info: Any = None) -> Callable[[bytes], None]:
            nonlocal line, pairs
            if exc_info:
                try:
                    if chunks:
                        # A server that streams has sent its headers by now; the application must learn the same here.
                        raise exc_info[1].with_traceback(exc_info[2])
                finally:
                    exc_info = None
            elif line is not None:
                raise AppError("start_response was called a second time without exc_info; PEP 3333 allows it only once")
            line, pairs = new_line, new_pairs
            return write

        result = app(environ, start_response)
        try:
            for chunk in result:
                if not isinstance(chunk, bytes):
                    chunk = bytes_of(chunk, "the iterable")  # noqa: PLW2901 - the same bytes
                if chunk:
                    if line is None:
                        raise AppError("the application returned a body before it called start_response")
                    chunks.append(chunk)
        finally:
            close = getattr(result, "close", None)
            if close is not None:
                try:
                    close()
                except Exception as error:
                    close_failed(error)
        if line is None:
            raise AppError("the application returned without calling start_response")
        status, reason = STATUS[line] if isinstance(line, str) else refuse_status(line)
        body = chunks[0] if len(chunks) == 1 else b"".join(chunks)
        if pairs.__class__ is not list:
            pairs = list(pairs)
        has_body = method != "HEAD" and status not in WITHOUT_BODY
        if not has_body:
            body = b""
        try:
            fields = {}
            for name, value in pairs:
                fields[KEYS[name]] = value
            # One look at all of them; where one is suspect, it is found by name.
            values = "".join(fields.values()).encode()
            if len(fields) == len(pairs) and values.translate(PLAIN) == values:
                length = fields.get("content-length")
                if length is None or (has_body and length == str(len(body))):
                    # Without a call of `__init__`, which takes longer than this.
                    response = _new(HttpResponse)
                    response.status = status
                    response.reason = reason
                    response.headers = pairs
                    response.body = body
                    response.fields = fields
                    return response
        except (KeyError, TypeError, UnicodeEncodeError):
            pass  # a name not met before or not passed on, a value that is no string or no text
        headers, declared_length = read_headers(pairs)
        if declared_length is not None:
            if has_body:
                # 'Handling the Content-Length Header': no more is sent than was announced.
                body = body[:declared_length]
                declared_length = len(body)
            if status not in (204, 205):
                headers.append(("Content-Length", str(declared_length)))
        return HttpResponse(status, reason, headers, body)

    return answer


def bytes_of(chunk: object, where: str) -> bytes:
    """A part of a body that is no `bytes`, but holds bytes; `where` is what gave it. Raises AppError for any other."""
    if isinstance(chunk, (bytearray, memoryview)):
        return bytes(chunk)
    if isinstance(chunk, str):
        raise AppError(f"{where} gave the str {chunk[:40]!r}; a body is bytes, so encode it: .encode('utf-8')")
    raise AppError(f"{where} gave a {type(chunk).__name__}; a body is made of bytes")
