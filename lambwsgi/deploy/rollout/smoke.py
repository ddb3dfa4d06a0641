"""One request to a fresh deployment, asked again while its address settles."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import urlsplit

import requests

from lambwsgi.deploy.errors import SmokeError

# Connect, then read: the slowest gateway gives the function 30 s, a function URL more.
_TIMEOUT_SECONDS = (10, 65)
_SHOWN_CHARACTERS = 500
_LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})
_PAUSES = (0.5, 1, 1, 2, 2, 3, 3, 5)
# Gateways answer these until the address or the permission has spread; an application may mean them.
_PERHAPS_UNSETTLED = frozenset({403, 404})
_TRIES_IF_PERHAPS = 4


@dataclass(frozen=True, slots=True)
class Answer:
    """What the site said. `seconds` until the headers came; `text` is the body."""

    status: int
    seconds: float
    text: str
    headers: tuple[tuple[str, str], ...] = ()

    @property
    def beginning(self) -> str:
        """As much of the body as is fit to be shown."""
        return self.text if len(self.text) <= _SHOWN_CHARACTERS else f"{self.text[:_SHOWN_CHARACTERS]}…"


# Asks one URL. Raises OSError when there is no answer. The embedded AWS brings its own, which knows the way.
Visit = Callable[[str], Answer]


def visit(url: str) -> Answer:
    """GET the URL, following nothing: a redirect is a good answer, and where it leads is not ours to ask."""
    with requests.Session() as session:
        # A proxy that the environment names leads away from this machine.
        session.trust_env = urlsplit(url).hostname not in _LOOPBACK
        response = session.get(
            url, timeout=_TIMEOUT_SECONDS, allow_redirects=False, headers={"user-agent": "lambwsgi-smoke"}
        )
    seconds = response.elapsed.total_seconds()
    return Answer(response.status_code, seconds, response.text, tuple(response.headers.items()))


def smoke(url: str, *, visit: Visit = visit, pause: Callable[[float], None] = time.sleep) -> Answer:
    """The first answer that shows the application at work: anything below 500.

    Raises SmokeError after the last try. 403 and 404 are believed after a few tries.
    """
    last: Answer | OSError | None = None
    for tried, seconds in enumerate((*_PAUSES, None), start=1):
        last = _ask(url, visit)
        if isinstance(last, Answer) and _is_good(last, tried):
            return last
        if seconds is not None:
            pause(seconds)
    if isinstance(last, Answer):
        raise SmokeError(f"GET {url} answers {last.status}: {last.text.strip()[:200]}", status=last.status)
    raise SmokeError(f"GET {url} gets no answer: {last}", status=None)


def _is_good(answer: Answer, tried: int) -> bool:
    if answer.status in _PERHAPS_UNSETTLED:
        return tried >= _TRIES_IF_PERHAPS
    return answer.status < 500


def _ask(url: str, visit: Visit) -> Answer | OSError:
    # requests.RequestException is an OSError.
    try:
        return visit(url)
    except OSError as error:
        return error
