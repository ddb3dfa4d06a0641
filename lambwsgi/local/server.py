"""The development server: an application on this machine behind an emulated gateway, anew after each change."""

from __future__ import annotations

import logging
import os
import re
import socket
import sys
import threading
import time
import traceback
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from werkzeug.serving import WSGIRequestHandler, is_running_from_reloader, make_server, run_simple

from lambwsgi.adapter.errors import AppImportError, LambWSGIError
from lambwsgi.events.dispatch import make_handler
from lambwsgi.local.context import FunctionIdentity
from lambwsgi.local.errors import LocalError, PortInUseError
from lambwsgi.local.gateway import Handler
from lambwsgi.local.inspector.session import Inspection, open_inspector
from lambwsgi.local.inspector.subject import Inspector, Subject
from lambwsgi.local.mirror.base import Mirror
from lambwsgi.local.streaming import make_gateway
from lambwsgi.local.throttle import Throttle
from lambwsgi.local.timeout import with_timeout

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

_COLOUR = re.compile(r"\x1b\[\d+m")
_GREETINGS = ("This is a development server", "Press CTRL+C to quit", "Restarting with")
_NOT_OF_THE_APPLICATION = (str(Path(__file__).parents[1]), "<frozen importlib")


@dataclass(frozen=True, slots=True)
class Place:
    """Where to listen; port 0 is any that is free."""

    host: str
    port: int

    def url_of(self, stage: str) -> str:
        """What to open in a browser; `stage` is the first segment of a REST API's URLs, else empty."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"http://{host}:{self.port}/{stage}/" if stage else f"http://{host}:{self.port}/"


@dataclass(frozen=True, slots=True)
class LocalApp:
    """What to serve: `target` is `module:attribute`, `options` are those of the handler.

    `stage` is the first segment of a REST API's URLs. `patient`: neither gateway nor function has a timeout.
    `throttle_per_second`: how many requests the gateway lets through; 0 is all.
    """

    target: str
    mirror: Mirror
    function: FunctionIdentity
    options: Mapping[str, Any] = field(default_factory=dict)
    stage: str = ""
    patient: bool = False
    throttle_per_second: float = 0

    def __post_init__(self) -> None:
        """Raises `LocalError` for a throttle that the gateway does not have."""
        Throttle(self.mirror, self.throttle_per_second)


def serve(
    app: LocalApp,
    place: Place,
    *,
    reload: bool,
    report: Callable[[str], None],
    inspection: Inspection | None = None,
) -> None:
    """Serve until interrupted. `report` is told the URL once its port is known to be free.

    With an `inspection` what goes through the handler can be seen and sent again in a browser.
    Raises `PortInUseError`, and without `reload` LocalError where the application cannot be imported.
    """
    if not is_running_from_reloader():
        place = free_place(place)
        report(place.url_of(app.stage))
    inspector = None
    if inspection is not None:
        subject = Subject(app.target, app.mirror.name, app.function, app.options, inspection.architecture)
        inspector = open_inspector(subject, inspection, app_port=place.port, reload=reload)
    gateway = _gateway(app, inspector, reload=reload)
    logging.getLogger("werkzeug").addFilter(_is_news)
    run_simple(place.host, place.port, gateway, threaded=True, use_reloader=reload, request_handler=RequestHandler)


def free_place(place: Place) -> Place:
    """The place, its port known and free at this moment. Raises `PortInUseError`."""
    family = socket.AF_INET6 if ":" in place.host else socket.AF_INET
    try:
        with socket.create_server((place.host, place.port), family=family) as probe:
            return Place(place.host, probe.getsockname()[1])
    except PermissionError as error:
        raise LocalError(
            f"port {place.port} on {place.host} needs the rights of an administrator; choose one above 1023 with --port"
        ) from error
    except socket.gaierror as error:
        raise LocalError(f"{place.host!r} is no address of this machine; try --host 127.0.0.1") from error
    except OSError as error:
        raise PortInUseError(place.host, place.port) from error


def _is_news(record: logging.LogRecord) -> bool:
    """Not what werkzeug says when it starts: the address is told already, and who would take this for production?"""
    return not any(words in record.getMessage() for words in _GREETINGS)


def _gateway(app: LocalApp, inspector: Inspector | None, *, reload: bool) -> WSGIApplication:
    if not reload:
        return _load_or_raise(app, inspector)
    # The first process serves nothing: it starts another one, after each change anew, which does.
    return _load_or_show(app, inspector) if is_running_from_reloader() else _page_of("")


def _load(app: LocalApp, inspector: Inspector | None) -> WSGIApplication:
    started = time.perf_counter()
    handler: Handler = make_handler(app.target, **app.options)
    init_ms = (time.perf_counter() - started) * 1000
    if not app.patient:
        handler = with_timeout(handler, app.function.timeout_seconds)
    if inspector is not None:
        handler = inspector.record(handler, init_ms=init_ms)
    return make_gateway(
        handler,
        app.mirror,
        streaming=bool(app.options.get("streaming")),
        function=app.function,
        stage=app.stage,
        impatient=not app.patient,
        throttle_per_second=app.throttle_per_second,
    )


def _load_or_raise(app: LocalApp, inspector: Inspector | None) -> WSGIApplication:
    try:
        return _load(app, inspector)
    except LambWSGIError:
        raise
    except Exception as error:  # whatever the application raises while it is imported
        raise LocalError(f"{app.target} cannot be imported\n{_traceback_of(error).rstrip()}") from error


def _load_or_show(app: LocalApp, inspector: Inspector | None) -> WSGIApplication:
    """The gateway, or a page that shows why the application cannot be imported, until a change brings it back."""
    try:
        return _load(app, inspector)
    except AppImportError as error:
        # The name leads nowhere: where lambwsgi noticed that helps nobody.
        shown = f"error: {error}"
    except Exception as error:  # whatever the application raises while it is imported
        shown = _traceback_of(error)
    print(shown, file=sys.stderr)
    return _page_of(shown)


def _traceback_of(error: Exception) -> str:
    """The traceback from where the application begins; all of it where that is nowhere."""
    frames = error.__traceback__
    while frames is not None and frames.tb_frame.f_code.co_filename.startswith(_NOT_OF_THE_APPLICATION):
        frames = frames.tb_next
    # A file that is not Python was never entered; the error itself names its line.
    whole = None if isinstance(error, SyntaxError) else error.__traceback__
    return "".join(traceback.format_exception(type(error), error, frames or whole))


def _page_of(text: str) -> WSGIApplication:
    def show(_environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        start_response("500 Internal Server Error", [("Content-Type", "text/plain; charset=utf-8")])
        return [text.encode("utf-8", "replace")]

    return show


class BackgroundServer:
    """A WSGI application served in threads of this process, until `close`."""

    def __init__(self, app: WSGIApplication, place: Place) -> None:
        """Listens at once. Raises `PortInUseError`."""
        self.place = free_place(place)
        self._server = make_server(self.place.host, self.place.port, app, threaded=True, request_handler=_Silent)
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True)
        self._thread.start()

    def close(self) -> None:
        """Stop listening."""
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()


class RequestHandler(WSGIRequestHandler):
    """werkzeug's handler of requests, which ends the connection of a response that is cut off.

    Its log is coloured where people look at it only: on a terminal, and without NO_COLOR.
    """

    def connection_dropped(self, error: BaseException, environ: WSGIEnvironment | None = None) -> None:
        """A client that waits for the rest must learn that there is none."""
        self.close_connection = True

    def log(self, type: str, message: str, *args: Any) -> None:
        """A line of the log."""
        is_coloured = sys.stderr.isatty() and not os.environ.get("NO_COLOR")
        super().log(type, message, *(args if is_coloured else [_COLOUR.sub("", str(each)) for each in args]))


class _Silent(RequestHandler):
    def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
        """No access log: the function's own log follows."""
