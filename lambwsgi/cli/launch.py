"""The console script. Says what is missing when only the library, without its command line, is installed."""

from __future__ import annotations

import sys


def main() -> None:
    """Run the command line, or explain how to install it."""
    try:
        from lambwsgi.cli.main import run
    except ModuleNotFoundError as error:
        if error.name is None or error.name.startswith("lambwsgi"):
            raise
        print(
            f"error: the lambwsgi command needs the package {error.name!r}, which its extra brings:"
            " pip install 'lambwsgi[cli]'",
            file=sys.stderr,
        )
        sys.exit(2)
    sys.exit(run())
