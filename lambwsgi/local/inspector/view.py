"""What the page shows of a record, as JSON: a line of the list, or everything."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from lambwsgi.adapter.message import HttpResponse
from lambwsgi.local.inspector.reading import Reading
from lambwsgi.local.inspector.records import Record, Stream, plain

# Longer texts are cut, unless the whole is asked for.
TEXT_MOST = 8_000
_HEX_MOST = 512
_HEX_ROW = 16
# Streams and objects, and what the event shows already.
_HIDDEN = frozenset(
    {"wsgi.input", "wsgi.errors", "wsgi.file_wrapper", "lambwsgi.event", "lambwsgi.context", "lambwsgi.request_context"}
)


def summary(record: Record, reading: Reading) -> dict[str, Any]:
    """A line of the list."""
    stream = record.stream
    return {
        "number": record.number,
        "at": record.at,
        "origin": record.origin,
        "source": record.source,
        "gateway": reading.mirror.name if reading.mirror else None,
        "method": reading.method,
        "path": _cut(reading.target or _kind(record.event), 300),
        "status": reading.response.status if reading.response else None,
        "failed": record.error is not None,
        "streamed": stream is not None,
        "first_chunk_ms": stream.first_chunk_ms if stream else None,
        "cold": record.is_cold,
        "init_ms": record.init_ms,
        "duration_ms": record.duration_ms,
        "billed_ms": record.billed_ms,
        "memory_mb": record.peak_memory_mb,
        "usd": record.usd,
    }


def details(record: Record, reading: Reading, *, whole: bool) -> dict[str, Any]:
    """Everything; long texts and bodies are cut unless the whole is asked for."""
    most = None if whole else TEXT_MOST
    return {
        **summary(record, reading),
        "event": _short(record.event, most),
        "environ": list(environ_rows(reading.environ)),
        "request_body": shown_body(reading.body, most),
        "problem": reading.problem,
        "result": _short(plain(record.result), most),
        "response": _shown_response(reading.response, most),
        "error": record.error,
        "stream": _shown_stream(record.stream),
    }


def environ_rows(environ: dict[str, Any]) -> Iterator[tuple[str, str]]:
    """Keys and values as text, sorted; without the event, which is shown beside it."""
    for key in sorted(environ.keys() - _HIDDEN):
        value = environ[key]
        if isinstance(value, str):
            yield key, value
        elif isinstance(value, dict):
            yield key, json.dumps(value, ensure_ascii=False)
        elif value is not None:
            yield key, repr(value)


def shown_body(body: bytes, most: int | None) -> dict[str, Any]:
    """A body as text, or as a hex dump of its beginning where it is none; with its size in bytes."""
    try:
        text = body.decode("utf-8")
    except UnicodeDecodeError:
        text = None
    if text is not None and "\0" not in text:
        return {"size_bytes": len(body), "text": text[:most], "hex": None, "cut": len(text) > len(text[:most])}
    return {"size_bytes": len(body), "text": None, "hex": _hex_dump(body[:_HEX_MOST]), "cut": len(body) > _HEX_MOST}


def _hex_dump(data: bytes) -> str:
    rows = []
    for start in range(0, len(data), _HEX_ROW):
        row = data[start : start + _HEX_ROW]
        letters = "".join(chr(byte) if 32 <= byte < 127 else "." for byte in row)
        rows.append(f"{start:06x}  {row.hex(' '):<{_HEX_ROW * 3}} {letters}")
    return "\n".join(rows)


def _shown_response(response: HttpResponse | None, most: int | None) -> dict[str, Any] | None:
    if response is None:
        return None
    return {
        "status": response.status,
        "reason": response.reason,
        "headers": list(response.headers),
        "body": shown_body(response.body, most),
    }


def _shown_stream(stream: Stream | None) -> dict[str, Any] | None:
    if stream is None:
        return None
    return {
        "prelude": plain(dict(stream.prelude)),
        "chunks": stream.chunks,
        "size_bytes": stream.size_bytes,
        "kept_bytes": len(stream.beginning),
        "first_chunk_ms": stream.first_chunk_ms,
    }


def _kind(event: Any) -> str:
    """What stands in the path's place for an event that is no request: its keys."""
    return f"{{{', '.join(map(str, event))}}}" if isinstance(event, dict) else type(event).__name__


def _short(value: Any, most: int | None) -> Any:
    """The same JSON, long texts in it cut."""
    if most is None:
        return value
    if isinstance(value, str):
        return _cut(value, most)
    if isinstance(value, dict):
        return {key: _short(each, most) for key, each in value.items()}
    if isinstance(value, list):
        return [_short(each, most) for each in value]
    return value


def _cut(text: str, most: int) -> str:
    return text if len(text) <= most else f"{text[:most]}… ({len(text):,} characters)"
