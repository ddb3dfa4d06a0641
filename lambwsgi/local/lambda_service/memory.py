"""How much memory the processes of an environment use, read from /proc: neither root nor a control group is needed.

It is what is resident, of a process and all that descend from it. Pages that several of them share count once, as in
Lambda. A process that left the tree is not seen; in a sandbox none can.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

_PROC = Path("/proc")
_KIB = 1024
_MIB = 1024 * 1024
# The sandbox's own processes, which Lambda does not count among the function's either.
_NOT_COUNTED = {"bwrap"}


@dataclass(frozen=True, slots=True)
class _Usage:
    pid: int
    resident: int
    peak: int


class MemoryWatch:
    """The memory of the process `pid` and its descendants, against a limit."""

    def __init__(self, pid: int, limit_mb: int) -> None:
        self._pid = pid
        self._limit = limit_mb * _MIB
        self._peak = 0

    @property
    def peak_mb(self) -> int | None:
        """The most that has been seen, in MB; None where the system does not tell."""
        return -(-self._peak // _MIB) if self._peak else None

    def is_exceeded(self) -> bool:
        """Measure, and tell whether the limit has been exceeded."""
        usages = [usage for pid in _tree(self._pid) if (usage := _usage(pid)) is not None]
        together = sum(usage.resident for usage in usages)
        if len(usages) > 1 and together > self._peak:
            together = sum(_shared_fairly(usage) for usage in usages)
        self._peak = max(self._peak, together, *(usage.peak for usage in usages))
        return self._peak > self._limit


def _tree(root: int) -> Iterator[int]:
    pending = [root]
    while pending:
        pid = pending.pop()
        yield pid
        with suppress(OSError):
            for thread in os.listdir(_PROC / str(pid) / "task"):
                children = (_PROC / str(pid) / "task" / thread / "children").read_text("ascii")
                pending += map(int, children.split())


def _usage(pid: int) -> _Usage | None:
    """What the process uses and has used at most; None when it is gone or not the function's."""
    with suppress(OSError, KeyError):
        lines = (_PROC / str(pid) / "status").read_text("utf-8", "replace").splitlines()
        status = dict(line.split(":", 1) for line in lines)
        if status["Name"].strip() not in _NOT_COUNTED:
            return _Usage(pid, _bytes(status["VmRSS"]), _bytes(status["VmHWM"]))
    return None


def _shared_fairly(usage: _Usage) -> int:
    """The process's part of what it shares with others, and all of what is its own."""
    with suppress(OSError):
        for line in (_PROC / str(usage.pid) / "smaps_rollup").read_text("ascii").splitlines():
            if line.startswith("Pss:"):
                return _bytes(line.removeprefix("Pss:"))
    return usage.resident


def _bytes(figure: str) -> int:
    return int(figure.split(maxsplit=1)[0]) * _KIB
