from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from lambwsgi.deploy.errors import SmokeError
from lambwsgi.deploy.rollout.smoke import Answer, smoke, visit
from lambwsgi.local.server import BackgroundServer, Place

URL = "https://shop.example/"


def answering(*answers: int | OSError) -> Callable[[str], Answer]:
    """A site that answers with these statuses one after the other, and with the last one for ever."""
    left = list(answers)

    def visit(url: str) -> Answer:
        answer = left.pop(0) if len(left) > 1 else left[0]
        if isinstance(answer, OSError):
            raise answer
        return Answer(answer, 0.1, f"text of {answer}")

    return visit


def ask(*answers: int | OSError) -> tuple[Answer, list[float]]:
    """The answer that is taken, and the pauses until then."""
    pauses: list[float] = []
    return smoke(URL, visit=answering(*answers), pause=pauses.append), pauses


@pytest.mark.parametrize("status", [200, 204, 302, 401, 405])
def test_an_application_at_work_is_asked_once(status: int) -> None:
    answer, pauses = ask(status)

    assert (answer.status, pauses) == (status, [])


def test_an_address_that_settles_is_asked_again() -> None:
    answer, pauses = ask(OSError("no such host"), 502, 200)

    assert (answer.status, len(pauses)) == (200, 2)


@pytest.mark.parametrize("status", [403, 404])
def test_an_answer_that_may_be_the_gateways_own_is_believed_after_some_tries(status: int) -> None:
    answer, pauses = ask(status)

    assert (answer.status, len(pauses)) == (status, 3)


def test_an_application_that_keeps_failing_is_an_error_with_its_words() -> None:
    with pytest.raises(SmokeError, match="answers 500: text of 500") as caught:
        ask(500)

    assert caught.value.status == 500


def test_a_site_that_never_answers_is_an_error() -> None:
    with pytest.raises(SmokeError, match="gets no answer: no such host") as caught:
        ask(OSError("no such host"))

    assert caught.value.status is None


def redirecting(environ: object, start_response: Callable[..., object]) -> list[bytes]:
    """An application that sends everybody to where nobody is."""
    start_response("302 Found", [("Location", "http://127.0.0.1:9/elsewhere"), ("Content-Length", "0")])
    return [b""]


@contextmanager
def served(app: Any) -> Iterator[str]:
    """The URL of an application on this machine."""
    server = BackgroundServer(app, Place("127.0.0.1", 0))
    try:
        yield server.place.url_of("")
    finally:
        server.close()


def test_a_visit_follows_no_redirect() -> None:
    with served(redirecting) as url:
        assert visit(url).status == 302


def test_a_proxy_does_not_stand_between_this_machine_and_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:9")
    monkeypatch.delenv("NO_PROXY", raising=False)
    monkeypatch.delenv("no_proxy", raising=False)

    with served(redirecting) as url:
        assert visit(url).status == 302


def test_nobody_at_home_is_an_oserror() -> None:
    with pytest.raises(OSError, match="refused"):
        visit("http://127.0.0.1:9/")
