"""The last frame of a response that is sent while it is made."""

from __future__ import annotations

from contextvars import copy_context
from time import perf_counter

from lambwsgi.adapter.errors import DeadlinePassed, LambWSGIError
from lambwsgi.adapter.gateways.table import load
from lambwsgi.adapter.handler import (
    access_log,
    add_invocation,
    close_reporter,
    failure_of,
    request_id_of,
    with_options,
)
from lambwsgi.adapter.invocation import INVOCATION
from lambwsgi.adapter.stream import GatewayOutlet, stream_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, NoReturn

    from lambwsgi.adapter.gateways.table import Event, ProxyResult
    from lambwsgi.adapter.handler import StreamHandler
    from lambwsgi.adapter.options import HandlerOptions
    from lambwsgi.adapter.stream import StreamAnswer
    from lambwsgi.adapter.wsgi import Environ, WsgiApp


def make_stream_handler(app: WsgiApp, options: HandlerOptions) -> StreamHandler:
    """A handler that sends each response by way of the context's `begin_response`.

    A failure before the head has gone becomes a response, as everywhere. One after it is raised: the status cannot be
    changed any more, but the runtime lets the client see that the body is not whole.
    """
    answer = _with_all_options(app, options)
    log = access_log() if options.access_log else None

    def serve(gateway_name: str, event: Event, context: Any) -> ProxyResult:
        started = perf_counter()
        gateway = load(gateway_name)
        outlet = GatewayOutlet(gateway, event, context)
        run = copy_context().run
        run(INVOCATION.set, (event, context))
        environ: Environ | None = None
        try:
            environ = gateway.read_event(event, options)
            add_invocation(environ, event, context)
            run(answer, environ, outlet)
        except (SystemExit, KeyboardInterrupt):
            raise
        except BaseException as error:
            if outlet.status:
                _raise_cut_off(error)
            outlet.send_whole(run(failure_of, error, environ, request_id_of(environ, context), options))
        finally:
            if log is not None and outlet.status:
                run(
                    log,
                    gateway_name,
                    request_id_of(environ, context),
                    environ,
                    status=outlet.status,
                    size_bytes=outlet.size,
                    seconds=perf_counter() - started,
                )
        return {}

    return serve


def _with_all_options(app: WsgiApp, options: HandlerOptions) -> StreamAnswer:
    answer = with_options(stream_of(app, close_reporter(options)), options)
    if options.compress:
        from lambwsgi.adapter.compress_stream import answer_compressed  # noqa: PLC0415 - only where it is asked for

        answer = answer_compressed(answer)
    return answer


def _raise_cut_off(error: BaseException) -> NoReturn:
    """Raise what cut the body off; the runtime, which tells of it, knows exceptions only."""
    if isinstance(error, DeadlinePassed):
        raise LambWSGIError("the time was up while the body was sent; it ends before its end") from error
    raise error
