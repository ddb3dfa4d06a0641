"""`event`: a sample of what a function gets, to be edited, kept as a test, or sent by `invoke`."""

from __future__ import annotations

import click

from lambwsgi.adapter.message import Header
from lambwsgi.cli import output
from lambwsgi.cli.local import GATEWAYS
from lambwsgi.cli.request_options import body_option, header_option, with_content_type

# Spelled out, so that asking for help does not import the emulation; a test compares.
SERVICES = ("warm", "scheduled")


@click.command()
@click.argument("kind", type=click.Choice([*GATEWAYS, *SERVICES]), default="function_url", metavar="[GATEWAY|SERVICE]")
@click.option("--method", "-X", help="The method.  [default: GET, or POST where there is a body]")
@click.option("--path", "target", default="/", show_default=True, help="The path, with ?query where there is one.")
@header_option
@body_option
@click.pass_context
def event(
    context: click.Context,
    *,
    kind: str,
    method: str | None,
    target: str,
    headers: tuple[Header, ...],
    body: bytes | None,
) -> None:
    """Print a sample event of a gateway or service, as AWS sends it.

    Gateways are function_url (the default), http_api, http_api_v1, rest_api, alb, alb_multi_value, lattice_v1,
    lattice_v2, edge_viewer and edge_origin; services are warm and scheduled.
    For `lambwsgi invoke --payload -`, and for tests.
    """
    from lambwsgi.local import samples
    from lambwsgi.local.mirror.base import Arrival

    arrival = Arrival.now()
    if kind in samples.SERVICES:
        _refuse_a_request(context, kind)
        output.result_json(samples.SERVICES[kind](arrival))
        return
    sent = headers if body is None else with_content_type(headers, body)
    verb = method or ("GET" if body is None else "POST")
    output.result_json(
        samples.request_event(kind, samples.sample_request(verb.upper(), target, sent, body or b""), arrival)
    )


def _refuse_a_request(context: click.Context, kind: str) -> None:
    for name in ("method", "target", "headers", "body"):
        if context.get_parameter_source(name) is click.core.ParameterSource.COMMANDLINE:
            raise click.UsageError(f"the event of {kind!r} is of no request: leave method, path, headers and body out")
