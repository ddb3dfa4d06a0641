"""The pages of the documentation that are made of the code. `python -m docs.reference` writes them anew."""

from __future__ import annotations

import importlib
import inspect
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import click

from lambwsgi.adapter import limits
from lambwsgi.cli.main import COMMANDS, cli
from lambwsgi.local.mirror.base import Mirror
from lambwsgi.local.mirror.table import MIRRORS

_WIDTH = 96
_CLI_HEAD = """\
# The command line

What `--help` says of each command.
The exit code is 0 when it is done, 1 when it failed, 2 when the usage or the settings are wrong.
Results go to stdout, progress and errors to stderr; nothing asks where stdin is no terminal, and `--yes` answers.
Where a project has only one stage, it need not be named.
"""
_ERRORS_HEAD = """\
# Error classes

Every error that lambwsgi raises on purpose is a `LambWSGIError`, so that one `except` catches them all.
What the message of one does not say is told under [When something is wrong](errors.md).
"""
_LIMITS = """\
# Limits

MB and KB are multiples of 1,024.
`lambwsgi local`, the test client and `lambwsgi deploy local` hold to all of these, with the gateway's own answers.

## Gateways

Request and response are the JSON that goes to and from the function, where what is no text takes a third more.
In brackets is the status that the client gets.

| gateway | request | response | waits | parts of the request |
| --- | --- | --- | --- | --- |
{rows}

A response that is too large becomes a 500 of lambwsgi's and a line in the log, with both numbers.
What helps, in this order:

- compression;
- [streaming](streaming.md);
- the handler's option [`offload`](handler.md#limits);
- signed addresses of S3, for large files in both directions.

A request that is too large never reaches the function.

## Lambda

| what | limit |
| --- | --- |
| event and result | {sync:,} bytes each |
| streamed response | {streamed}, where the gateway streams |
| event that nobody waits for | {asynchronous} |
| time of an invocation | 900 s, of INIT 10 s |
| memory | 128 MB to 10,240 MB |
| artifact, unzipped, with layers | {unzipped} |
| container image, uncompressed, with its base | {image} |
| environment variables, names and values together | {environment} |
| environments at once, in all functions of a region | 1,000 unless raised; fewer in new accounts |

## lambwsgi

- A command's output is cut to its last million characters, unless the stage [streams](streaming.md).
- A stage has one function and one gateway.
- A project's name has at most 40 characters, a stage's 20.
"""
# What the emulated gateways measure of a request, in words.
_MEASURES = {
    "body_bytes": "body",
    "url_bytes": "URL",
    "line_bytes": "request line",
    "value_bytes": "values of all headers",
    "longest_header_bytes": "one header",
    "header_bytes": "all headers",
    "head_bytes": "request line and headers",
}
# The rooms that have errors, and what people call them.
_ROOMS = {"adapter": "The handler", "settings": "Settings", "package": "Packaging", "deploy": "Deploying",
          "local": "On this machine"}  # fmt: skip


def cli_page() -> str:
    """The page of the command line: a section for each command, in the order of `lambwsgi --help`."""
    root = _context(cli, "lambwsgi", None)
    sections = [_section(root)]
    for name in COMMANDS:
        sections.extend(_sections(cli, name, root))
    return "\n".join([_CLI_HEAD, *sections])


def _sections(group: click.Group, name: str, parent: click.Context) -> Iterator[str]:
    command = group.get_command(parent, name)
    if command is None:
        return
    context = _context(command, name, parent)
    yield _section(context)
    if isinstance(command, click.Group):
        for below in command.list_commands(context):
            yield from _sections(command, below, context)


def _context(command: click.Command, name: str, parent: click.Context | None) -> click.Context:
    return command.make_context(name, [], parent, resilient_parsing=True, terminal_width=_WIDTH)


def _section(context: click.Context) -> str:
    return f"## {context.command_path}\n\n```text\n{context.get_help()}\n```\n"


def errors_page() -> str:
    """The page of the error classes, room by room."""
    sections = []
    for room, title in _ROOMS.items():
        module = importlib.import_module(f"lambwsgi.{room}.errors")
        rows = [
            f"| `{found.__name__}` | {_first_line(found)} | {_parent(found)} |"
            for found in vars(module).values()
            if isinstance(found, type) and found.__module__ == module.__name__ and issubclass(found, BaseException)
        ]
        table = "\n".join(["| class | says | is a |", "| --- | --- | --- |", *rows])
        sections.append(f"## {title}\n\nIn `{module.__name__}`.\n\n{table}\n")
    return "\n".join([_ERRORS_HEAD, *sections])


def _first_line(found: type) -> str:
    return (inspect.getdoc(found) or "").partition("\n")[0].replace("|", "\\|")


def _parent(found: type[BaseException]) -> str:
    parent = found.__bases__[0]
    return f"`{parent.__name__}`"


def limits_page() -> str:
    """The page of what gateways and Lambda let through, from the numbers that the emulated gateways hold to."""
    rows = [
        f"| `{mirror.name}` | {_size(mirror.request_limit_bytes)} | {_size(mirror.response_limit_bytes)}"
        f" | {_seconds(mirror.timeout_seconds)} | {_bounds(mirror)} |"
        for mirror in MIRRORS.values()
    ]
    return _LIMITS.format(
        rows="\n".join(rows),
        unzipped=_size(limits.UNZIPPED_BYTES),
        image=_size(limits.IMAGE_BYTES),
        environment=_size(limits.ENVIRONMENT_BYTES),
        streamed=_size(limits.STREAMED_PAYLOAD_BYTES),
        asynchronous=_size(limits.ASYNC_PAYLOAD_BYTES),
        sync=limits.SYNC_PAYLOAD_BYTES,
    )


def _bounds(mirror: Mirror) -> str:
    told = [
        f"{_MEASURES[bound.size_of.__name__]} {_size(bound.limit_bytes)} ({bound.refusal.status})"
        for bound in mirror.bounds
    ]
    return "; ".join(told) or "none that AWS tells"


def _size(size: int) -> str:
    """Bytes as people say them; the hundred bytes that Lambda lets through beyond 6 MB are not worth a digit."""
    for unit, factor in (("GB", 1024 * limits.MIB), ("MB", limits.MIB), ("KB", 1024)):
        if size >= factor and (size % factor == 0 or size % factor == 100):
            return f"{size // factor:,} {unit}"
    return f"{size:,} bytes"


def _seconds(seconds: float | None) -> str:
    return "the function's own" if seconds is None else f"{seconds:g} s"


PAGES: Mapping[str, Callable[[], str]] = {
    "cli.md": cli_page,
    "error-classes.md": errors_page,
    "limits.md": limits_page,
}


def main() -> None:
    """Write the pages into the folder of this file."""
    for name, make in PAGES.items():
        Path(__file__).with_name(name).write_text(make(), "utf-8")


if __name__ == "__main__":
    main()
