"""The same request through every gateway: what the application sees otherwise, and what the client gets otherwise."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from io import BytesIO
from typing import Any

from lambwsgi.adapter.message import HttpResponse
from lambwsgi.local.errors import LocalError
from lambwsgi.local.gateway import EmulatedGateway, read_environ
from lambwsgi.local.inspector.reading import Reading, read
from lambwsgi.local.inspector.recorder import Call
from lambwsgi.local.inspector.records import Record
from lambwsgi.local.inspector.subject import Inspector
from lambwsgi.local.inspector.view import environ_rows
from lambwsgi.local.mirror.base import Mirror, WireRequest
from lambwsgi.local.mirror.table import MIRRORS

# What gateways write themselves; the client of the recorded request did not send it.
WRITTEN_BY_GATEWAYS = frozenset(
    {"HTTP_X_AMZN_TRACE_ID", "HTTP_X_FORWARDED_FOR", "HTTP_X_FORWARDED_PORT", "HTTP_X_FORWARDED_PROTO", "HTTP_VIA"}
)
# Another one in each request, so that its value is no difference between gateways.
_OTHER_EACH_TIME = frozenset({"HTTP_X_AMZN_TRACE_ID", "HTTP_X_AMZ_CF_ID"})
_OWN = "(its own)"
_SHORT_BODY = 200


@dataclass(frozen=True, slots=True)
class Row:
    """One thing that is not the same behind all gateways; None where it is not there."""

    part: str
    name: str
    cells: tuple[str | None, ...]


@dataclass(frozen=True, slots=True)
class _Asked:
    """What one gateway came to. `number` is None where it answered without asking the application."""

    gateway: str
    number: int | None
    environ: Mapping[str, str]
    response: Mapping[str, str]


def compare(inspector: Inspector, record: Record) -> dict[str, Any]:
    """Ask the application once for each gateway: the gateways, the rows that differ, and how many do not.

    Raises `LocalError` for a record that was no HTTP request.
    """
    reading = read(record, inspector.subject.reading_options)
    if not reading.environ:
        raise LocalError(f"invocation {record.number} is no HTTP request that could be read, so there is none to send")
    request = client_request(reading)
    asked = [_ask(inspector, record, mirror, request) for mirror in MIRRORS.values()]
    reached = [each.environ if each.number else None for each in asked]
    environ_same, environ_other = _rows("environ", reached)
    response_same, response_other = _rows("response", [each.response for each in asked])
    return {
        "gateways": [{"name": each.gateway, "number": each.number} for each in asked],
        "rows": [asdict(row) for row in (*environ_other, *response_other)],
        "same": environ_same + response_same,
    }


def client_request(reading: Reading) -> WireRequest:
    """The request as its client sent it to the gateway, as far as the event tells; without the stage of its URL."""
    environ = {key: value for key, value in reading.environ.items() if key not in WRITTEN_BY_GATEWAYS}
    return read_environ(environ | {"REQUEST_URI": reading.own_target, "wsgi.input": BytesIO(reading.body)})


def _ask(inspector: Inspector, record: Record, mirror: Mirror, request: WireRequest) -> _Asked:
    calls: list[Call] = []

    def handler(event: Any, context: Any) -> object:
        calls.append(Call(inspector.log.next_number(), "compare", record.number))
        return inspector.call(event, context, calls[-1])

    response = EmulatedGateway(handler, mirror, function=inspector.subject.function).answer(request)
    found = inspector.log.find(calls[-1].number) if calls else None
    if found is None:
        return _Asked(mirror.name, None, {}, dict(_got(response)))
    reading = read(found, inspector.subject.reading_options)
    if found.stream is not None and reading.response is not None:
        response = reading.response
    return _Asked(mirror.name, found.number, dict(_seen(reading)), dict(_got(response)))


def _seen(reading: Reading) -> Iterable[tuple[str, str]]:
    for key, value in environ_rows(reading.environ):
        yield key, _OWN if key in _OTHER_EACH_TIME else value


def _got(response: HttpResponse) -> Iterable[tuple[str, str]]:
    """The response, one text for each thing in it; header names have no case, and repeats stand one below the other."""
    yield "status", f"{response.status} {response.reason}"
    names = dict.fromkeys(name.lower() for name, _ in response.headers)
    for name in names:
        yield name, "\n".join(value for key, value in response.headers if key.lower() == name)
    yield "body", _body_text(response.body)


def _body_text(body: bytes) -> str:
    try:
        text = body.decode("utf-8")
    except UnicodeDecodeError:
        text = None
    if text is not None and len(text) <= _SHORT_BODY:
        return text
    return f"{len(body):,} bytes, SHA-256 {hashlib.sha256(body).hexdigest()[:12]}…"


def _rows(part: str, columns: list[Mapping[str, str] | None]) -> tuple[int, list[Row]]:
    """How many things are the same in all columns, and a row for each that is not; a missing column says nothing."""
    names = dict.fromkeys(name for column in columns if column is not None for name in column)
    rows = [Row(part, name, tuple(column.get(name) if column else None for column in columns)) for name in names]
    compared = [column for column in columns if column is not None]
    different = [row for row in rows if len({column.get(row.name) for column in compared}) > 1]
    return len(rows) - len(different), different
