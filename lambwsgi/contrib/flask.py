"""`flask lambwsgi …`: the whole command line from inside a Flask project.

Flask loads this for each of its commands in every project that has lambwsgi installed, so it imports click only, which
Flask has imported already.
"""

from __future__ import annotations

import sys

import click


@click.command(
    "lambwsgi",
    add_help_option=False,
    context_settings={"ignore_unknown_options": True, "allow_interspersed_args": False},
)
@click.argument("arguments", nargs=-1, type=click.UNPROCESSED)
def command(arguments: tuple[str, ...]) -> None:
    """Deploy this project to AWS Lambda."""
    from lambwsgi.cli.main import run  # noqa: PLC0415 - most of Flask's commands are others

    sys.exit(run(arguments, program="flask lambwsgi"))
