"""The inspector's own WSGI application: its page, and the JSON and the live news that the page asks for.

It shows cookies and credentials and runs the application, so it answers only who asks this machine by a name of this
machine (a page elsewhere could have its own name lead here), and changes nothing for the page of another origin.
"""

from __future__ import annotations

import json
import queue
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from werkzeug.exceptions import BadRequest, Forbidden, HTTPException, NotFound
from werkzeug.routing import Map, Rule
from werkzeug.wrappers import Request, Response

from lambwsgi.local.errors import LocalError
from lambwsgi.local.inspector import view
from lambwsgi.local.inspector.cases import case_of, pytest_file
from lambwsgi.local.inspector.comparison import compare
from lambwsgi.local.inspector.reading import Reading, read
from lambwsgi.local.inspector.records import Notice, Record
from lambwsgi.local.inspector.subject import Inspector
from lambwsgi.local.prices import AS_OF

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment

_STATIC = Path(__file__).with_name("static")
_TYPES = {".html": "text/html", ".css": "text/css", ".js": "text/javascript"}
_HEADERS = {
    "Content-Security-Policy": "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; "
    "img-src data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cache-Control": "no-store",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
}
_STILL_HERE_SECONDS = 10.0

_RULES = Map([
    Rule("/", endpoint="page", methods=["GET"]),
    Rule("/static/<name>", endpoint="static", methods=["GET"]),
    Rule("/subject", endpoint="subject", methods=["GET"]),
    Rule("/live", endpoint="live", methods=["GET"]),
    Rule("/records", endpoint="records", methods=["GET"]),
    Rule("/records/<int:number>", endpoint="record", methods=["GET"]),
    Rule("/records/<int:number>/<any(request, response):part>-body", endpoint="body", methods=["GET"]),
    Rule("/records/<int:number>/case.json", endpoint="case", methods=["GET"]),
    Rule("/records/<int:number>/test.py", endpoint="test", methods=["GET"]),
    Rule("/records/<int:number>/replay", endpoint="replay", methods=["POST"]),
    Rule("/records/<int:number>/edit", endpoint="edit", methods=["POST"]),
    Rule("/records/<int:number>/compare", endpoint="compare", methods=["POST"]),
    Rule("/clear", endpoint="clear", methods=["POST"]),
])  # fmt: skip


class InspectorApp:
    """The WSGI application. `port` is the one it is asked at, on loopback."""

    def __init__(self, inspector: Inspector, port: int) -> None:
        self._inspector = inspector
        self._hosts = frozenset({f"127.0.0.1:{port}", f"localhost:{port}"})
        self._endpoints: dict[str, Callable[..., Response]] = {
            "page": self._page,
            "static": self._static,
            "subject": self._subject,
            "live": self._live,
            "records": self._records,
            "record": self._record,
            "body": self._body,
            "case": self._case,
            "test": self._test,
            "replay": self._replay,
            "edit": self._edit,
            "compare": self._compare,
            "clear": self._clear,
        }

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        response = self._answer(Request(environ))
        response.headers.extend(_HEADERS)
        return response(environ, start_response)

    def _answer(self, request: Request) -> Response:
        try:
            self._check(request)
            endpoint, arguments = _RULES.bind_to_environ(request.environ).match()
            return self._endpoints[endpoint](request, **arguments)
        except HTTPException as error:
            return _text(f"{error.code} {error.name}: {error.description}", error.code or 500)
        except LocalError as error:
            return _text(str(error), 409)

    def _check(self, request: Request) -> None:
        if request.headers.get("Host") not in self._hosts:
            raise Forbidden("the inspector is asked as 127.0.0.1 or localhost, with its port")
        if request.method in ("GET", "HEAD"):
            return
        origin, site = request.headers.get("Origin"), request.headers.get("Sec-Fetch-Site", "same-origin")
        if site != "same-origin" or (origin is not None and origin.removeprefix("http://") not in self._hosts):
            raise Forbidden("a page of another origin may not use the inspector")

    def _page(self, request: Request) -> Response:
        return self._static(request, "page.html")

    def _static(self, _request: Request, name: str) -> Response:
        path = _STATIC / name
        if path.parent != _STATIC or not path.is_file():
            raise NotFound
        return Response(path.read_bytes(), content_type=f"{_TYPES[path.suffix]}; charset=utf-8")

    def _subject(self, _request: Request) -> Response:
        subject = self._inspector.subject
        return _json({
            "target": subject.target,
            "gateway": subject.gateway,
            "memory_mb": subject.function.memory_mb,
            "architecture": subject.architecture,
            "prices_as_of": AS_OF,
        })  # fmt: skip

    def _live(self, _request: Request) -> Response:
        return Response(self._news(), content_type="text/event-stream; charset=utf-8")

    def _news(self) -> Iterator[str]:
        """Server-sent events: a line of the list for each record. The comment in between finds out who has left."""
        with self._inspector.log.subscription() as news:
            yield ": here\n\n"
            while True:
                try:
                    each = news.get(timeout=_STILL_HERE_SECONDS)
                except queue.Empty:
                    yield ": still here\n\n"
                    continue
                if isinstance(each, Notice):
                    yield "event: cleared\ndata:\n\n"
                else:
                    yield f"data: {json.dumps(view.summary(each, self._read(each)))}\n\n"

    def _records(self, _request: Request) -> Response:
        return _json([view.summary(each, self._read(each)) for each in self._inspector.log.all()])

    def _record(self, request: Request, number: int) -> Response:
        record = self._find(number)
        return _json(view.details(record, self._read(record), whole="whole" in request.args))

    def _body(self, _request: Request, number: int, part: str) -> Response:
        """The whole body as a file, never as a page of this origin."""
        reading = self._read(self._find(number))
        body = reading.body if part == "request" else reading.response.body if reading.response else b""
        return _file(body, f"{part}-{number}.bin", "application/octet-stream")

    def _case(self, _request: Request, number: int) -> Response:
        case = case_of(self._find(number), self._inspector.subject)
        return _file(f"{json.dumps(case, indent=2)}\n", f"case_{number}.json", "application/json")

    def _test(self, _request: Request, number: int) -> Response:
        name, text = pytest_file(self._find(number), self._inspector.subject)
        return _file(text, name, "text/x-python")

    def _replay(self, _request: Request, number: int) -> Response:
        record = self._find(number)
        event = json.loads(json.dumps(record.event))
        return _json({"number": self._inspector.invoke(event, "replay", record)})

    def _edit(self, request: Request, number: int) -> Response:
        try:
            event = json.loads(request.get_data())
        except ValueError as error:
            raise BadRequest(f"the event is no JSON: {error}") from error
        return _json({"number": self._inspector.invoke(event, "edit", self._find(number))})

    def _compare(self, _request: Request, number: int) -> Response:
        return _json(compare(self._inspector, self._find(number)))

    def _clear(self, _request: Request) -> Response:
        self._inspector.log.clear()
        return Response(status=204)

    def _find(self, number: int) -> Record:
        record = self._inspector.log.find(number)
        if record is None:
            raise NotFound(f"there is no invocation {number} any more; the log keeps the last ones only")
        return record

    def _read(self, record: Record) -> Reading:
        return read(record, self._inspector.subject.reading_options)


def _json(value: Any) -> Response:
    return Response(json.dumps(value), content_type="application/json")


def _text(text: str, status: int) -> Response:
    return Response(text, status, content_type="text/plain; charset=utf-8")


def _file(content: str | bytes, name: str, content_type: str) -> Response:
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return Response(content, content_type=content_type, headers=headers)
