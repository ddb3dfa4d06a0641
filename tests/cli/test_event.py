from __future__ import annotations

import io
import json
import sys
from pathlib import Path
from typing import Any

import pytest

from lambwsgi.cli.event import SERVICES
from lambwsgi.cli.main import run
from lambwsgi.events.warm import is_warm_up
from lambwsgi.local import samples


def event(capsys: pytest.CaptureFixture[str], *words: str) -> Any:
    assert run(["event", *words]) == 0
    return json.loads(capsys.readouterr().out)


def test_the_services_there_are_can_be_asked_for() -> None:
    assert tuple(samples.SERVICES) == SERVICES


def test_without_a_word_it_is_a_get_through_a_function_url(capsys: pytest.CaptureFixture[str]) -> None:
    made = event(capsys)

    assert (made["rawPath"], made["requestContext"]["http"]["method"]) == ("/", "GET")
    assert made["requestContext"]["domainName"].endswith(".lambda-url.us-east-1.on.aws")


def test_a_body_makes_a_post_and_says_what_it_is(capsys: pytest.CaptureFixture[str]) -> None:
    made = event(capsys, "alb", "--path", "/orders?x=1", "-H", "X-Shop: a: b", "-d", '{"id": 1}')

    assert (made["httpMethod"], made["path"], made["body"]) == ("POST", "/orders", '{"id": 1}')
    assert (made["headers"]["content-type"], made["headers"]["x-shop"]) == ("application/json", "a: b")


def test_a_body_comes_from_a_file(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    (tmp_path / "body.txt").write_text("a=1")

    made = event(capsys, "http_api", "-X", "put", "-d", f"@{tmp_path / 'body.txt'}")

    assert made["requestContext"]["http"]["method"] == "PUT"
    assert made["headers"]["content-type"] == "application/x-www-form-urlencoded"


def test_a_body_comes_from_stdin(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(b"[1]")))

    assert event(capsys, "rest_api", "-d", "-")["headers"]["content-type"] == "application/json"


@pytest.mark.parametrize("service", SERVICES)
def test_events_of_schedules_are_warm_ups(capsys: pytest.CaptureFixture[str], service: str) -> None:
    assert is_warm_up(event(capsys, service))


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["warm", "--path", "/"], "is of no request"),
        (["alb", "-H", "no header"], "write 'Name: value'"),
        (["alb", "-d", "@/no/such/file"], "cannot be read"),
        (["pigeon"], "is not one of"),
    ],
    ids=["a request of a service", "a header without a colon", "no file", "no gateway"],
)
def test_what_cannot_be_meant_is_a_usage_error(capsys: pytest.CaptureFixture[str], words: list[str], told: str) -> None:
    assert run(["event", *words]) == 2
    assert told in " ".join(capsys.readouterr().err.split())
