"""The function's timeout, for a handler in this process: nothing can stop it there, but nobody has to wait for it."""

from __future__ import annotations

import queue
import threading

from lambwsgi.local.context import LambdaContext
from lambwsgi.local.errors import FunctionError
from lambwsgi.local.gateway import Handler
from lambwsgi.local.mirror.base import Event


def with_timeout(handler: Handler, seconds: float) -> Handler:
    """The handler, called in a thread of its own; raises `FunctionError` after so many seconds, as Lambda reports it.

    Unlike in Lambda the handler goes on behind it.
    """

    def call(event: Event, context: LambdaContext) -> object:
        results: queue.SimpleQueue[tuple[object, BaseException | None]] = queue.SimpleQueue()

        def run() -> None:
            try:
                results.put((handler(event, context), None))
            except BaseException as error:  # raised again where it is waited for
                results.put((None, error))

        threading.Thread(target=run, daemon=True).start()
        try:
            result, error = results.get(timeout=seconds)
        except queue.Empty:
            message = f"{context.aws_request_id} Task timed out after {seconds:.2f} seconds"
            raise FunctionError(message, error_type="Sandbox.Timedout") from None
        if error is not None:
            raise error
        return result

    return call
