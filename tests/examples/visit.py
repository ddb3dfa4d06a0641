"""What a visitor of the examples does in a browser."""

from __future__ import annotations

import json
import os
import time
from pathlib import Path

from tests.chromium import Page

# Where to keep pictures of each page: for people, who look at them.
_PICTURES = os.environ.get("LAMBWSGI_PICTURES")
_LOOKS = [(width, scheme) for width in (1280, 600) for scheme in ("light", "dark")]


def go(page: Page, url: str) -> None:
    """Open the address, and wait until all of it is there."""
    page.send("Page.navigate", url=url)
    page.wait(f"location.href === {json.dumps(url)} && document.readyState === 'complete'")


def fill(page: Page, name: str, text: str) -> None:
    """Type into the field of that name."""
    page.run(f"document.querySelector('[name={name}]:not([type=hidden])').focus()")
    page.type(text)


def choose_file(page: Page, path: Path) -> None:
    """What the file dialog would do."""
    found = page.send("Runtime.evaluate", expression="document.querySelector('input[type=file]')")
    page.send("DOM.setFileInputFiles", files=[str(path)], objectId=found["result"]["objectId"])


def click(page: Page, text: str) -> None:
    """Click the link, the button or the label with that text."""
    words = json.dumps(text)
    page.run(
        "window.isOld = true;"
        # What stands in the page goes before a link of the same name above it.
        "['main', 'body'].flatMap(part => [...document.querySelectorAll(`${part} :is(a, button, label)`)])"
        f".find(each => each.textContent.trim() === {words}).click()"
    )


def click_through(page: Page, text: str) -> None:
    """Click what leads to another page, and wait until all of that is there."""
    click(page, text)
    page.wait("!window.isOld && document.readyState === 'complete'")


def downloaded(folder: Path, name: str) -> bytes:
    """The file that the browser saves under that name, once it is whole."""
    path = folder / name
    deadline = time.monotonic() + 20
    # The name is taken first, by an empty file, and the content grows beside it.
    while not path.exists() or not path.stat().st_size or any(folder.glob("*.crdownload")):
        assert time.monotonic() < deadline, sorted(each.name for each in folder.iterdir())
        time.sleep(0.05)
    return path.read_bytes()


def is_narrow_enough(page: Page) -> bool:
    """Whether nothing of the page has to be scrolled to sideways, in a window of 600 and one of 320 pixels."""
    fits = True
    for width in (600, 320):
        page.show(width, "light")
        fits = fits and page.run("document.documentElement.scrollWidth <= innerWidth")
    page.show(1280, "light")
    return bool(fits)


def picture(page: Page, name: str) -> None:
    """Keep pictures of the page, wide and narrow, light and dark, where they are wanted."""
    if not _PICTURES:
        return
    for width, scheme in _LOOKS:
        page.show(width, scheme)
        page.screenshot(Path(_PICTURES) / f"{name}-{width}-{scheme}.png")
    page.show(1280, "light")
