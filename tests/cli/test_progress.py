from __future__ import annotations

import io
from datetime import UTC, datetime

import pytest
from rich.console import Console

from lambwsgi.cli.progress import Display, upload_bar
from lambwsgi.deploy.aws.records import StackEvent

NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)


def event(status: str, reason: str = "") -> StackEvent:
    return StackEvent("1", NOON, "Function", "shop-dev", "AWS::Lambda::Function", status, reason)


def shown(*, terminal: bool) -> tuple[Display, io.StringIO]:
    stream = io.StringIO()
    return Display(Console(file=stream, force_terminal=terminal, width=40, highlight=False)), stream


def test_without_a_terminal_an_event_is_one_plain_line_however_long() -> None:
    display, stream = shown(terminal=False)

    with display.working("deploying"):
        display.event(event("CREATE_FAILED", "a reason that is longer than the line of a terminal"))
        display.sent(1_000_000)

    assert stream.getvalue() == (
        "CREATE_FAILED                Function (AWS::Lambda::Function):"
        " a reason that is longer than the line of a terminal\n"
    )


def test_words_of_others_are_not_taken_for_markup() -> None:
    display, stream = shown(terminal=False)

    display.report("[red]stack[/red] [/]")

    assert stream.getvalue() == "[red]stack[/red] [/]\n"


@pytest.mark.parametrize(
    ("status", "colour"), [("CREATE_FAILED", "31"), ("CREATE_COMPLETE", "32"), ("CREATE_IN_PROGRESS", "2")]
)
def test_on_a_terminal_the_status_has_a_colour(status: str, colour: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.delenv("NO_COLOR", raising=False)
    display, stream = shown(terminal=True)

    display.event(event(status))

    assert f"\x1b[{colour}m{status}" in stream.getvalue()


def test_on_a_terminal_the_upload_is_counted() -> None:
    display, stream = shown(terminal=True)

    with display.working("deploying"):
        display.sent(1_500_000)
        display.sent(1_000_000)

    assert "uploading: 2.5 MB" in stream.getvalue()


def test_an_upload_is_shown_on_a_terminal() -> None:
    words = io.StringIO()

    with upload_bar(Console(file=words, force_terminal=True, width=100)) as sent:
        sent(1_500_000, 3_000_000)

    assert "1.5/3.0 MB" in words.getvalue()


def test_an_upload_says_nothing_without_a_terminal() -> None:
    words = io.StringIO()

    with upload_bar(Console(file=words, width=100)) as sent:
        sent(1_500_000, 3_000_000)

    assert words.getvalue() == ""
