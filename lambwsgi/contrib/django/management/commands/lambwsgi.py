"""`manage.py lambwsgi …`: the whole command line from inside a Django project."""

from __future__ import annotations

import sys
from typing import Any

from django.core.management.base import BaseCommand

from lambwsgi.cli.main import run


class Command(BaseCommand):
    """Hands its words to the command line untouched; Django's own options do not mix with them."""

    help = "Deploy this project to AWS Lambda: see `manage.py lambwsgi --help`."
    requires_system_checks = ()

    def run_from_argv(self, argv: list[str]) -> None:
        """What `manage.py` calls; ends the process with the command's exit code."""
        code = run(argv[2:], program=f"{argv[0]} {argv[1]}")
        if code == 0 and argv[2:3] == ["init"]:
            # The moment to learn what of a fresh project does not go with Lambda.
            self.check(tags=["lambwsgi"], include_deployment_checks=True)
        sys.exit(code)

    def print_help(self, prog_name: str, subcommand: str) -> None:
        """What `manage.py help lambwsgi` calls."""
        run(["--help"], program=f"{prog_name} {subcommand}")

    def handle(self, *args: str, **options: Any) -> str | None:
        """What `call_command("lambwsgi", "status", "dev")` calls."""
        code = run(args, program="lambwsgi")
        if code:
            sys.exit(code)
        return None
