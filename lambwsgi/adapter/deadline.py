"""A soft deadline: the client gets an answer, and the log the place where the application was, before Lambda kills it.

By the timer of the process, since nothing else can stop the application where it is. It works in the main thread only,
which is where Lambda's runtime calls the handler, and steps aside for an application that uses SIGALRM itself.
"""

from __future__ import annotations

import signal
import threading

from lambwsgi.adapter.errors import DeadlinePassed

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from lambwsgi.adapter.wsgi import Asked, Environ, Rest, Result

# A short time keeps this part of it to itself, however large the margin.
_LARGEST_PART = 0.2


def answer_in_time(answer: Asked[Rest, Result], margin_seconds: float) -> Asked[Rest, Result]:
    """The same, but DeadlinePassed is raised inside of it `margin_seconds` before Lambda's own deadline."""

    def answer_or_stop(environ: Environ, /, *args: Rest.args, **kwargs: Rest.kwargs) -> Result:
        seconds = _seconds_until(environ["lambwsgi.context"], margin_seconds)
        if seconds is None or not _can_be_stopped():
            return answer(environ, *args, **kwargs)
        signal.setitimer(signal.ITIMER_REAL, seconds)
        try:
            return answer(environ, *args, **kwargs)
        finally:
            signal.setitimer(signal.ITIMER_REAL, 0)

    return answer_or_stop


def _seconds_until(context: Any, margin_seconds: float) -> float | None:
    """Seconds that the application may take; None where the context does not tell how long Lambda waits."""
    tell = getattr(context, "get_remaining_time_in_millis", None)
    remaining = tell() / 1000 if tell is not None else 0
    return remaining - min(margin_seconds, remaining * _LARGEST_PART) if remaining > 0 else None


def _can_be_stopped() -> bool:
    if not hasattr(signal, "setitimer") or threading.current_thread() is not threading.main_thread():
        return False
    if signal.getsignal(signal.SIGALRM) is signal.SIG_DFL:
        signal.signal(signal.SIGALRM, _raise)
    return signal.getsignal(signal.SIGALRM) is _raise


def _raise(signal_number: int, frame: Any) -> None:
    raise DeadlinePassed
