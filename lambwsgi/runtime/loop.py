"""The runtime itself: load the handler, then one invocation after the other, for as long as the environment lives."""

from __future__ import annotations

import os
import sys

from lambwsgi.runtime.client import RuntimeApi
from lambwsgi.runtime.connection import RuntimeApiError
from lambwsgi.runtime.context import LambdaContext
from lambwsgi.runtime.faults import cause_of, error_of, load_handler
from lambwsgi.runtime.logs import Log
from lambwsgi.runtime.marshal import read_event, write_result

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import NoReturn

    from lambwsgi.runtime.client import Invocation
    from lambwsgi.runtime.faults import Handler

_TRACE_VARIABLE = "_X_AMZN_TRACE_ID"
# What AWS's own client ends with.
EXIT_INIT_FAILED = 1


def run(handler_name: str, api: RuntimeApi) -> NoReturn:
    """Serve the handler that `module.attribute` names until the process is stopped.

    Ends the process, told to Lambda, where the handler cannot be loaded or a hook of SnapStart fails; raises
    RuntimeApiError where the Runtime API refuses.
    """
    log = Log(os.environ)
    log.set_up()
    try:
        handler = load_handler(handler_name)
    except Exception as failure:
        error = error_of(failure)
        log.write_error(error)
        api.fail_init(error)
        sys.exit(EXIT_INIT_FAILED)
    if os.environ.get("AWS_LAMBDA_INITIALIZATION_TYPE") == "snap-start":
        from lambwsgi.runtime.hooks import pass_snapshot  # noqa: PLC0415 - only where there is a snapshot

        pass_snapshot(api, log)
    while True:
        _serve(api, handler, log)


def _serve(api: RuntimeApi, handler: Handler, log: Log) -> None:
    """Wait for one invocation and answer it."""
    invocation = api.next()
    log.request_id, log.tenant_id = invocation.request_id, invocation.tenant_id
    if invocation.trace_id is None:
        os.environ.pop(_TRACE_VARIABLE, None)
    else:
        os.environ[_TRACE_VARIABLE] = invocation.trace_id
    context = None
    try:
        context = LambdaContext(invocation, api)
        result = handler(read_event(invocation.event, invocation.content_type), context)
        payload, content_type = (b"", "") if context.stream is not None else write_result(result)
    except Exception as failure:
        _fail(api, invocation, context, failure, log)
        return
    if context.stream is not None:
        context.stream.end()
    else:
        api.respond(invocation, payload, content_type)


def _fail(api: RuntimeApi, invocation: Invocation, context: LambdaContext | None, failure: Exception, log: Log) -> None:
    """Tell the log and Lambda of a failure; a response that has begun is cut off."""
    error = error_of(failure, invocation.request_id)
    log.write_error(error)
    if context is None or context.stream is None:
        api.fail(invocation, error, cause_of(failure))
        return
    try:
        context.stream.end(error)
    except RuntimeApiError:
        # It was the Runtime API that took no more; the next event shows whether it is still there.
        context.stream.abandon()
