"""What the tests of the local Lambda share: an invocation of an event, and waiting."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from typing import Any

from lambwsgi.local.lambda_service.model import FunctionVersion, Invocation


def invocation_of(function: FunctionVersion, **event: Any) -> Invocation:
    """An invocation with this event and the function's own timeout."""
    deadline_ms = int((time.time() + function.timeout_seconds) * 1000)
    return Invocation(json.dumps(event).encode(), deadline_ms, function.arn, request_id="1111-2222")


def wait_for(condition: Callable[[], bool]) -> None:
    """Return when the condition holds; fail after ten seconds."""
    deadline = time.monotonic() + 10
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.02)
