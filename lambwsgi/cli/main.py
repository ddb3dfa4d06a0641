"""The `lambwsgi` command: a table of commands, imported when asked for, and the one place where errors end."""

from __future__ import annotations

import importlib
import sys
from collections.abc import Sequence

import click

from lambwsgi.adapter.errors import LambWSGIError
from lambwsgi.cli import output
from lambwsgi.cli.launch import how_to_install

COMMANDS = {
    "init": "lambwsgi.cli.init:init",
    "local": "lambwsgi.cli.local:local",
    "package": "lambwsgi.cli.package:package",
    "template": "lambwsgi.cli.plan:template",
    "plan": "lambwsgi.cli.plan:plan",
    "deploy": "lambwsgi.cli.deploy:deploy",
    "promote": "lambwsgi.cli.promote:promote",
    "releases": "lambwsgi.cli.deploy:releases",
    "rollback": "lambwsgi.cli.deploy:rollback",
    "delete": "lambwsgi.cli.deploy:delete",
    "status": "lambwsgi.cli.operate:status",
    "url": "lambwsgi.cli.operate:url",
    "open": "lambwsgi.cli.operate:open_page",
    "logs": "lambwsgi.cli.logs:logs",
    "explain": "lambwsgi.cli.logs:explain",
    "invoke": "lambwsgi.cli.operate:invoke",
    "event": "lambwsgi.cli.event:event",
    "request": "lambwsgi.cli.request:request",
    "warm": "lambwsgi.cli.warm:warm",
    "profile": "lambwsgi.cli.profile:profile",
    "manage": "lambwsgi.cli.commands:manage",
    "flask": "lambwsgi.cli.commands:flask",
    "run": "lambwsgi.cli.commands:run",
    "doctor": "lambwsgi.cli.doctor:doctor",
    "policy": "lambwsgi.cli.policy:policy",
    "ci": "lambwsgi.cli.ci:ci",
    "schema": "lambwsgi.cli.editor:schema",
    "completion": "lambwsgi.cli.editor:completion",
}

# For people who come from elsewhere; understood, not listed.
ALIASES = {
    "serve": "local",
    "dev": "local",
    "build": "package",
    "diff": "plan",
    "update": "deploy",
    "undeploy": "delete",
    "remove": "delete",
    "destroy": "delete",
    "info": "status",
    "tail": "logs",
    "validate": "doctor",
    "generate-event": "event",
}

# What commands import when they run. Flask brings click, so with the library alone they get as far as that.
_OF_THE_EXTRA = frozenset(
    {
        *("boto3", "botocore", "cloudformation_validate", "pydantic", "requests", "requests_toolbelt", "rich"),
        *("werkzeug", "yaml"),
    }
)


class CommandTable(click.Group):
    """A group whose commands are looked up in `COMMANDS`, so that `--help` does not import boto3."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        target = COMMANDS.get(ALIASES.get(cmd_name, cmd_name))
        if target is None:
            return None
        module, _, name = target.partition(":")
        command: click.Command = getattr(importlib.import_module(module), name)
        return command


@click.group(cls=CommandTable, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="lambwsgi")
def cli() -> None:
    """Run the WSGI application you already have on AWS Lambda."""


def run(arguments: Sequence[str] | None = None, *, program: str = "lambwsgi") -> int:
    """The exit code of the command: 0 done, 1 failed, 2 usage or settings."""
    try:
        # What `ctx.exit(code)` was given comes back as a value, as does the None of a command that ran to its end.
        code = cli.main(args=None if arguments is None else list(arguments), prog_name=program, standalone_mode=False)
    except click.Abort:
        output.error("stopped; nothing further was done")
        return 1
    except click.ClickException as error:
        error.show(sys.stderr)
        return error.exit_code
    except LambWSGIError as error:
        output.error(str(error))
        return error.exit_code
    except ModuleNotFoundError as error:
        package, _, _ = (error.name or "").partition(".")
        if package not in _OF_THE_EXTRA:
            raise
        output.error(how_to_install(package))
        return 2
    return code or 0
