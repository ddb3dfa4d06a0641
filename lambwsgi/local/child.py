"""The first thing in every process that we start: it ends the process when we end, however that happens.

Run as a script, `python child.py FIRST LAST MODULE ARGUMENT...`, with nothing of lambwsgi on the import path: FIRST
goes to the front of that path and LAST to its end, where they are not empty; MODULE runs as `python -m` runs it.
Standard input has to be a pipe from the parent that never carries anything: its end is the parent's end.
"""

from __future__ import annotations

import os
import runpy
import sys
import threading


def main() -> None:
    """Tie this process to its parent and become the module."""
    _end_with_parent()
    first, last, module, *arguments = sys.argv[1:]
    sys.path[:1] = [first] if first else []
    sys.path += [last] if last else []
    sys.argv[1:] = arguments
    runpy.run_module(module, run_name="__main__", alter_sys=True)


def _end_with_parent() -> None:
    lifeline = os.dup(0)
    nothing = os.open(os.devnull, os.O_RDONLY)
    os.dup2(nothing, 0)
    os.close(nothing)
    threading.Thread(target=_watch, args=(lifeline,), daemon=True).start()


def _watch(lifeline: int) -> None:
    os.read(lifeline, 1)
    os._exit(1)


if __name__ == "__main__":
    main()
