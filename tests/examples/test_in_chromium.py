"""Both examples in a real browser, as they are developed and as they are deployed."""

from __future__ import annotations

import hashlib
import json
import sys
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

import pytest

from tests.chromium import Page, find_chromium, open_page
from tests.examples.sites import DEPLOY_LOCAL, LOCAL, served
from tests.examples.visit import (
    choose_file,
    click,
    click_through,
    downloaded,
    fill,
    go,
    is_narrow_enough,
    picture,
)

CHROMIUM = find_chromium()
pytestmark = [
    pytest.mark.skipif(CHROMIUM is None, reason="there is no Chromium on this machine"),
    pytest.mark.embedded,
]
WAYS = pytest.mark.parametrize("words", [LOCAL, DEPLOY_LOCAL], ids=["local", "deployed"])
EVERY_BYTE = bytes(range(256)) * 400


@pytest.fixture
def browser(tmp_path: Path) -> Path:
    """The folder of the browser's profile and downloads."""
    folder = tmp_path / "browser"
    folder.mkdir()
    return folder


@pytest.fixture
def page(browser: Path) -> Iterator[Page]:
    """A fresh browser."""
    assert CHROMIUM is not None
    with open_page(CHROMIUM, browser) as page:
        page.show(1280, "light")
        yield page


@WAYS
def test_the_flask_example_in_a_browser(words: tuple[str, ...], page: Page, browser: Path, tmp_path: Path) -> None:
    upload = tmp_path / "every byte é.bin"
    upload.write_bytes(EVERY_BYTE)
    with served("flask_app", tmp_path, words) as site:
        go(page, site.url)
        click(page, "Clay")
        click_through(page, "Keep it")
        chosen = page.run("document.body.innerText")
        fits = is_narrow_enough(page)
        picture(page, f"flask-{words[0]}-chosen")
        click(page, "Download it as a PNG")
        swatch = downloaded(browser, "swatch.png")

        choose_file(page, upload)
        click_through(page, "Upload")
        uploaded = page.run("document.body.innerText")
        fits = fits and is_narrow_enough(page)
        picture(page, f"flask-{words[0]}-uploaded")

        click_through(page, "Back")
        click_through(page, "watch it fade")
        page.wait("document.querySelector('.progress').textContent === 'All 8 are here.'")
        faded = page.run("[...document.querySelectorAll('.fade li')].map(each => each.textContent)")
        fits = fits and is_narrow_enough(page)
        picture(page, f"flask-{words[0]}-faded")

        mixed = page.run(f"({ASK_TO_MIX})('/api/mix', {json.dumps({'first': '#000000', 'second': '#ff8000'})})")

    assert "#b5651d it is." in chosen
    assert "Your colour is #b5651d" in chosen
    assert swatch.startswith(b"\x89PNG")
    assert "every byte é.bin" in uploaded
    assert hashlib.sha256(EVERY_BYTE).hexdigest() in uploaded
    # As in "#ffffff after 1.82 s".
    colours, _, arrivals, _ = zip(*map(str.split, faded), strict=True)
    assert colours[::7] == ("#b5651d", "#ffffff")
    # They leave 250 ms apart; in one piece they would arrive within a few.
    assert min(float(later) - float(earlier) for earlier, later in pairwise(arrivals)) > 0.1, faded
    assert mixed == {"colour": "#804000"}
    assert fits


@WAYS
def test_the_django_example_in_a_browser(words: tuple[str, ...], page: Page, browser: Path, tmp_path: Path) -> None:
    upload = tmp_path / "every byte.bin"
    upload.write_bytes(EVERY_BYTE)
    # Without bubblewrap on the path: the environments share /tmp, and so the database, as they would share a server.
    with served("django_app", tmp_path, words, PATH=str(Path(sys.executable).parent)) as site:
        go(page, site.url)
        fits = is_narrow_enough(page)
        click_through(page, "Sign up")
        for name, text in SIGN_UP.items():
            fill(page, name, text)
        fits = fits and is_narrow_enough(page)
        picture(page, f"django-{words[0]}-signup")
        click_through(page, "Sign up")

        fill(page, "title", "Grüße")
        fill(page, "text", "a & b")
        choose_file(page, upload)
        click_through(page, "Add")
        noted = page.run("document.querySelector('main').innerText")
        fits = fits and is_narrow_enough(page)
        picture(page, f"django-{words[0]}-noted")
        click(page, "every byte.bin")
        download = downloaded(browser, "every byte.bin")
        click_through(page, "Dark")
        background = page.run("getComputedStyle(document.body).backgroundColor")

        click_through(page, "Log out")
        made = site.manage("createsuperuser", "--noinput", "--username=ada", "--email=", **PASSWORD)
        click_through(page, "Log in")
        fill(page, "username", "ada")
        fill(page, "password", PASSWORD["DJANGO_SUPERUSER_PASSWORD"])
        picture(page, f"django-{words[0]}-login")
        click_through(page, "Log in")
        click_through(page, "Admin")
        go(page, f"{site.url}admin/notes/note/")
        admin = page.run("document.querySelector('#result_list').innerText")
        picture(page, f"django-{words[0]}-admin")

    assert made.returncode == 0, made.stderr
    assert "Noted." in noted
    assert "Grüße" in noted
    assert "a & b" in noted
    assert "bob" in noted
    assert download == EVERY_BYTE
    assert background == "rgb(29, 31, 33)"
    assert "every byte.bin" in admin
    assert "bob" in admin
    assert fits


SIGN_UP = {"username": "bob", "password1": "battery staple", "password2": "battery staple"}
PASSWORD = {"DJANGO_SUPERUSER_PASSWORD": "correct horse"}
ASK_TO_MIX = """async (url, asked) => (await fetch(url, {
    method: "POST", headers: {"Content-Type": "application/json"}, body: JSON.stringify(asked),
})).json()"""
