"""The last frame: whatever happens below, an HTTP gateway gets a valid answer."""

from __future__ import annotations

from lambwsgi.adapter.errors import BadRequestError
from lambwsgi.adapter.gateways.table import detect
from lambwsgi.adapter.invocation import enter
from lambwsgi.adapter.message import HttpResponse
from lambwsgi.adapter.wsgi import build_environ, call_app

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from lambwsgi.adapter.gateways.base import Event, ProxyResult
    from lambwsgi.adapter.message import HttpRequest
    from lambwsgi.adapter.options import HandlerOptions
    from lambwsgi.adapter.wsgi import WsgiApp

    HttpHandler = Callable[[Any, Any], ProxyResult]


def make_http_handler(app: WsgiApp, options: HandlerOptions) -> HttpHandler:
    """A handler of HTTP requests. It raises EventError for an event that is none, and serves each in this context."""

    def serve(event: Event, context: Any) -> ProxyResult:
        gateway = detect(event)
        request = None
        try:
            request = gateway.read_event(event, options)
            enter(event, context)
            response = call_app(app, build_environ(request, event, context))
            return gateway.write_result(response, event)
        except BadRequestError as error:
            problem = _problem(error.status, error.title, str(error), _request_id(request, context))
            return gateway.write_result(problem, event)
        except Exception:
            if options.raise_errors:
                raise
            request_id = _request_id(request, context)
            _log_failure(request, request_id)
            detail = "The application failed. The log of the function has the cause under this request id."
            return gateway.write_result(_problem(500, "Internal Server Error", detail, request_id), event)

    return serve


def _request_id(request: HttpRequest | None, context: Any) -> str:
    """Lambda's own id, under which the log has the request; the gateway's where there is none."""
    own = getattr(context, "aws_request_id", None)
    return own or (request.request_id if request else "") or "unknown"


def _problem(status: int, title: str, detail: str, request_id: str) -> HttpResponse:
    """An error of the handler's own, as RFC 9457 has it."""
    import json  # noqa: PLC0415 - failures only; the path of a good request does not need it

    problem = {"type": "about:blank", "title": title, "status": status, "detail": detail, "request_id": request_id}
    headers = [("Content-Type", "application/problem+json"), ("Cache-Control", "no-store")]
    return HttpResponse(status, title, headers, json.dumps(problem).encode())


def _log_failure(request: HttpRequest | None, request_id: str) -> None:
    import logging  # noqa: PLC0415 - failures only

    what = (
        "{REQUEST_METHOD} {SCRIPT_NAME}{PATH_INFO}".format_map(request.variables)
        if request
        else "an event that was not understood"
    )
    logging.getLogger("lambwsgi").exception("%s failed; request id %s", what, request_id)
