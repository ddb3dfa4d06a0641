"""Whether the service grows: memory, descriptors and threads after a number of invocations, against those before."""

from __future__ import annotations

import gc
import json
import os
import tempfile
import threading
import time
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from lambwsgi.local.errors import FunctionError
from lambwsgi.local.lambda_service.model import FunctionVersion, Invocation
from lambwsgi.local.lambda_service.service import LambdaService
from soak.functions import make_functions

# What is made once, on the first invocations of each kind, has been made by then.
_WARM_UP = 500
# Of so many invocations one fails, and one ends its environment.
_FAILS, _DIES = 50, 500
_MIB = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Size:
    """How large this process is."""

    memory_mb: float
    descriptors: int
    threads: int

    def __str__(self) -> str:
        return f"{self.memory_mb:.1f} MB, {self.descriptors} descriptors, {self.threads} threads"


def measure() -> Size:
    """The size now, of what is really in use."""
    gc.collect()
    pages = int(Path("/proc/self/statm").read_text("ascii").split()[1])
    descriptors = len(os.listdir("/proc/self/fd"))
    return Size(pages * os.sysconf("SC_PAGE_SIZE") / _MIB, descriptors, threading.active_count())


def grow(invocations: int) -> tuple[Size, Size]:
    """The size before and after, in the same state: one environment of each function that waits."""
    with tempfile.TemporaryDirectory(prefix="lambwsgi-soak-") as folder:
        functions = make_functions(Path(folder))
        with LambdaService(lambda _function, _line: None) as service:
            _invoke_all(service, functions, range(_WARM_UP))
            before = measure()
            _invoke_all(service, functions, range(_WARM_UP, _WARM_UP + invocations))
            return before, measure()


def _invoke_all(service: LambdaService, functions: dict[str, FunctionVersion], numbers: range) -> None:
    for number in numbers:
        _invoke(service, functions["stream" if number % 10 == 0 else "echo"], number)
    # The last ones leave an environment, whatever came before.
    for function in functions.values():
        _invoke(service, function, 1)
    _settle()


def _invoke(service: LambdaService, function: FunctionVersion, number: int) -> None:
    event: dict[str, object] = {"token": str(number)}
    if function.name == "stream":
        event |= {"do": "stream", "pieces": 3}
    elif number % _DIES == 1:
        event["do"] = "exit" if number > 1 else ""
    elif number % _FAILS == 1:
        event["do"] = "raise"
    invocation = Invocation(json.dumps(event).encode(), int((time.time() + 60) * 1000), function.arn)
    with suppress(FunctionError):
        service.invoke(function, invocation)


def _settle() -> None:
    """The threads of an environment that was just killed are on their way out."""
    time.sleep(1.0)
