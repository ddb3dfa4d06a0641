"""What the log tells, of one request and of several, from the words typed to the exit code."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from typing import Any

import pytest

from lambwsgi.cli.main import run

pytestmark = pytest.mark.embedded

Command = Callable[..., tuple[int, str, str]]


@pytest.fixture
def lines(command: Command) -> list[dict[str, Any]]:
    """The log as JSON, after a request that went well and one that failed."""
    command("invoke", "local")
    command("invoke", "local", "--payload", '{"fail": true}')
    return [json.loads(line) for line in command("logs", "local", "--output", "json")[1].splitlines()]


def id_of(lines: list[dict[str, Any]], message: str) -> str:
    """The id of the last request whose log has the message."""
    stream = [line["stream"] for line in lines if line["message"] == message][-1]
    found: str = next(line["request_id"] for line in lines if line["stream"] == stream and line["kind"] == "report")
    return found


def test_a_mark_is_shown_with_the_id_of_its_request(command: Command, lines: list[dict[str, Any]]) -> None:
    request_id = id_of(lines, "ValueError: asked to fail")

    _, out, _ = command("logs", "local")

    assert f"Z START {request_id} Version: 1\n" in out
    assert re.search(rf"Z REPORT {request_id} took \d+ ms, billed \d+ ms", out)


def test_raw_lines_are_as_they_were_written(command: Command) -> None:
    assert re.search(r"Z REPORT RequestId: \S+\tDuration: ", command("logs", "local", "--raw")[1])


def test_the_lines_of_a_request_are_those_of_no_other(command: Command, lines: list[dict[str, Any]]) -> None:
    request_id = id_of(lines, "ValueError: asked to fail")

    code, out, _ = command("logs", "local", "--request", request_id, "--output", "json")

    told = [json.loads(line) for line in out.splitlines()]
    assert code == 0
    assert (told[0]["kind"], told[-1]["kind"]) == ("start", "report")
    assert {line["request_id"] for line in told if line["request_id"]} == {request_id}
    assert "ValueError: asked to fail" in [line["message"] for line in told]


def test_lines_are_kept_together_by_request(command: Command, lines: list[dict[str, Any]]) -> None:
    request_id = id_of(lines, "ValueError: asked to fail")

    _, out, _ = command("logs", "local", "--by-request")

    block = out.partition(f"request {request_id}\n")[2].partition("\nrequest ")[0].splitlines()
    assert block[0].endswith("Z START Version: 1")
    assert all(line.startswith("  ") for line in block)


def test_by_request_for_programs_is_an_object_a_request(command: Command, lines: list[dict[str, Any]]) -> None:
    _, out, _ = command("logs", "local", "--by-request", "--output", "json")

    groups = [json.loads(line) for line in out.splitlines()]
    assert id_of(lines, "ValueError: asked to fail") in [group["request_id"] for group in groups]
    assert groups[-1]["lines"][-1]["kind"] == "report"


def test_a_request_that_the_log_does_not_have_is_told(command: Command) -> None:
    code, _, err = command("logs", "local", "--request", "nobody")

    assert code == 1
    assert "has no request 'nobody' in that time: give an earlier --since" in err


def test_a_piece_of_an_id_is_no_request(command: Command, lines: list[dict[str, Any]]) -> None:
    piece = id_of(lines, "ValueError: asked to fail")[:8]

    code, _, err = command("explain", "local", piece)

    assert code == 1
    assert f"has no request {piece!r} in that time" in err


def test_one_request_cannot_be_followed(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["logs", "--request", "a", "--follow"]) == 2
    assert "leave --follow and --filter out" in capsys.readouterr().err


def test_a_failure_is_explained_by_its_error_its_traceback_and_its_figures(
    command: Command, lines: list[dict[str, Any]]
) -> None:
    request_id = id_of(lines, "ValueError: asked to fail")

    code, out, _ = command("explain", "local", request_id)

    rows = dict(line.split(maxsplit=1) for line in out.partition("\n\n")[0].splitlines())
    assert code == 0
    assert (rows["request"], rows["error"]) == (request_id, "ValueError: asked to fail")
    assert re.match(r"took \d+ ms, billed \d+ ms, memory used \d+ of 512 MB", rows["report"])
    assert '\nTraceback (most recent call last):\n  File "' in out
    assert "\nlog:\n" in out


def test_an_explanation_for_programs_is_json(command: Command, lines: list[dict[str, Any]]) -> None:
    _, out, _ = command("explain", "local", id_of(lines, "a request for shop.wsgi:app"), "--output", "json")

    told = json.loads(out)
    assert (told["failure"], told["gateway"], told["report"]["memory_mb"]) == (None, None, 512)
    assert [line["message"] for line in told["lines"]] == ["a request for shop.wsgi:app"]
