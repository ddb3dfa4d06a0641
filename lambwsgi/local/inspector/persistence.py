"""Records that outlive a reload: lines of JSON in a file, written in a thread of its own."""

from __future__ import annotations

import base64
import json
import threading
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import fields
from typing import IO, Any

from lambwsgi.local.inspector.records import Log, News, Notice, Record, Stream, plain

# Above this the file is written anew with what the log still has.
MOST_BYTES = 128 * 1024 * 1024


class Keeper:
    """Fills the log with what the file has of earlier processes; what comes from now on goes to the file."""

    def __init__(self, log: Log, file: IO[bytes]) -> None:
        self._log = log
        self._file = file
        log.restore(read_lines(file))
        self._write_anew()
        self._subscription = ExitStack()
        self._news = self._subscription.enter_context(log.subscription())
        self._writer = threading.Thread(target=self._write, args=(self._news,), daemon=True)
        self._writer.start()

    def close(self) -> None:
        """Write what has come so far, and nothing after it."""
        self._subscription.close()
        self._news.put(Notice.END)
        self._writer.join()

    def _write(self, news: News) -> None:
        for each in iter(news.get, Notice.END):
            if isinstance(each, Notice) or self._file.tell() > MOST_BYTES:
                self._write_anew()
            else:
                self._file.write(to_line(each))
                self._file.flush()

    def _write_anew(self) -> None:
        self._file.seek(0)
        self._file.truncate()
        self._file.writelines(to_line(record) for record in self._log.all())
        self._file.flush()


def read_lines(file: IO[bytes]) -> Iterator[Record]:
    """The records of the file; a line that a dying process left unfinished is passed over."""
    file.seek(0)
    for line in file:
        if line.endswith(b"\n"):
            yield from_line(line)


def to_line(record: Record) -> bytes:
    """The record as a line of JSON; a result that is no JSON becomes its `repr`."""
    values: dict[str, Any] = {field.name: getattr(record, field.name) for field in fields(record)}
    values["result"] = plain(record.result)
    if record.stream is not None:
        stream = {field.name: getattr(record.stream, field.name) for field in fields(record.stream)}
        values["stream"] = stream | {"beginning": base64.b64encode(record.stream.beginning).decode("ascii")}
    return json.dumps(values).encode("ascii") + b"\n"


def from_line(line: bytes) -> Record:
    """The record of a line that `to_line` made."""
    values: dict[str, Any] = json.loads(line)
    stream = values["stream"]
    if stream is not None:
        values["stream"] = Stream(**stream | {"beginning": base64.b64decode(stream["beginning"])})
    return Record(**values)
