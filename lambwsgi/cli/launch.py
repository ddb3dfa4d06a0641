"""The console script. Says what is missing when only the library, without its command line, is installed."""

from __future__ import annotations

import sys


def main() -> None:
    """Run the command line, or explain how to install it."""
    try:
        from lambwsgi.cli.main import run
        from lambwsgi.local.interrupts import ignore_interrupts
    except ModuleNotFoundError as error:
        if error.name is None or error.name.startswith("lambwsgi"):
            raise
        print(f"error: {how_to_install(error.name)}", file=sys.stderr)
        sys.exit(2)
    code = run()
    # A second signal, while the first is obeyed, does not change how it ended.
    ignore_interrupts()
    sys.exit(code)


def how_to_install(package: str) -> str:
    """What to do where a package of the extra is missing."""
    return f"the lambwsgi command needs the package {package!r}, which its extra brings: pip install 'lambwsgi[cli]'"
