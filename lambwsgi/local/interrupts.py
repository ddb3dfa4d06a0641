"""Ending politely: every signal that asks for the end is a KeyboardInterrupt, until things are being taken down."""

from __future__ import annotations

import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager

_ENDINGS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP) if sys.platform != "win32" else (signal.SIGINT,)


@contextmanager
def interruptible() -> Iterator[None]:
    """Within the block SIGTERM and a closed terminal end it as Ctrl-C does. Only for the main thread."""
    before = {number: signal.getsignal(number) for number in _ENDINGS}
    # What `nohup` started is to go on without a terminal.
    if sys.platform != "win32" and before[signal.SIGHUP] is signal.SIG_IGN:
        del before[signal.SIGHUP]
    for number in before:
        signal.signal(number, _interrupt)
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def ignore_interrupts() -> None:
    """From here to the end of the interruptible block nothing disturbs: what is taken down is taken down whole."""
    for number in _ENDINGS:
        signal.signal(number, signal.SIG_IGN)


def _interrupt(_number: int, _frame: object) -> None:
    raise KeyboardInterrupt
