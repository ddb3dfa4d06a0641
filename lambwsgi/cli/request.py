"""`request`: an HTTP request to a stage's address, by way of its gateway, as any client sends it."""

from __future__ import annotations

import base64
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from lambwsgi.adapter.message import Header
from lambwsgi.cli import output
from lambwsgi.cli.options import output_option, settings_option, stage_that_is_named
from lambwsgi.cli.project import find_stage
from lambwsgi.cli.request_options import body_option, form_option, header_option, with_content_type

if TYPE_CHECKING:
    from lambwsgi.deploy.stage.http_client import Request, Response

_FAILED_FROM = 400


def _target(_context: click.Context, _parameter: click.Parameter, words: tuple[str, ...]) -> tuple[str | None, str]:
    """The method, where one is given, and the path."""
    if len(words) > 2 or not words[-1].startswith("/"):
        raise click.BadParameter("write [METHOD] PATH, as in `lambwsgi request dev PUT /orders/1`")
    return (words[0].upper() if len(words) == 2 else None), words[-1]


@click.command()
@stage_that_is_named
@click.argument("target", nargs=-1, required=True, callback=_target, metavar="[METHOD] PATH")
@settings_option
@header_option
@body_option
@form_option
@click.option("--include", "-i", is_flag=True, help="Print status and headers before the body.")
@click.option("--location", "-L", "follow", is_flag=True, help="Follow redirects.")
@output_option
@click.pass_context
def request(
    context: click.Context,
    *,
    stage: str,
    target: tuple[str | None, str],
    settings_path: Path,
    headers: tuple[Header, ...],
    body: bytes | None,
    form: tuple[tuple[str, str | Path], ...],
    include: bool,
    follow: bool,
    output_format: str,
) -> None:
    """Send a request to the stage's address and print the answer as it comes.

    The method is GET, or POST where there is a body or a form.
    The exit code is 1 for a status of 400 and above.
    """
    from lambwsgi.cli.progress import upload_bar
    from lambwsgi.deploy.stage.http_client import Field, Request, join_url, send
    from lambwsgi.deploy.stage.status import public_url

    if body is not None and form:
        raise click.UsageError("--data and --form are two ways to say what the body is; give one")
    settings, place = find_stage(settings_path, stage)
    wanted = Request(
        method=target[0] or ("GET" if body is None and not form else "POST"),
        url=join_url(public_url(place, settings), target[1]),
        headers=headers if body is None else with_content_type(headers, body),
        body=body,
        fields=tuple(Field(name, value) for name, value in form),
        follow=follow,
    )
    with upload_bar() as sent, send(wanted, sent) as response:
        if output_format == "json":
            output.result_json(_as_json(wanted, response))
        else:
            _print(response, include=include)
    context.exit(1 if response.status >= _FAILED_FROM else 0)


def _print(response: Response, *, include: bool) -> None:
    if include:
        output.result(f"{response.status} {response.reason}".rstrip())
        for name, value in response.headers:
            output.result(f"{name}: {value}")
        output.result("")
    for piece in response.pieces:
        output.result_bytes(piece)


def _as_json(wanted: Request, response: Response) -> dict[str, Any]:
    """Body as text, or in base64 where it is none."""
    data = b"".join(response.pieces)
    try:
        body, encoded = data.decode(), False
    except UnicodeDecodeError:
        body, encoded = base64.b64encode(data).decode(), True
    return {
        "method": wanted.method,
        "url": response.url,
        "status": response.status,
        "reason": response.reason,
        "seconds": response.seconds,
        "headers": response.headers,
        "body": body,
        "is_base64": encoded,
    }
