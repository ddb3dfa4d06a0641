from __future__ import annotations

import re
from collections.abc import Callable

import pytest

from lambwsgi.deploy.errors import DeployError, FollowError, SmokeError
from lambwsgi.deploy.rollout.dialogue import Deployed
from lambwsgi.deploy.rollout.watching import deploy_changes, refuse_unless_fast
from lambwsgi.package.errors import PackageError
from lambwsgi.settings.model import StageSettings

CHANGED = ("app.py",)
Round = Callable[[Callable[[str], None]], Deployed | None]


def deployed(version: str, *, changed: bool = True) -> Deployed:
    return Deployed("shop-dev", "https://example.org/", version, changed=changed, answer=None)


def said(*rounds: Round, changed: tuple[str, ...] = CHANGED) -> list[str]:
    """What is said of rounds of that kind; the time at the beginning of a line and at its end taken off."""
    left, lines = iter(rounds), list[str]()

    def deploy(report: Callable[[str], None]) -> Deployed | None:
        return next(left)(report)

    deploy_changes([changed] * len(rounds), deploy, lines.append)
    assert all(re.match(r"\d\d:\d\d:\d\d  ", line) for line in lines if line.startswith(changed[0]))
    return [re.sub(r" after [\d.]+ s$", "", re.sub(r"^\d\d:\d\d:\d\d  ", "", line)) for line in lines]


def failing(error: Exception, *told: str) -> Round:
    def run(report: Callable[[str], None]) -> Deployed | None:
        for text in told:
            report(text)
        raise error

    return run


def telling(*told: str) -> Round:
    def run(report: Callable[[str], None]) -> Deployed | None:
        for text in told:
            report(text)
        return deployed("2")

    return run


def test_a_round_is_told_in_a_line() -> None:
    assert said(lambda report: deployed("2"), lambda report: deployed("2", changed=False), lambda report: None) == [
        "app.py: version 2 serves",
        "app.py: version 2 serves already",
        "app.py: not deployed, as you said",
    ]


def test_of_many_files_only_some_are_named() -> None:
    assert said(telling(), changed=("a", "b", "c", "d", "e")) == ["a, b, c and 2 more: version 2 serves"]


def test_what_goes_wrong_is_told_and_the_next_round_goes_on() -> None:
    broken = failing(PackageError("app.py cannot be read"), "$ npm run build", "npm: no")

    assert said(broken, telling("$ npm run build", "built")) == [
        "$ npm run build",
        "npm: no",
        "error: app.py cannot be read",
        "app.py: not deployed",
        "app.py: version 2 serves",
    ]


def test_a_version_that_fails_is_told_with_its_log() -> None:
    assert said(failing(SmokeError("GET / answers 500", status=500, log_tail="Traceback\n"))) == [
        "Traceback",
        "error: GET / answers 500",
        "app.py: not deployed",
    ]


def test_a_warning_is_told_once() -> None:
    assert said(*[telling("warning: large", "proven")] * 2) == ["warning: large", *["app.py: version 2 serves"] * 2]


def test_who_stops_a_deployment_stops_the_watching() -> None:
    with pytest.raises(FollowError):
        said(failing(FollowError("stopped watching")))


def test_a_stage_has_to_allow_it() -> None:
    with pytest.raises(DeployError, match="`fast_lane: true` in the settings file"):
        refuse_unless_fast(StageSettings(project="shop", stage="dev", app="shop:app"))
