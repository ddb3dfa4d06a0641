"""The WSGI bridge: what an environ begins and ends as, and how the application is run. Knows no gateway.

The rules are PEP 3333's; the section is named where one is not plain.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from operator import itemgetter

from lambwsgi.adapter.errors import AppError
from lambwsgi.adapter.message import HttpResponse
from lambwsgi.adapter.text import MEMO_MOST, Memo

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from typing import Any, NoReturn

    from lambwsgi.adapter.message import Header

    Environ = dict[str, Any]
    WsgiApp = Callable[[Environ, Callable[..., Any]], Iterable[bytes]]

# 'Other HTTP Features': hop-by-hop headers are the server's; RFC 9110, section 7.6.1.
_HOP_BY_HOP = frozenset({
    "connection",
    "keep-alive",
    "proxy-authenticate",
    "proxy-connection",
    "te",
    "trailer",
    "transfer-encoding",
    "upgrade",
})  # fmt: skip
# RFC 9110, sections 15.3.5, 15.3.6 and 15.4.5: no content, whatever the application gives.
_WITHOUT_BODY = frozenset({204, 205, 304})
# RFC 9110, section 5.6.2: what a name is made of.
_NAME_MARKS = "!#$%&'*+-.^_`|~"
_NAME_CHARACTERS = frozenset(f"{_NAME_MARKS}0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ")
# What API Gateway makes of names that it keeps to itself; a Function URL answers 500 to a response that has one.
_REMAPPED = "x-amzn-remapped-"
_value_of = itemgetter(1)


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


# What every environ begins as: a copy of it is made faster than the keys are added one by one, and never has to grow.
# Lambda gives an environment one request at a time; Managed Instances run one process for each.
BLANK_ENVIRON: Environ = {
    **dict.fromkeys(
        (
            *("REQUEST_METHOD", "SCRIPT_NAME", "PATH_INFO", "QUERY_STRING", "REQUEST_URI", "RAW_URI"),
            *("SERVER_NAME", "SERVER_PORT", "SERVER_PROTOCOL", "REMOTE_ADDR"),
            *("wsgi.url_scheme", "wsgi.input", "wsgi.errors"),
            *("lambwsgi.event", "lambwsgi.context"),
        ),
        "",
    ),
    "lambwsgi.request_context": None,
    "lambwsgi.authorizer": None,
    "SERVER_SOFTWARE": "lambwsgi",
    "wsgi.version": (1, 0),
    "wsgi.input_terminated": True,
    "wsgi.multithread": False,
    "wsgi.multiprocess": "AWS_LAMBDA_MAX_CONCURRENCY" in os.environ,
    "wsgi.run_once": False,
    "wsgi.file_wrapper": FileWrapper,
}


def answer_of(app: WsgiApp) -> Callable[[Environ], HttpResponse]:  # noqa: PLR0915 - see the docstring
    """The application as a function from environ to response.

    It runs the application to its end, closes what it returned, and checks what it said. Raises AppError where the
    application broke PEP 3333, and whatever the application raises.

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
                _refuse_chunk(data, "write()")
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
                    _refuse_chunk(chunk, "the iterable")
                if chunk:
                    if line is None:
                        raise AppError("the application returned a body before it called start_response")
                    chunks.append(chunk)
        finally:
            close = getattr(result, "close", None)
            if close is not None:
                close()
        if line is None:
            raise AppError("the application returned without calling start_response")
        status, reason = _STATUS[line] if isinstance(line, str) else _refuse_status(line)
        body = chunks[0] if len(chunks) == 1 else b"".join(chunks)
        if pairs.__class__ is not list:
            pairs = list(pairs)
        length = None
        try:
            for name, value in pairs:
                if KEYS[name] == "content-length":
                    length = value if length is None else ""
            # One look at all of them; where one is suspect, it is found by name.
            values = "".join(map(_value_of, pairs))
            is_plain = values.isascii() and values.isprintable()
        except (KeyError, TypeError):
            is_plain = False  # a name not met before or not passed on, a value that is no string
        has_body = method != "HEAD" and status not in _WITHOUT_BODY
        if not has_body:
            body = b""
        if is_plain and (length is None or (has_body and length == str(len(body)))):
            return HttpResponse(status, reason, pairs, body)
        if is_plain and length and not has_body and length.isascii() and length.isdecimal():
            # The length is what the body would have; where there never is one, there is no length (RFC 9110, 8.6).
            if status in (204, 205):
                pairs = [pair for pair in pairs if KEYS[pair[0]] != "content-length"]
            return HttpResponse(status, reason, pairs, body)
        headers, declared_length = _read_headers(pairs)
        if declared_length is not None:
            if has_body:
                # 'Handling the Content-Length Header': no more is sent than was announced.
                body = body[:declared_length]
                declared_length = len(body)
            if status not in (204, 205):
                headers.append(("Content-Length", str(declared_length)))
        return HttpResponse(status, reason, headers, body)

    return answer


def _refuse_chunk(chunk: object, where: str) -> NoReturn:
    if isinstance(chunk, str):
        raise AppError(f"{where} gave the str {chunk[:40]!r}; a body is bytes, so encode it: .encode('utf-8')")
    raise AppError(f"{where} gave a {type(chunk).__name__}; a body is made of bytes")


def _refuse_status(line: object) -> NoReturn:
    raise AppError(f"the status is {line!r}; three digits, a space and a reason such as '200 OK' were expected")


def _read_status(line: str) -> tuple[int, str]:
    code, _, reason = line.partition(" ")
    if len(code) != 3 or not (code.isascii() and code.isdecimal()) or not line.isprintable():
        _refuse_status(line)
    status = int(code)
    if status < 200:
        raise AppError(
            f"the status is {line!r}; no gateway can pass on an interim response, so 200 to 999 was expected"
        )
    return status, reason


_STATUS = Memo(_read_status)


def _read_headers(pairs: list[Any]) -> tuple[list[Header], int | None]:
    """The headers that go out, and the length that the application declared, which is not among them."""
    headers: list[Header] = []
    declared_length = None
    for name, value in pairs:
        key = _key_of(name)
        text = value if isinstance(value, str) else _text_of(name, value)
        if key == "content-length":
            declared_length = _read_length(text)
        elif key not in _HOP_BY_HOP and not key.startswith(_REMAPPED):
            if not (text.isascii() and text.isprintable()):
                _check_characters(name, text)
            headers.append((name, text))
    return headers, declared_length


# Names that were found good before, and how they are in lower case; a plain dict, for it is asked for each header.
KEYS: dict[str, str] = {}


def _key_of(name: Any) -> str:
    """A response header's name in lower case. Raises AppError for a name that is none."""
    if not isinstance(name, str):
        raise AppError(f"the header name {name!r} is a {type(name).__name__}; a str was expected")
    _check_characters(name, name)
    if not name or not _NAME_CHARACTERS.issuperset(name):
        raise AppError(f"{name!r} is no name of a header; letters, digits and {_NAME_MARKS} were expected")
    key = name.lower()
    if len(KEYS) < MEMO_MOST and key not in _HOP_BY_HOP and not key.startswith(_REMAPPED):
        KEYS[name] = key
    return key


def _text_of(name: str, value: Any) -> str:
    """A value that is no str. A number is let through as text, as most servers do."""
    if isinstance(value, (str, int, float)):
        return str(value)
    raise AppError(f"the header {name!r} is the {type(value).__name__} {value!r}; a str was expected")


def _check_characters(name: str, text: str) -> None:
    """Refuse what would end the header or is a control character (RFC 9110, section 5.5), and what is no byte."""
    for character in text:
        if character in "\r\n\0":
            raise AppError(f"the header {name!r} holds {character!r}, which would let a client split the response")
        if (character < " " and character != "\t") or character == "\x7f":
            raise AppError(f"the header {name!r} holds the control character {character!r}, which no header may")
        if character > "\xff":
            raise AppError(f"the header {name!r} holds {character!r}; a native string holds bytes, so encode it")


def _read_length(value: str) -> int:
    text = value.strip()
    if not (text.isascii() and text.isdecimal()):
        raise AppError(f"the header Content-Length is {value!r}; a number of bytes was expected")
    return int(text)
