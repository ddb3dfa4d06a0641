"""The switch in two steps: a new version is published beside the one that serves and tried, and then it serves."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from lambwsgi.deploy import names
from lambwsgi.deploy.errors import ReleaseError, SmokeError
from lambwsgi.deploy.prewarm import try_version, warm_version
from lambwsgi.deploy.records import ChangeSet, ChangeSetRequest, Stack
from lambwsgi.deploy.stack import deployed_stack, execute, propose, withdraw
from lambwsgi.settings.model import StageSettings

if TYPE_CHECKING:
    from lambwsgi.deploy.aws import Aws
    from lambwsgi.deploy.release import Dialogue


@dataclass(frozen=True, slots=True)
class Move:
    """What the stack is to become. `permissions` is what that grants; `first`: there is no stack yet."""

    request: ChangeSetRequest
    permissions: tuple[str, ...]
    first: bool

    @property
    def may_switch(self) -> bool:
        """Whether a new version may take the place of one that serves; a rollback, without template, goes back."""
        return self.request.template is not None and not self.first


def prepare_switch(
    aws: Aws, settings: StageSettings, move: Move, change_set: ChangeSet, dialogue: Dialogue
) -> ChangeSet:
    """What is left of the change set once the new version is tried and warm; all of it where none has to be.

    Raises SmokeError when the new version fails; the one before goes on serving.
    """
    if not (move.may_switch and settings.environments_to_prewarm and _switches(change_set)):
        return change_set
    serving = aws.version(settings.function_name, names.ALIAS)
    if serving.streams is not settings.streaming:
        # The gateway is set up for either kind of answer, so it has to change in the moment of the switch.
        dialogue.report("`streaming` is switched, so the new version serves without being tried first")
        return change_set
    withdraw(aws, change_set.change_set_id, change_set.stack_name)
    stack = _publish(aws, settings, move.request, serving.number, dialogue)
    number = int(stack.outputs[names.NEWEST_OUTPUT])
    _try(aws, settings, stack, serving.number, dialogue)
    warm_version(aws, settings, number, dialogue.report)
    switch = propose(aws, move.request, first=False, watch=dialogue.watch)
    if switch is None:
        raise ReleaseError(f"version {number} serves already: another deployment was faster; run this one again")
    return switch


def _switches(change_set: ChangeSet) -> bool:
    """Whether the change set makes another version serve: one that it publishes, or one that is there already."""
    return any(
        change.logical_id == names.ALIAS_ID or (change.resource_type, change.action) == ("AWS::Lambda::Version", "Add")
        for change in change_set.changes
    )


def _publish(aws: Aws, settings: StageSettings, request: ChangeSetRequest, serving: int, dialogue: Dialogue) -> Stack:
    """The stack once all of the request is done but the switch.

    The alias is held by the parameter that a rollback holds it by. Killed in between, the next deploy goes on from
    there.
    """
    held = replace(request, parameters={**request.parameters, names.VERSION_PARAMETER: str(serving)})
    staged = propose(aws, held, first=False, watch=dialogue.watch)
    if staged is None:
        return deployed_stack(aws, settings)
    return execute(aws, staged, first=False, watch=dialogue.watch)


def _try(aws: Aws, settings: StageSettings, stack: Stack, serving: int, dialogue: Dialogue) -> None:
    """Ask the newest version, which does not serve yet. Raises SmokeError when it fails."""
    number = int(stack.outputs[names.NEWEST_OUTPUT])
    try:
        if dialogue.visit is not None:
            try_version(aws, settings, number, stack.outputs["Url"])
    except SmokeError as error:
        raise SmokeError(
            f"version {number} is published but does not serve, since {error}\nversion {serving} goes on serving;"
            f" `lambwsgi logs {settings.stage}` shows why",
            status=error.status,
        ) from error
