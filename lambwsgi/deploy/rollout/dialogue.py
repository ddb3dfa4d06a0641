"""How a deployment speaks with whoever started it, and what it says at the end."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from lambwsgi.deploy.rollout.smoke import Answer, Visit, visit
from lambwsgi.deploy.stack.drift_detection import Look, quick_look
from lambwsgi.deploy.stack.following import Watch
from lambwsgi.deploy.stack.plan import Plan
from lambwsgi.package.hooks import Shell


@dataclass(frozen=True, slots=True)
class Dialogue:
    """How a deployment speaks with whoever started it.

    `confirm` is shown the plan before anything runs; `sent` hears how many bytes more of the artifact have gone out;
    `visit` asks the site for the smoke request; None asks nothing. `shell` runs commands of hooks; without it no hook
    runs, also none inside the function. `look` finds what was changed past CloudFormation.
    """

    confirm: Callable[[Plan], bool]
    report: Callable[[str], None] = lambda text: None
    sent: Callable[[int], None] = lambda size_bytes: None
    visit: Visit | None = visit
    watch: Watch = field(default_factory=Watch)
    shell: Shell | None = None
    look: Look = quick_look


@dataclass(frozen=True, slots=True)
class Deployed:
    """A stage after a deployment. `changed` is False when it was all that was asked already.

    `answer` is that to the smoke request; None when nobody asked.
    """

    stack_name: str
    url: str
    version: str
    changed: bool
    answer: Answer | None
