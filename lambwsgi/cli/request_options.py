"""What one writes of a request on a command line, in curl's words: headers, a body, a form."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from lambwsgi.adapter.message import Header

_CONTENT_TYPE = "content-type"


def _headers(_context: click.Context, _parameter: click.Parameter, values: tuple[str, ...]) -> tuple[Header, ...]:
    pairs = []
    for value in values:
        name, colon, text = value.partition(":")
        if not colon or not name.strip():
            raise click.BadParameter(f"{value!r} is no header: write 'Name: value'")
        pairs.append((name.strip(), text.strip()))
    return tuple(pairs)


def _body(_context: click.Context, _parameter: click.Parameter, value: str | None) -> bytes | None:
    if value is None:
        return None
    if value == "-":
        return sys.stdin.buffer.read()
    return read_file(value[1:]) if value.startswith("@") else value.encode()


def _form(
    _context: click.Context, _parameter: click.Parameter, values: tuple[str, ...]
) -> tuple[tuple[str, str | Path], ...]:
    pairs: list[tuple[str, str | Path]] = []
    for value in values:
        name, equals, text = value.partition("=")
        if not equals or not name:
            raise click.BadParameter(f"{value!r} is no field: write NAME=VALUE or NAME=@FILE")
        pairs.append((name, Path(text[1:]) if text.startswith("@") else text))
    return tuple(pairs)


def read_file(name: str) -> bytes:
    """What is in the file. Raises a usage error where it cannot be read."""
    try:
        return Path(name).read_bytes()
    except OSError as error:
        raise click.BadParameter(f"{name} cannot be read: {error.strerror}") from error


header_option = click.option(
    "--header", "-H", "headers", multiple=True, metavar="'NAME: VALUE'", callback=_headers, help="A header; repeatable."
)
body_option = click.option(
    "--data", "-d", "body", metavar="TEXT|@FILE|-", callback=_body, help="The body; - reads it from stdin."
)


form_option = click.option(
    "--form",
    "-F",
    "form",
    multiple=True,
    metavar="NAME=VALUE|NAME=@FILE",
    callback=_form,
    help="A field of a form, or a file for it; repeatable.",
)


def with_content_type(headers: tuple[Header, ...], body: bytes) -> tuple[Header, ...]:
    """The headers, and what the body looks like where they do not say it: JSON, or a form as curl takes for granted."""
    if any(name.lower() == _CONTENT_TYPE for name, _ in headers):
        return headers
    looks_like_json = body.lstrip()[:1] in (b"{", b"[")
    kind = "application/json" if looks_like_json else "application/x-www-form-urlencoded"
    return (*headers, (_CONTENT_TYPE, kind))
