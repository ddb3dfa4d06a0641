"""The `lambwsgi` command: a table of commands, imported when asked for, and the one place where errors end."""

from __future__ import annotations

import importlib
import sys
import threading
from collections.abc import Sequence
from contextlib import AbstractContextManager, nullcontext
from difflib import get_close_matches

import click

from lambwsgi.adapter.errors import LambWSGIError
from lambwsgi.cli import output
from lambwsgi.cli.launch import how_to_install
from lambwsgi.local.interrupts import interruptible

# As `--help` shows them, in the order in which they are needed.
SECTIONS = {
    "On this machine": {
        "init": "lambwsgi.cli.init:init",
        "local": "lambwsgi.cli.local:local",
        "package": "lambwsgi.cli.package:package",
        "profile": "lambwsgi.cli.profile:profile",
        "event": "lambwsgi.cli.event:event",
        "doctor": "lambwsgi.cli.doctor:doctor",
    },
    "Deploying a stage": {
        "plan": "lambwsgi.cli.plan:plan",
        "template": "lambwsgi.cli.plan:template",
        "deploy": "lambwsgi.cli.deploy:deploy",
        "promote": "lambwsgi.cli.promote:promote",
        "releases": "lambwsgi.cli.deploy:releases",
        "rollback": "lambwsgi.cli.deploy:rollback",
        "delete": "lambwsgi.cli.deploy:delete",
    },
    "Asking a stage": {
        "status": "lambwsgi.cli.status:status",
        "url": "lambwsgi.cli.url:url",
        "open": "lambwsgi.cli.url:open_page",
        "logs": "lambwsgi.cli.logs:logs",
        "explain": "lambwsgi.cli.logs:explain",
        "invoke": "lambwsgi.cli.invoke:invoke",
        "request": "lambwsgi.cli.request:request",
        "warm": "lambwsgi.cli.warm:warm",
    },
    "Running a command in the function": {
        "manage": "lambwsgi.cli.commands:manage",
        "flask": "lambwsgi.cli.commands:flask",
        "run": "lambwsgi.cli.commands:run",
    },
    "For other tools": {
        "policy": "lambwsgi.cli.policy:policy",
        "ci": "lambwsgi.cli.ci:ci",
        "schema": "lambwsgi.cli.editor:schema",
        "completion": "lambwsgi.cli.editor:completion",
    },
}
COMMANDS = {name: target for section in SECTIONS.values() for name, target in section.items()}

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
OF_THE_EXTRA = frozenset(
    {
        *("boto3", "botocore", "cloudformation_validate", "deflate", "pydantic", "requests", "requests_toolbelt"),
        *("rich", "werkzeug", "yaml"),
    }
)

# click would cut a sentence off at what is left of the line.
_WHOLE_SENTENCE = 200


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

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """click's, which names the nearest command where there is none of that name."""
        name = args[0]
        near = get_close_matches(name, [*COMMANDS, *ALIASES], n=1)
        if near and name not in COMMANDS and name not in ALIASES:
            raise click.UsageError(f"There is no command {name!r}; did you mean {near[0]!r}?", ctx)
        return super().resolve_command(ctx, args)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Each command with its whole first sentence, wrapped where the terminal is narrow."""
        for title, names in SECTIONS.items():
            with formatter.section(title):
                commands = {name: self.get_command(ctx, name) for name in names}
                formatter.write_dl(
                    [(name, each.get_short_help_str(_WHOLE_SENTENCE)) for name, each in commands.items() if each]
                )


@click.group(cls=CommandTable, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="lambwsgi")
def cli() -> None:
    """Run the WSGI application you already have on AWS Lambda."""


def run(arguments: Sequence[str] | None = None, *, program: str = "lambwsgi") -> int:
    """The exit code of the command: 0 done, 1 failed, 2 usage or settings."""
    try:
        return _ended(arguments, program)
    except (KeyboardInterrupt, click.Abort):
        output.error("stopped; nothing further was done")
        return 1
    except OSError as error:  # a full disk, a folder that nobody may write to
        where = f" ({error.filename})" if error.filename else ""
        output.error(f"this machine refuses: {error.strerror or error}{where}; nothing further was done")
        return 1


def _ended(arguments: Sequence[str] | None, program: str) -> int:
    try:
        # What `ctx.exit(code)` was given comes back as a value, as does the None of a command that ran to its end.
        with _orderly():
            code = cli.main(
                args=None if arguments is None else list(arguments), prog_name=program, standalone_mode=False
            )
    except click.ClickException as error:
        error.show(sys.stderr)
        return error.exit_code
    except LambWSGIError as error:
        output.error(str(error))
        return error.exit_code
    except ModuleNotFoundError as error:
        package, _, _ = (error.name or "").partition(".")
        if package not in OF_THE_EXTRA:
            raise
        output.error(how_to_install(package))
        return 2
    return code or 0


def _orderly() -> AbstractContextManager[None]:
    """SIGTERM and a closed terminal end a command as Ctrl-C does, so that what it began is taken back."""
    in_charge = threading.current_thread() is threading.main_thread()
    return interruptible() if in_charge else nullcontext()
