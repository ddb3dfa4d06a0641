"""The last frame: whatever happens below, an HTTP gateway gets a valid answer."""

from __future__ import annotations

import sys
from contextvars import copy_context
from os import environ as process_environ
from time import perf_counter

from lambwsgi.adapter.errors import BadRequestError, DeadlinePassed, ResponseTooLargeError
from lambwsgi.adapter.gateways.table import LOADED, STREAMING, detect, load
from lambwsgi.adapter.invocation import INVOCATION
from lambwsgi.adapter.limits import RESPONSE_HEADER_BYTES
from lambwsgi.adapter.message import HttpResponse
from lambwsgi.adapter.wsgi import Unshown, answer_of, raise_it

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from lambwsgi.adapter.gateways.table import Event, Gateway, ProxyResult
    from lambwsgi.adapter.options import HandlerOptions
    from lambwsgi.adapter.wsgi import Asked, Environ, Rest, Result, WsgiApp

    # The result is empty where the response has gone already.
    Handler = Callable[[Any, Any], dict[str, Any]]
    # Also told whether this is the first event that its environment gets.
    OtherHandler = Callable[[Any, Any, bool], dict[str, Any]]
    Answer = Callable[[Environ], HttpResponse]
    # Gateway, request id and environ; what has gone by name.
    Log = Callable[..., None]
    # As `serve` of `make_http_handler`, for an event of a gateway that streams; the name is the gateway's.
    StreamHandler = Callable[[str, Event, Any], ProxyResult]

# The most that JSON makes of one byte of a body.
_JSON_FACTOR = 6


# What our own commands add to an event of a gateway when they invoke the function themselves: Invoke wants the result
# whole. No gateway lets a client choose the keys of an event.
ASKED_DIRECTLY = "lambwsgi"
# Set by Lambda's runtime for each invocation.
_TRACE_VARIABLE = "_X_AMZN_TRACE_ID"
_new = object.__new__


def make_http_handler(app: WsgiApp, options: HandlerOptions, otherwise: OtherHandler) -> Handler:
    """A handler of HTTP requests; an event that is none goes to `otherwise`.

    The application and all that is said of a request have a `contextvars` context of their own: what is set there does
    not leak into the next request.
    """
    if options.gateway:
        load(options.gateway)
    answer = _compressed(with_options(answer_of(app, close_reporter(options)), options), options)
    log = access_log() if options.access_log else None
    stream = _stream_handler(app, options) if options.streaming else None

    is_first = True

    def serve(event: Event, context: Any) -> ProxyResult:
        nonlocal is_first
        was_first, is_first = is_first, False
        gateway_name = detect(event)
        if gateway_name is None:
            return otherwise(event, context, was_first)
        if stream is not None and gateway_name in STREAMING and ASKED_DIRECTLY not in event:
            return stream(gateway_name, event, context)
        gateway = LOADED.get(gateway_name) or load(gateway_name)
        started = perf_counter() if log is not None else 0.0
        run = copy_context().run
        run(INVOCATION.set, (event, context))
        environ = None
        try:
            environ = gateway.read_event(event, options)
            add_invocation(environ, event, context)
            response = run(answer, environ)
            if len(response.body) * _JSON_FACTOR + RESPONSE_HEADER_BYTES < gateway.RESPONSE_LIMIT_BYTES:
                result = gateway.write_result(response, event)
            else:
                result = run(_fitted, response, gateway, event, environ, options)
        except (SystemExit, KeyboardInterrupt):
            raise
        except BaseException as error:
            response = run(failure_of, error, environ, request_id_of(environ, context), options)
            result = gateway.write_result(response, event)
        if log is not None:
            run(
                log,
                gateway_name,
                request_id_of(environ, context),
                environ,
                status=response.status,
                size_bytes=len(response.body),
                seconds=perf_counter() - started,
            )
        return result

    return serve


def close_reporter(options: HandlerOptions) -> Callable[[Exception], None]:
    """What is done with an exception of `close()`: the response is whole by then, so it is sent and the log told."""
    return raise_it if options.raise_errors else _log_close


def _log_close(error: Exception) -> None:
    import logging  # noqa: PLC0415 - failures only

    request_id = request_id_of(None, INVOCATION.get()[1])
    logging.getLogger("lambwsgi").error(
        "close() of the response failed; request id %s: %s", request_id, error, exc_info=error
    )


def add_invocation(environ: Environ, event: Event, context: Any) -> None:
    """Add what the gateway does not tell: the event itself, Lambda's context, the log, the trace."""
    # Without a call of `__init__`, which takes longer than all the rest of this.
    environ["lambwsgi.event"] = view = _new(Unshown)
    view.content = event
    environ["lambwsgi.context"] = context
    environ["wsgi.errors"] = sys.stderr
    if "HTTP_X_AMZN_TRACE_ID" not in environ and _TRACE_VARIABLE in process_environ:
        # Not every gateway tells it, but the runtime does, so that traces join.
        environ["HTTP_X_AMZN_TRACE_ID"] = process_environ[_TRACE_VARIABLE]


def _stream_handler(app: WsgiApp, options: HandlerOptions) -> StreamHandler:
    from lambwsgi.adapter.stream_handler import make_stream_handler  # noqa: PLC0415 - only where it is asked for

    return make_stream_handler(app, options)


def _compressed(answer: Answer, options: HandlerOptions) -> Answer:
    if not options.compress:
        return answer
    from lambwsgi.adapter.compress import answer_compressed  # noqa: PLC0415 - only where it is asked for

    return answer_compressed(answer)


def with_options(answer: Asked[Rest, Result], options: HandlerOptions) -> Asked[Rest, Result]:
    """The same, wrapped in what the options ask for and in nothing else; what is coded comes on top of it."""
    wrapped = answer
    if options.deadline_margin_seconds:
        from lambwsgi.adapter.deadline import answer_in_time  # noqa: PLC0415 - only where it is asked for

        wrapped = answer_in_time(wrapped, options.deadline_margin_seconds)
    if options.host_header:
        from lambwsgi.adapter.host import answer_by_host  # noqa: PLC0415 - only where it is asked for

        wrapped = answer_by_host(wrapped, options.host_header)
    if options.host:
        from lambwsgi.adapter.host import answer_as_host  # noqa: PLC0415 - only where it is asked for

        wrapped = answer_as_host(wrapped, options.host)
    if options.behind_cloudfront:
        from lambwsgi.adapter.host import answer_for_viewer  # noqa: PLC0415 - only where it is asked for

        wrapped = answer_for_viewer(wrapped)
    if options.inflate_limit_bytes:
        from lambwsgi.adapter.inflate import answer_inflated  # noqa: PLC0415 - only where it is asked for

        wrapped = answer_inflated(wrapped, options.inflate_limit_bytes)
    return wrapped


def _fitted(
    response: HttpResponse, gateway: Gateway, event: Event, environ: Environ, options: HandlerOptions
) -> ProxyResult:
    """The result of a response that might be too large; nearly all are known to be small by their body."""
    from lambwsgi.adapter.guard import fit  # noqa: PLC0415 - only for a body of that size

    accept_encoding = environ.get("HTTP_ACCEPT_ENCODING")
    return fit(response, gateway, event, accept_encoding, options.offload)


def access_log() -> Log:
    """What writes the line of each request."""
    from lambwsgi.adapter.access_log import log_request  # noqa: PLC0415 - only where it is asked for

    return log_request


def request_id_of(environ: Environ | None, context: Any) -> str:
    """Lambda's own id, under which the log has the request; the gateway's where there is none."""
    own = getattr(context, "aws_request_id", None)
    told = (environ or {}).get("lambwsgi.request_context") or {}
    return own or told.get("requestId") or (environ or {}).get("HTTP_X_AMZN_TRACE_ID") or "unknown"


def failure_of(error: BaseException, environ: Environ | None, request_id: str, options: HandlerOptions) -> HttpResponse:
    """What the client is told of a failure, the head of it only where it asked for no more."""
    response = _failure_in_words(error, environ, request_id, options)
    if environ is not None and environ["REQUEST_METHOD"] == "HEAD":
        response.body = b""
    return response


def _failure_in_words(
    error: BaseException, environ: Environ | None, request_id: str, options: HandlerOptions
) -> HttpResponse:
    """The same with its body; what the log is told is more."""
    if isinstance(error, BadRequestError):
        return _problem(error.status, error.title, str(error), request_id)
    if options.raise_errors and not isinstance(error, DeadlinePassed):
        raise error
    _log_failure(error, environ, request_id)
    if isinstance(error, DeadlinePassed):
        return _problem(504, "Gateway Timeout", "The application did not answer in time.", request_id)
    if isinstance(error, ResponseTooLargeError):
        return _problem(500, "Response Too Large", "The response is larger than the gateway lets through.", request_id)
    detail = "The application failed. The log of the function has the cause under this request id."
    return _problem(500, "Internal Server Error", detail, request_id)


def _problem(status: int, title: str, detail: str, request_id: str) -> HttpResponse:
    """An error of the handler's own, as RFC 9457 has it."""
    import json  # noqa: PLC0415 - failures only; the path of a good request does not need it

    problem = {"type": "about:blank", "title": title, "status": status, "detail": detail, "request_id": request_id}
    headers = [("Content-Type", "application/problem+json"), ("Cache-Control", "no-store")]
    return HttpResponse(status, title, headers, json.dumps(problem).encode())


def _log_failure(error: BaseException, environ: Environ | None, request_id: str) -> None:
    import logging  # noqa: PLC0415 - failures only

    what = "{REQUEST_METHOD} {REQUEST_URI}".format_map(environ) if environ else "an event that is broken"
    # The traceback of a response that is too large would lead into the handler only.
    trace = None if isinstance(error, ResponseTooLargeError) else error
    why = f": {error}" if str(error) else ""
    logging.getLogger("lambwsgi").error("%s failed; request id %s%s", what, request_id, why, exc_info=trace)
