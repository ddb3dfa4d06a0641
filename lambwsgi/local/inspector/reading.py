"""What a record means: the environ that the application saw, and the response that the client got.

Made when somebody looks at it, and never fails: what cannot be read is told as a problem.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from lambwsgi.adapter.gateways.table import detect, load
from lambwsgi.adapter.message import HttpResponse
from lambwsgi.adapter.options import HandlerOptions
from lambwsgi.local.gateway import to_json
from lambwsgi.local.inspector.records import Record, Stream, plain
from lambwsgi.local.mirror.base import Mirror
from lambwsgi.local.mirror.result import MalformedResultError
from lambwsgi.local.mirror.table import MIRRORS


@dataclass(frozen=True, slots=True)
class Reading:
    """`mirror` is None for an event of no gateway (a warm-up, a command), and the rest is empty then.

    `body` is the request's, in bytes. `problem` is why the event could not be read, `environ` is empty then.
    """

    mirror: Mirror | None
    environ: dict[str, Any]
    body: bytes
    problem: str | None
    response: HttpResponse | None

    @property
    def method(self) -> str:
        """The request's method; empty where there is none."""
        return str(self.environ.get("REQUEST_METHOD", ""))

    @property
    def target(self) -> str:
        """Path and query as the client spelled them, with the stage of the URL; empty where there is none."""
        return str(self.environ.get("REQUEST_URI", ""))

    @property
    def own_target(self) -> str:
        """The same without what is in SCRIPT_NAME: what a client of a custom domain asks for."""
        prefix = self.environ.get("SCRIPT_NAME", "")
        rest = self.target.removeprefix(prefix) if prefix else self.target
        return rest if rest.startswith("/") else f"/{rest}"


def read(record: Record, options: HandlerOptions) -> Reading:
    """What the record means to an application with these options."""
    name = detect(record.event)
    mirror = _mirror_of(name, record.event)
    if name is None or mirror is None:
        return Reading(None, {}, b"", None, None)
    response = _response(record, mirror)
    try:
        environ = load(name).read_event(record.event, options)
        return Reading(mirror, environ, environ["wsgi.input"].read(), None, response)
    except Exception as error:  # an edited event may be broken in any way
        return Reading(mirror, {}, b"", f"{type(error).__name__}: {error}", response)


def _mirror_of(name: str | None, event: Any) -> Mirror | None:
    """A load balancer's setting decides which header map there is; detection does not need to know it."""
    if name == "alb" and "multiValueHeaders" in event:
        name = "alb_multi_value"
    return MIRRORS.get(name or "")


def _response(record: Record, mirror: Mirror) -> HttpResponse:
    """What the gateway makes of the result; its refusal of one that is too large included."""
    if record.stream is not None:
        # What has begun is not taken back, even where the handler failed later.
        return _streamed(record.stream, mirror)
    if record.error is not None:
        return mirror.failed
    try:
        payload = to_json(record.result)
    except TypeError:
        return mirror.failed
    return mirror.failed if len(payload) > mirror.response_limit_bytes else mirror.read_result(plain(payload))


def _streamed(stream: Stream, mirror: Mirror) -> HttpResponse:
    """The head that the gateway makes of the prelude, with the bytes that were kept of the body."""
    if mirror.read_prelude is None:
        return mirror.failed
    try:
        head = mirror.read_prelude(dict(stream.prelude))
    except MalformedResultError:
        return mirror.failed
    return HttpResponse(head.status, head.reason, head.headers, stream.beginning)
