"""The first thing in every process that we start: it ends the process when we end, however that happens.

Run as a script, `child_script.py FIRST LAST -m MODULE ARGUMENT...` or `child_script.py FIRST LAST SCRIPT ARGUMENT...`,
with nothing of lambwsgi on the import path: FIRST goes to the front of that path and LAST to its end, where they are
not empty; the module or script runs as `python` runs it, but for the script's folder, which is not searched.
Standard input has to be a pipe from the parent that never carries anything: its end is the parent's end.
"""

from __future__ import annotations

import os
import runpy
import sys
import threading


def main() -> None:
    """Tie this process to its parent and become the module or script."""
    _end_with_parent()
    first, last, *command = sys.argv[1:]
    sys.path[:1] = [first] if first else []
    sys.path += [last] if last else []
    if command[0] == "-m":
        sys.argv[1:] = command[2:]
        runpy.run_module(command[1], run_name="__main__", alter_sys=True)
    else:
        sys.argv[:] = command
        runpy.run_path(command[0], run_name="__main__")


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
