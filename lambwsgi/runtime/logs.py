"""The function's log: where lines go, and what `logging` makes of a record, as AWS's own client for Python does it.

Text or JSON by AWS_LAMBDA_LOG_FORMAT; from AWS_LAMBDA_LOG_LEVEL on. On Lambda a line goes into a pipe, framed, so that
it stays one however many lines it has. Source: Lambda developer guide, 'Log and monitor Python Lambda functions'.
"""

from __future__ import annotations

import io
import json
import logging
import os
import sys
import time

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

_PIPE_VARIABLE = "_LAMBDA_TELEMETRY_LOG_FD"
# A frame's type: the format and the level in a pattern that no text has.
_FRAME_TEXT = 0xA55A0003
_FRAME_JSON = 0xA55A0002
_FRAME_LEVEL_STEP = 4
_NO_BREAK_SPACE = "\u00a0"
_UTC = "%Y-%m-%dT%H:%M:%SZ"
_TEXT = logging.Formatter(
    "[%(levelname)s]\t%(asctime)s.%(msecs)03dZ\t%(aws_request_id)s\t%(message)s", "%Y-%m-%dT%H:%M:%S"
)
# What every record has; what else there is was given by `extra`.
_USUAL_FIELDS = frozenset(vars(logging.makeLogRecord({}))) | {"message", "asctime", "aws_request_id"}


class Log:
    """The log of this process. `request_id` and `tenant_id` are of the invocation that runs."""

    def __init__(self, environ: Mapping[str, str]) -> None:
        self.request_id = ""
        self.tenant_id: str | None = None
        self._is_json = environ.get("AWS_LAMBDA_LOG_FORMAT", "").upper() == "JSON"
        level = environ.get("AWS_LAMBDA_LOG_LEVEL", "").upper()
        self._level = "DEBUG" if level == "TRACE" else level
        pipe = environ.get(_PIPE_VARIABLE)
        self._pipe = io.FileIO(int(pipe), "w") if pipe else None

    def set_up(self) -> None:
        """Send what `logging` is told here, and what is printed out at once."""
        os.environ.pop(_PIPE_VARIABLE, None)
        for name in ("stdout", "stderr"):
            setattr(sys, name, _unbuffered(getattr(sys, name)))
        logging.Formatter.converter = time.gmtime
        root = logging.getLogger()
        root.addHandler(_Handler(self))
        if self._level in logging.getLevelNamesMapping():
            root.setLevel(self._level)

    def write(self, entry: str, level: int = 0) -> None:
        """Write one entry of the log. `level` is that of `logging`, 0 where it has none or none matters."""
        if self._pipe is None:
            sys.stdout.write(entry if entry.endswith("\n") else f"{entry}\n")
            return
        body = entry.encode("utf-8", "replace")
        kind = (_FRAME_JSON if self._is_json else _FRAME_TEXT) + (_FRAME_LEVEL_STEP * (level // 10 + 1) if level else 0)
        microseconds = time.time_ns() // 1000
        self._pipe.write(
            kind.to_bytes(4, "big") + len(body).to_bytes(4, "big") + microseconds.to_bytes(8, "big") + body
        )

    def write_error(self, error: Mapping[str, Any]) -> None:
        """Write the error of an invocation or of INIT: `errorMessage`, `errorType`, `stackTrace`."""
        if self._is_json:
            told = {"timestamp": time.strftime(_UTC, time.gmtime()), "level": "ERROR", **error}
            self.write(json.dumps(told, ensure_ascii=False), logging.ERROR)
        else:
            # Where a line end parts entries, the lines of one are kept together by `\r`.
            self.write(("\r" if self._pipe is None else "\n").join(_error_lines(error)), logging.ERROR)

    def write_record(self, record: logging.LogRecord) -> None:
        """Write the entry of a record of `logging`."""
        record.aws_request_id = self.request_id
        level = min(50, record.levelno // 10 * 10)
        if self._is_json:
            self.write(json.dumps(self._fields_of(record, level), ensure_ascii=False, default=str), level)
        else:
            self.write(_TEXT.format(record), level if self._level else 0)

    def _fields_of(self, record: logging.LogRecord, level: int) -> dict[str, Any]:
        """The fields of a record in JSON; a dict that is logged stays an object."""
        fields = {
            "timestamp": time.strftime(_UTC, time.gmtime(record.created)),
            "level": logging.getLevelName(level),
            "message": record.msg if isinstance(record.msg, dict) and not record.args else record.getMessage(),
            "logger": record.name,
            **_failure_of(record),
            "requestId": self.request_id,
            "location": f"{record.pathname}:{record.funcName}:{record.lineno}" if record.exc_info else None,
            "tenantId": self.tenant_id,
        }
        extra = {
            name: value for name, value in vars(record).items() if name not in _USUAL_FIELDS and name not in fields
        }
        return {name: value for name, value in {**fields, **extra}.items() if value is not None}


class _Handler(logging.Handler):
    def __init__(self, log: Log) -> None:
        super().__init__()
        self._log = log

    def emit(self, record: logging.LogRecord) -> None:
        try:
            self._log.write_record(record)
        except Exception:
            self.handleError(record)


def _unbuffered(stream: Any) -> io.TextIOWrapper:
    """The same, written at once, as `python -u` does it: what waits in a buffer would be frozen with the process."""
    return io.TextIOWrapper(
        io.FileIO(stream.fileno(), "w", closefd=False), stream.encoding, stream.errors, write_through=True
    )


def _error_lines(error: Mapping[str, Any]) -> list[str]:
    """`[ERROR] type: message` and the traceback, its indentation by blanks that nothing takes away."""
    what = ": ".join(filter(None, (error["errorType"], error["errorMessage"])))
    lines = [f"[ERROR] {what}".rstrip(), "Traceback (most recent call last):"]
    for entry in error["stackTrace"]:
        for line in entry.splitlines() or [""]:
            text = line.lstrip(" ")
            lines.append(_NO_BREAK_SPACE * (len(line) - len(text)) + text)
    return lines


def _failure_of(record: logging.LogRecord) -> dict[str, Any]:
    """What a record tells of the exception that it was logged with."""
    if not record.exc_info or record.exc_info[0] is None:
        return {}
    from traceback import format_tb  # noqa: PLC0415 - failures only

    kind, failure, trace = record.exc_info
    return {
        "stackTrace": format_tb(trace),
        "errorType": kind.__name__,
        "errorMessage": str(failure),
    }
