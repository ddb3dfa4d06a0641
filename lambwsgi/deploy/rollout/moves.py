"""The move that a deployment makes: what the stack is to become, with all that is told before anything runs."""

from __future__ import annotations

from dataclasses import dataclass

from lambwsgi.deploy import names
from lambwsgi.deploy.artifacts.storage import Parameters, planned, refuse_other_package
from lambwsgi.deploy.aws.calls import Aws
from lambwsgi.deploy.aws.records import ChangeSet, ChangeSetRequest, Stack
from lambwsgi.deploy.rollout.dialogue import Dialogue
from lambwsgi.deploy.stack.drift import Drift
from lambwsgi.deploy.stack.flow import is_first
from lambwsgi.deploy.stack.plan import Plan, make_idle_plan, make_plan
from lambwsgi.deploy.template.intrinsics import Json
from lambwsgi.deploy.template.permissions import describe_permissions
from lambwsgi.deploy.template.stage_template import sent_text
from lambwsgi.settings.model import StageSettings


@dataclass(frozen=True, slots=True)
class Move:
    """What the stack is to become. `permissions` is what that grants; `first`: there is no stack yet.

    `permitted` is what is granted before; `url` is where the site is before; None where there is none. `drift` is where
    the stage is other than its `stack` says, which is None where there is none.
    """

    request: ChangeSetRequest
    permissions: tuple[str, ...]
    first: bool
    url: str | None = None
    permitted: tuple[str, ...] = ()
    drift: tuple[Drift, ...] = ()
    stack: Stack | None = None

    @property
    def is_rollback(self) -> bool:
        """Whether it goes back, which changes no template."""
        return self.request.template is None

    @property
    def may_switch(self) -> bool:
        """Whether a new version may take the place of one that serves."""
        return not (self.is_rollback or self.first)


def make_move(aws: Aws, settings: StageSettings, template: Json, stack: Stack | None, dialogue: Dialogue) -> Move:
    """The move that makes the stack, if there is one, what the template says.

    Raises ReleaseError where Lambda cannot make the function what it is to be.
    """
    refuse_other_package(settings, stack)
    stack_name, tags = names.stack_name(settings), names.tags(settings)
    parameters = _parameters(planned(aws, settings), template)
    first = is_first(stack)
    return Move(
        ChangeSetRequest(stack_name, sent_text(template), parameters, tags),
        describe_permissions(template),
        first=first,
        url=None if stack is None else stack.outputs.get("Url"),
        permitted=() if first else describe_permissions(aws.template(stack_name)),
        drift=find_drift(aws, stack, dialogue),
        stack=stack,
    )


def _parameters(place: Parameters, template: Json) -> dict[str, str]:
    """Where the code lies, and that the template's version gets all requests."""
    wanted = {**place, names.VERSION_PARAMETER: "", names.WEIGHT_PARAMETER: names.NO_WEIGHT}
    return {name: value for name, value in wanted.items() if name in template["Parameters"]}


def find_drift(aws: Aws, stack: Stack | None, dialogue: Dialogue) -> tuple[Drift, ...]:
    """Where the stage is other than its stack says; nowhere while there is no stack."""
    return () if stack is None or is_first(stack) else dialogue.look(aws, stack, dialogue.report)


def plan_of(move: Move, change_set: ChangeSet | None) -> Plan | None:
    """The plan with its drift; None where there is nothing to do and nothing to tell."""
    if change_set is None:
        return make_idle_plan(move.request.stack_name, move.drift)
    return make_plan(change_set, move.permissions, creates_stack=move.first, permitted=move.permitted, drift=move.drift)
