"""The settings' checks: asked of a version that does not serve yet, or of the site where there was none before."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from urllib.parse import urlsplit

from lambwsgi.deploy.aws.calls import Aws
from lambwsgi.deploy.errors import InvocationError, SmokeError
from lambwsgi.deploy.function.invocation import get_page
from lambwsgi.deploy.rollout.smoke import Answer, Visit
from lambwsgi.settings.model import StageSettings
from lambwsgi.settings.smoke import Check

_SHOWN_CHARACTERS = 100


def complaints(check: Check, answer: Answer) -> Iterator[str]:
    """What is wrong with the answer, a line each; nothing when it is as the check wants it."""
    asked = f"GET {check.path}"
    if answer.status not in check.status:
        yield f"{asked} answers {answer.status}, not {' or '.join(map(str, check.status))}"
    for name, wanted in check.header.items():
        values = [value for given, value in answer.headers if given.lower() == name.lower()]
        if not values:
            yield f"{asked} answers without the header {name!r}, in which {wanted!r} should be"
        elif not any(wanted in value for value in values):
            yield f"{asked} answers with {name!r} {', '.join(map(repr, values))}, in which there is no {wanted!r}"
    if check.body is not None and check.body not in answer.text:
        yield f"{asked} answers a body without {check.body!r}; it begins {answer.text[:_SHOWN_CHARACTERS]!r}"


def check_version(aws: Aws, settings: StageSettings, number: int, url: str) -> None:
    """Hold a version against all checks, as if it stood at the site's URL already.

    Raises SmokeError with all that is wrong, and the log of the first request that was.
    """
    found: list[tuple[str, str]] = []
    for check in settings.smoke:
        try:
            response, invocation = get_page(aws, settings, check.path, qualifier=str(number), host=urlsplit(url).netloc)
        except InvocationError as error:
            found.append((f"GET {check.path} ends in an error: {error}", error.log_tail))
            continue
        answer = Answer(response.status, 0.0, response.body.decode("utf-8", "replace"), tuple(response.headers))
        found += [(complaint, invocation.log_tail) for complaint in complaints(check, answer)]
    if found:
        raise SmokeError("\n".join(complaint for complaint, _ in found), status=None, log_tail=found[0][1])


def check_site(settings: StageSettings, url: str, visit: Visit, pause: Callable[[float], None]) -> None:
    """Hold the site at the URL against all checks. Raises SmokeError with all that is wrong."""
    found = [complaint for check in settings.smoke for complaint in _asked(check, url, visit, pause)]
    if found:
        raise SmokeError("\n".join(found), status=None)


def is_open(settings: StageSettings) -> bool:
    """Whether the site answers whoever asks it."""
    return not (settings.auth or settings.api_key or (settings.domain and settings.domain.truststore))


def _asked(check: Check, url: str, visit: Visit, pause: Callable[[float], None]) -> list[str]:
    """What is wrong with the site's answer, asked anew while its address may still be settling."""
    found: list[str] = []
    for seconds in (1.0, 2.0, 0.0):
        try:
            found = list(complaints(check, visit(url.rstrip("/") + check.path)))
        except OSError as error:  # as requests' own errors are
            found = [f"GET {check.path} gets no answer: {error}"]
        if not found:
            break
        pause(seconds)
    return found
