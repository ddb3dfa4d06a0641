"""The first process of an environment: what AWS's own bootstrap does, then AWS's own runtime client.

Run as a script (`python -S bootstrap.py HANDLER`) with nothing of lambwsgi on the path: the artifact brings its own.
Standard input is a pipe from the parent that never carries anything; its end is the parent's death, however it died.
"""

from __future__ import annotations

import os
import sys
import threading


def main() -> None:
    """Put the artifact first on the path, then the runtime's own packages, and poll for events."""
    _die_with_parent()
    sys.path[0] = os.environ["LAMBDA_TASK_ROOT"]
    sys.path.append(os.environ["LAMBDA_RUNTIME_DIR"])

    # The path has to be set first.
    from awslambdaric.__main__ import main as poll  # type: ignore[import-untyped]  # noqa: PLC0415

    poll(["bootstrap", sys.argv[1]])


def _die_with_parent() -> None:
    lifeline = os.dup(0)
    os.set_inheritable(lifeline, False)
    with open(os.devnull, "rb") as nothing:
        os.dup2(nothing.fileno(), 0)

    def watch() -> None:
        os.read(lifeline, 1)
        os._exit(1)

    threading.Thread(target=watch, daemon=True).start()


if __name__ == "__main__":
    main()
