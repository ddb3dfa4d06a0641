"""Real applications, asked by their real clients, behind waitress and behind each gateway: `make applications`.

What a client sees behind a gateway and not behind waitress counts against us, unless `known` says why that must be.
"""

from __future__ import annotations

import shutil
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from applications import calendars, cms, echo, packages, webdav
from applications.front import FRONTS, Front, served
from applications.known import why

Observe = Callable[[str, Path], Iterator[tuple[str, object]]]
# Characters around the first that differs.
_SHOWN = 160


@dataclass(frozen=True, slots=True)
class Application:
    """`target` is what is served, `observe` asks it as its clients do; `prepare` fills a folder that it begins with."""

    name: str
    target: str
    observe: Observe
    prepare: Callable[[Path], None] = lambda _place: None


APPLICATIONS = (
    Application("webdav", "webdav_app:app", webdav.observe),
    Application("calendars", "calendar_app:app", calendars.observe),
    Application("packages", "index_app:app", packages.observe),
    Application("cms", "shop.wsgi:application", cms.observe, cms.prepare),
    Application("echo", "echo_app:app", echo.observe),
)


def see(application: Application, front: Front, prepared: Path, parent: Path) -> dict[str, str]:
    """What the application's clients see behind that front; addresses are written as `{url}`."""
    place = Path(tempfile.mkdtemp(dir=parent))
    data = place / "data"
    shutil.copytree(prepared, data)
    variables = {"PYTHONHASHSEED": "0", "APPLICATION_DATA": str(data), "APPLICATION_PATH": front.path}
    seen: dict[str, str] = {}
    with served(front, application.target, place, variables) as url:
        try:
            for what, value in application.observe(url, place):
                seen[what] = _without(str(value), url, place)
        except Exception as error:  # a client that gives up is what has been seen
            seen["gives up"] = _without(f"{type(error).__name__}: {error}", url, place)
    return seen


def _without(text: str, url: str, place: Path) -> str:
    """The text without what is different each time."""
    for each, name in ((url, "{url}"), (urlsplit(url).netloc, "{host}"), (str(place), "{place}")):
        text = text.replace(each, name)
    return text


def compare(application: Application, fronts: tuple[Front, ...], place: Path) -> int:
    """How many differences nobody has explained, after telling of all."""
    prepared = place / "prepared"
    prepared.mkdir(parents=True)
    application.prepare(prepared)
    plain = {front: see(application, front, prepared, place) for front in {front.plain for front in fronts}}
    for front, seen in plain.items():
        if "gives up" in seen:
            raise SystemExit(f"{application.name} {front.name}: {seen['gives up']}")
    unexplained = 0
    for front in fronts:
        unexplained += _tell(application, front, plain[front.plain], see(application, front, prepared, place))
    return unexplained


def _tell(application: Application, front: Front, expected: Mapping[str, str], seen: Mapping[str, str]) -> int:
    different = [what for what in {**expected, **seen} if expected.get(what) != seen.get(what)]
    reasons = {what: why(application.name, front.name, what) for what in different}
    unexplained = list(reasons.values()).count(None)
    print(f"{application.name} {front.name}: {len(seen)} seen, {len(different)} differ, {unexplained} unexplained")
    for what, reason in reasons.items():
        print(f"    {what}: {reason or 'UNEXPLAINED'}")
        if reason is None:
            before, after = expected.get(what, "nothing"), seen.get(what, "nothing")
            same = next((place for place, pair in enumerate(zip(before, after, strict=False)) if pair[0] != pair[1]), 0)
            start = max(0, same - _SHOWN // 4)
            print(f"        waitress: {before[start : start + _SHOWN]!r}")
            print(f"        here:     {after[start : start + _SHOWN]!r}")
    return unexplained


def main() -> int:
    """Run the applications that the command line names, before the fronts that it names, or all."""
    wanted = set(sys.argv[1:])
    applications = [a for a in APPLICATIONS if a.name in wanted] or APPLICATIONS
    fronts = tuple(front for front in FRONTS if front.name in wanted) or FRONTS
    with tempfile.TemporaryDirectory() as place:
        return min(1, sum(compare(each, fronts, Path(place) / each.name) for each in applications))


if __name__ == "__main__":
    sys.exit(main())
