"""Where words go: results to stdout, progress and errors to stderr."""

from __future__ import annotations

import json
import shutil
import sys
import textwrap
from collections.abc import Mapping
from contextlib import suppress
from typing import Any

import click

_ERROR = "error:"


def result(text: str) -> None:
    """Print what the command was asked for."""
    click.echo(text)


def result_part(text: str) -> None:
    """Print a part of what the command was asked for, at once and as it is."""
    click.echo(text, nl=False)


def result_bytes(data: bytes) -> None:
    """Print a piece of what the command was asked for as it is, at once."""
    click.echo(data, nl=False)


def result_json(value: Mapping[str, Any] | list[Any]) -> None:
    """Print what the command was asked for, for a program to read."""
    click.echo(json.dumps(value, indent=2, default=str))


def progress(text: str) -> None:
    """Say what is being done. Nobody's hearing it is no reason to stop half-way."""
    with suppress(OSError):
        click.echo(text, err=True)


def error(text: str) -> None:
    """Say what went wrong; on a terminal in lines that end between words."""
    told = f"{_ERROR} {text}"
    if sys.stderr.isatty():
        told = "\n".join(map(_wrapped, told.splitlines()))
    with suppress(OSError):
        click.echo(click.style(_ERROR, fg="red", bold=True) + told.removeprefix(_ERROR), err=True)


def _wrapped(line: str) -> str:
    # What has no blank in it is a name or an address, to be copied as it is.
    columns = shutil.get_terminal_size().columns
    return textwrap.fill(line, columns, subsequent_indent="  ", break_long_words=False, break_on_hyphens=False)
