"""What lines of the log are, as Lambda's runtime writes them in text and in JSON."""

from __future__ import annotations

import json

import pytest

from lambwsgi.deploy.aws.records import LogEvent
from lambwsgi.deploy.logs.explanation import find_failure
from lambwsgi.deploy.logs.lines import Kind, read_line
from lambwsgi.deploy.logs.reports import Report, read_report
from lambwsgi.deploy.logs.request_lines import grouped

ID = "7aabe70e-0000-4000-8000-000000000001"
OTHER = "7aabe70e-0000-4000-8000-000000000002"
# Source: Lambda developer guide, 'Log and monitor Python Lambda functions'.
REPORT = (
    f"REPORT RequestId: {ID}\tDuration: 15.74 ms\tBilled Duration: 16 ms\tMemory Size: 128 MB\tMax Memory Used: 56 MB\t"
    "Init Duration: 130.49 ms\t\nXRAY TraceId: 1-5e34a614-10bdxmplf1fb44f07bc535a1\tSegmentId: 07f5xmpl2d1f6f85\n"
)
# Source: 'Telemetry API event schema', platform.report.
JSON_REPORT = {
    "time": "2026-11-24T06:05:00.123Z",
    "type": "platform.report",
    "record": {
        "requestId": ID,
        "metrics": {
            "billedDurationMs": 16,
            "durationMs": 15.74,
            "initDurationMs": 130.49,
            "maxMemoryUsedMB": 56,
            "memorySizeMB": 128,
        },
        "status": "success",
    },
}
ACCESS = {
    **{"request_id": ID, "status": 200, "method": "GET", "path": "/about", "milliseconds": 12.3, "bytes": 345},
    **{"address": "203.0.113.10", "gateway": "http_api", "cold": True},
}
TRACEBACK = 'Traceback (most recent call last):\n  File "shop.py", line 3, in index\n    1 / 0'
WHAT = "ZeroDivisionError: division by zero"


def event(message: object, stream: str = "a") -> LogEvent:
    text = message if isinstance(message, str) else json.dumps(message)
    return LogEvent(text, 0, stream, text)


@pytest.mark.parametrize("line", [REPORT, json.dumps(JSON_REPORT)], ids=["text", "JSON"])
def test_a_report_is_the_same_in_text_and_in_json(line: str) -> None:
    assert read_report(line) == Report(
        ID, duration_ms=15.74, billed_ms=16, memory_mb=128, used_mb=56, init_ms=130.49, status=None
    )


@pytest.mark.parametrize(
    "line",
    [
        f"REPORT RequestId: {ID}\tDuration: 3000.00 ms\tStatus: timeout",
        json.dumps(
            {
                "type": "platform.report",
                "record": {"requestId": ID, "metrics": {"durationMs": 3e3}, "status": "timeout"},
            }
        ),
    ],
    ids=["text", "JSON"],
)
def test_a_report_tells_of_an_end_that_was_not_good(line: str) -> None:
    assert read_report(line) == Report(ID, duration_ms=3000, status="timeout")


@pytest.mark.parametrize("line", ["", "REPORT RequestId: x", "platform.report", '{"type": "platform.report"}'])
def test_another_line_is_no_report(line: str) -> None:
    assert read_report(line) is None


@pytest.mark.parametrize(
    ("message", "kind", "level", "request_id", "text"),
    [
        (f"START RequestId: {ID} Version: 7", Kind.START, None, ID, "Version: 7"),
        (f"END RequestId: {ID}", Kind.END, None, ID, ""),
        (
            *(REPORT, Kind.REPORT, None, ID),
            "took 15.74 ms, billed 16 ms, init 130.49 ms, memory used 56 of 128 MB",
        ),
        ("INIT_START Runtime Version: python:3.13.v64", Kind.PLATFORM, None, None, ...),
        (f"[WARNING]\t2026-11-24T06:05:00.123Z\t{ID}\tlow stock", Kind.RECORD, "WARNING", ID, "low stock"),
        (f"[ERROR] {WHAT}\rTraceback…\r\u00a0\u00a0File", Kind.RECORD, "ERROR", None, f"{WHAT}\nTraceback…\n  File"),
        (
            *(f"2026-11-24T06:05:00.123Z {ID} Task timed out after 3.00 seconds", Kind.RECORD, "ERROR", ID),
            "Task timed out after 3.00 seconds",
        ),
        (ACCESS, Kind.ACCESS, None, ID, "200 GET /about in 12.3 ms, 345 bytes, cold"),
        ({"level": "INFO", "message": "sold", "requestId": ID}, Kind.RECORD, "INFO", ID, "sold"),
        ({"level": "INFO", "message": {"sold": 1}, "requestId": ID}, Kind.RECORD, "INFO", ID, '{"sold": 1}'),
        ({"type": "platform.start", "record": {"requestId": ID}}, Kind.START, None, ID, ""),
        ({"type": "platform.initStart", "record": {}}, Kind.PLATFORM, None, None, "initStart"),
        ({"of": "the application"}, Kind.TEXT, None, None, '{"of": "the application"}'),
        ("{no JSON", Kind.TEXT, None, None, "{no JSON"),
        ("printed", Kind.TEXT, None, None, "printed"),
    ],
    ids=lambda value: str(value)[:20] if isinstance(value, (str, dict)) else "",
)
def test_a_line_is_what_its_writer_meant(
    message: object, kind: Kind, level: str | None, request_id: str | None, text: object
) -> None:
    line = read_line(event(message))

    assert (line.kind, line.level, line.request_id) == (kind, level, request_id)
    assert line.text == (message if text is ... else text)


def test_a_record_of_json_has_its_traceback_and_its_error() -> None:
    record = {
        "level": "ERROR",
        "message": "GET / failed",
        "stackTrace": ['  File "shop.py", line 3, in index\n    1 / 0\n'],
        "errorType": "ZeroDivisionError",
        "errorMessage": "division by zero",
    }

    assert read_line(event(record)).text == f"GET / failed\n{TRACEBACK}\n{WHAT}"


@pytest.mark.parametrize(
    ("messages", "what", "traceback"),
    [
        ([f"[ERROR]\t2026-11-24T06:05:00.123Z\t{ID}\tGET / failed\n{TRACEBACK}\n{WHAT}"], WHAT, f"{TRACEBACK}\n{WHAT}"),
        ([f"[ERROR] {WHAT}\n{TRACEBACK}"], WHAT, TRACEBACK),
        (["before", *TRACEBACK.split("\n"), WHAT, "after"], WHAT, f"{TRACEBACK}\n{WHAT}"),
        (
            [f"{TRACEBACK}\n{WHAT}\n\nDuring handling of the above exception, …:\n\n{TRACEBACK}\nKeyError: 'a'"],
            "KeyError: 'a'",
            f"{TRACEBACK}\n{WHAT}\n\nDuring handling of the above exception, …:\n\n{TRACEBACK}\nKeyError: 'a'",
        ),
        ([{"level": "CRITICAL", "message": "no more stock"}], "no more stock", ""),
    ],
    ids=["logged", "not caught", "line by line", "a chain", "without a traceback"],
)
def test_a_failure_is_found_however_it_was_written(messages: list[object], what: str, traceback: str) -> None:
    failure = find_failure([read_line(event(message)) for message in messages])

    assert failure is not None
    assert (failure.what, failure.traceback) == (what, traceback)


def test_where_nothing_failed_no_failure_is_found() -> None:
    assert find_failure([read_line(event("printed")), read_line(event(ACCESS))]) is None


def test_lines_of_environments_that_serve_at_once_are_told_apart() -> None:
    events = [
        *(event("INIT_START"), event(f"START RequestId: {ID}"), event(f"START RequestId: {OTHER}", "b")),
        *(event("mine"), event("other's", "b"), event(f"REPORT RequestId: {OTHER}\tDuration: 1 ms", "b")),
        *(event(f"REPORT RequestId: {ID}\tDuration: 1 ms"), event("left")),
    ]

    told = [(group.request_id, [line.text for line in group.lines]) for group in grouped(events)]

    assert told == [
        (None, ["INIT_START"]),
        (OTHER, ["", "other's", "took 1 ms"]),
        (ID, ["", "mine", "took 1 ms"]),
        (None, ["left"]),
    ]
