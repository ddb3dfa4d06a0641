"""Deploying on each save: one round after the other, each told in a line, until somebody stops it."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from datetime import datetime
from enum import Enum, auto

from lambwsgi.adapter.errors import LambWSGIError
from lambwsgi.deploy.errors import DeployError, FollowError, SmokeError
from lambwsgi.deploy.rollout.dialogue import Deployed
from lambwsgi.settings.model import StageSettings

Report = Callable[[str], None]
# Builds and deploys what there is at this moment; what it has to say goes to the report. None: somebody said no.
Deploy = Callable[[Report], "Deployed | None"]

_NAMES_SHOWN = 3


class Stay(Enum):
    """What happens once the stage is deployed."""

    NOT = auto()  # all of it ends
    FOLLOW = auto()  # it is there until it is stopped
    WATCH = auto()  # and what is saved is deployed


def refuse_unless_fast(settings: StageSettings) -> None:
    """Raise DeployError for a stage that does not allow what watching is for."""
    if not settings.fast_lane:
        raise DeployError(
            f"--watch deploys each save at once and without asking, which stage {settings.stage!r} has to allow by"
            " `fast_lane: true` in the settings file; `lambwsgi deploy local --watch` needs no setting"
        )


def deploy_changes(changes: Iterable[tuple[str, ...]], deploy: Deploy, say: Report) -> None:
    """Deploy after each change. What goes wrong is said, and the next change is waited for."""
    warned: set[str] = set()
    for changed in changes:
        for line in _round(changed, deploy, warned):
            say(line)


def _round(changed: tuple[str, ...], deploy: Deploy, warned: set[str]) -> list[str]:
    """What is to be said of one round; a warning only once, and all that was reported where it failed."""
    told: list[str] = []
    began = time.perf_counter()
    try:
        deployed = deploy(told.append)
    except FollowError:  # somebody stopped it while CloudFormation was at work
        raise
    except LambWSGIError as error:
        log = error.log_tail.rstrip("\n") if isinstance(error, SmokeError) else ""
        return [*told, *filter(None, [log]), f"error: {error}", _line(changed, "not deployed")]
    new = [text for text in told if text.startswith("warning: ") and text not in warned]
    warned.update(new)
    return [*new, _line(changed, _outcome(deployed, time.perf_counter() - began))]


def _outcome(deployed: Deployed | None, seconds: float) -> str:
    if deployed is None:
        return "not deployed, as you said"
    what = "serves" if deployed.changed else "serves already"
    return f"version {deployed.version} {what} after {seconds:.1f} s"


def _line(changed: tuple[str, ...], outcome: str) -> str:
    names = ", ".join(changed[:_NAMES_SHOWN])
    more = len(changed) - _NAMES_SHOWN
    return f"{datetime.now():%H:%M:%S}  {names}{f' and {more} more' if more > 0 else ''}: {outcome}"
