"""Where words go: results to stdout, progress and errors to stderr."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import click


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
    """Say what is being done."""
    click.echo(text, err=True)


def error(text: str) -> None:
    """Say what went wrong."""
    click.echo(f"{click.style('error:', fg='red', bold=True)} {text}", err=True)
