"""Whether a contender's answer is right: first of all, before anything is timed."""

from __future__ import annotations

import json
import logging
import time
from typing import Any

from benchmarks.applications import COMMON_HEADERS
from benchmarks.contenders import Contender, Handler
from benchmarks.events import Case, make_case, shapes
from lambwsgi.local.context import FunctionIdentity, LambdaContext
from lambwsgi.local.mirror.base import Mirror

RIGHT, WRONG, RAISES, NOT_CLAIMED = "right", "wrong", "raises", "not claimed"


def new_context() -> LambdaContext:
    """A context whose function may run for long."""
    deadline_ms = int(time.time() * 1000) + 60_000
    return LambdaContext("22222222-3333-4444-5555-666666666666", FunctionIdentity(), deadline_ms=deadline_ms)


def judge(contender: Contender, handler: Handler, case: Case) -> str:
    """What the client of this gateway would get from the contender, in a word."""
    if not contender.supports(case.kind):
        return NOT_CLAIMED
    # What went wrong is told by the verdict; the log would bury the tables.
    logging.disable()
    try:
        return RIGHT if is_right(case, handler(json.loads(case.payload), new_context())) else WRONG
    except Exception:  # whatever the peer raises is the finding
        return RAISES
    finally:
        logging.disable(logging.NOTSET)


def closes(contender: Contender) -> bool:
    """Whether it calls `close()` of what the application returned, as PEP 3333 wants; frameworks end requests there."""
    closed: list[bool] = []

    class Body(list[bytes]):
        def close(self) -> None:
            closed.append(True)

    def app(environ: Any, start_response: Any) -> Body:
        start_response("200 OK", [("Content-Type", "text/plain")])
        return Body([b"closed?"])

    contender.make(app)(json.loads(make_case("http_api", next(shapes())).payload), new_context())
    return bool(closed)


def is_right(case: Case, result: Any) -> bool:
    """Whether the gateway makes the response of the application out of this result."""
    response = _read(case.mirror, result)
    headers = {name.lower(): value for name, value in response.headers}
    expected = {name.lower(): value for name, value in COMMON_HEADERS.items()}
    answered = (response.status, response.body) == (case.shape.status, case.shape.answer)
    return answered and expected.items() <= headers.items()


def _read(mirror: Mirror, result: Any) -> Any:
    """The response, by way of the JSON that the runtime makes of the result."""
    return mirror.read_result(json.loads(result if isinstance(result, bytes) else json.dumps(result)))
