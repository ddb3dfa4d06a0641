"""Stands where Lambda has /var/runtime/bootstrap.py: AWS's runtime client runs the function's handler.

Run as a script, with nothing of lambwsgi on the import path.
"""

from __future__ import annotations

import os
import runpy
import sys


def main() -> None:
    """Become the runtime client. It is told the handler as its argument."""
    sys.argv[1:] = [os.environ["_HANDLER"]]
    runpy.run_module("awslambdaric", run_name="__main__", alter_sys=True)


if __name__ == "__main__":
    main()
