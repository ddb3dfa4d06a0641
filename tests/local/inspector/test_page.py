"""The page in a real browser, used by its keys."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from werkzeug.test import Client

from lambwsgi.events.dispatch import make_handler
from lambwsgi.local.context import FunctionIdentity
from lambwsgi.local.gateway import EmulatedGateway
from lambwsgi.local.inspector.app import InspectorApp
from lambwsgi.local.inspector.records import Log
from lambwsgi.local.inspector.subject import Inspector, Subject
from lambwsgi.local.mirror.table import MIRRORS, pick
from lambwsgi.local.server import BackgroundServer, Place, free_place
from tests.chromium import Page, find_chromium, open_page
from tests.local.inspector.conftest import shop

CHROMIUM = find_chromium()
pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="there is no Chromium on this machine")

ROWS = "[...document.querySelectorAll('#list li:not([hidden]) .path')].map(each => each.textContent)"
FOCUSED = "document.activeElement.querySelector('.path')?.textContent"
HEADING = "document.querySelector('#detail h2')?.innerText"
DETAIL = "document.querySelector('#detail').innerText"


@dataclass(frozen=True)
class Desk:
    """A browser with the inspector open, a visitor of the application, and the folder of the browser's downloads."""

    page: Page
    visitor: Client
    log: Log
    folder: Path


@pytest.fixture
def desk(log: Log, tmp_path: Path) -> Iterator[Desk]:
    """The inspector of the shop behind an HTTP API, with nothing in its list."""
    inspector = Inspector(Subject("shop:app", "http_api", FunctionIdentity(memory_mb=1024)), log)
    visitor = Client(EmulatedGateway(inspector.record(make_handler(shop), init_ms=120.0), pick("http_api")))
    place = free_place(Place("127.0.0.1", 0))
    server = BackgroundServer(InspectorApp(inspector, place.port), place)
    assert CHROMIUM is not None
    with open_page(CHROMIUM, tmp_path) as page:
        page.show(1280, "light")
        page.send("Page.navigate", url=place.url_of(""))
        page.wait("document.querySelector('#connection')?.textContent === 'live'")
        yield Desk(page, visitor, log, tmp_path)
    server.close()


def visit(desk: Desk, *paths: str) -> None:
    """Ask for the paths, and wait until the last is in the list."""
    for path in paths:
        desk.visitor.get(path)
    desk.page.wait(f"{ROWS}[0] === 'GET {paths[-1]}'")


def test_invocations_appear_as_they_happen_the_newest_first(desk: Desk) -> None:
    visit(desk, "/one", "/two")

    assert desk.page.run(ROWS) == ["GET /two", "GET /one"]
    first = desk.page.run("document.querySelector('#list li:last-child').innerText")
    assert "cold" in first
    assert "per million" in first
    assert desk.page.run("document.querySelector('#news').textContent").startswith("GET /two: 200, ")


def test_keys_move_through_the_list_and_open(desk: Desk) -> None:
    visit(desk, "/one", "/two", "/three")

    seen = []
    for key in ("j", "j", "ArrowDown", "k"):
        desk.page.press(key)
        seen.append(desk.page.run(FOCUSED))
    desk.page.press("Enter")
    desk.page.wait(f"{HEADING} === '200 GET /two'")
    shown = desk.page.run(DETAIL)
    desk.page.press("Escape")

    assert seen == ["GET /three", "GET /two", "GET /one", "GET /two"]
    assert "PATH_INFO\t/two" in shown
    assert desk.page.run(HEADING) is None
    assert desk.page.run(FOCUSED) == "GET /two"


def test_the_filter_wants_all_words_and_none_with_a_minus(desk: Desk) -> None:
    visit(desk, "/one", "/broken", "/two")

    desk.page.press("/")
    desk.page.type("5xx get")
    broken = desk.page.run(ROWS)
    desk.page.run("document.querySelector('#filter').value = ''")
    desk.page.type("-cold -5xx")

    assert broken == ["GET /broken"]
    assert desk.page.run(ROWS) == ["GET /two"]
    assert desk.page.run("document.querySelector('#count').textContent") == "1 of 3 invocations"


def test_r_replays_and_opens_the_new_one(desk: Desk) -> None:
    visit(desk, "/one")

    desk.page.press("j")
    desk.page.press("r")
    desk.page.wait(f"{DETAIL}.includes('replay of #1')")

    desk.page.press("r")
    desk.page.wait(f"{DETAIL}.includes('replay of #2')")
    desk.page.wait("document.querySelector('#list [aria-current=true]')?.closest('li').dataset.number === '3'")

    assert [(each.origin, each.source) for each in desk.log.all()] == [("request", None), ("replay", 1), ("replay", 2)]


def test_an_edited_event_is_sent(desk: Desk) -> None:
    visit(desk, "/one")

    desk.page.press("j")
    desk.page.press("e")
    desk.page.wait("document.activeElement.id === 'event'")
    desk.page.run(
        "{ const box = document.activeElement; box.value = box.value.replaceAll('/one', '/other') }",
    )
    desk.page.press("Enter", control=True)
    desk.page.wait(f"{HEADING} === '200 GET /other'")

    assert desk.log.all()[1].source == 1


def test_a_mistake_in_an_edited_event_is_said_and_nothing_is_sent(desk: Desk) -> None:
    visit(desk, "/one")

    desk.page.press("j")
    desk.page.press("e")
    desk.page.wait("document.activeElement.id === 'event'")
    desk.page.type("no JSON")
    desk.page.press("Enter", control=True)

    assert "JSON" in desk.page.wait("document.querySelector('#detail .problem')?.textContent")
    assert len(desk.log.all()) == 1


def test_c_compares_over_all_gateways(desk: Desk) -> None:
    visit(desk, "/one?a=1&a=2")

    desk.page.press("j")
    desk.page.press("c")
    heads = desk.page.wait("[...document.querySelectorAll('.compare thead th')].map(each => each.innerText)")

    assert heads == ["", *MIRRORS]
    query = "[...document.querySelectorAll('.compare tr')].find(row => row.innerText.includes('QUERY_STRING'))"
    assert desk.page.run(f"[...{query}.querySelectorAll('td.other')].map(each => each.innerText)") == ["a=2"]


def test_the_key_s_saves_a_test(desk: Desk) -> None:
    visit(desk, "/one")

    desk.page.press("j")
    desk.page.press("s")
    path = desk.folder / "test_get_one_answers_200.py"
    deadline = time.monotonic() + 20
    while not path.exists():
        assert time.monotonic() < deadline
        time.sleep(0.05)

    assert "client.open" in path.read_text("utf-8")


def test_the_question_mark_shows_the_keys(desk: Desk) -> None:
    desk.page.press("?")
    assert desk.page.run("document.querySelector('#help').open") is True

    desk.page.press("Escape")
    desk.page.wait("!document.querySelector('#help').open")


def test_what_the_application_answers_is_text_and_never_markup(desk: Desk) -> None:
    desk.visitor.post("/<img src=x onerror=alert(1)>", data=b"<script>alert(1)</script>")
    desk.page.wait(f"{ROWS}.length === 1")

    desk.page.press("j")
    desk.page.press("Enter")
    desk.page.wait(f"{DETAIL}.includes('<script>alert(1)</script>')")

    assert desk.page.run("document.querySelectorAll('main img, main script').length") == 0


@pytest.mark.parametrize("width", [1280, 600])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_nothing_hangs_over_the_edge(desk: Desk, width: int, scheme: str) -> None:
    visit(desk, "/one", f"/{'long' * 60}")

    desk.page.show(width, scheme)
    overhang = "document.documentElement.scrollWidth - innerWidth"
    in_list = desk.page.run(overhang)
    desk.page.press("j")
    desk.page.press("Enter")
    desk.page.wait(HEADING)

    assert in_list <= 0
    assert desk.page.run(overhang) <= 0


def test_the_page_needs_nothing_from_elsewhere(desk: Desk) -> None:
    loaded = desk.page.run("performance.getEntriesByType('resource').map(each => new URL(each.name).origin)")

    assert set(loaded) == {desk.page.run("location.origin")}
