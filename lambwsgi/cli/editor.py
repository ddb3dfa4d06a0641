"""`schema`, `completion`: what makes editors and shells know lambwsgi."""

from __future__ import annotations

import click

from lambwsgi.cli import output

_VARIABLE = "_LAMBWSGI_COMPLETE"


@click.command()
def schema() -> None:
    """Print the JSON Schema of `lambwsgi.yml`, with which editors complete and check it."""
    from lambwsgi.settings.schema import settings_schema

    output.result_json(settings_schema())


@click.command()
@click.argument("shell", type=click.Choice(["bash", "zsh", "fish"]))
@click.pass_context
def completion(context: click.Context, shell: str) -> None:
    """Print the shell's completion script for lambwsgi's commands, options and stages.

    For bash, in ~/.bashrc: eval "$(lambwsgi completion bash)"
    """
    from click.shell_completion import get_completion_class

    complete = get_completion_class(shell)
    if complete is None:
        raise click.ClickException(f"click knows no completion for {shell}; its version is too old")
    output.result(complete(context.find_root().command, {}, "lambwsgi", _VARIABLE).source())
