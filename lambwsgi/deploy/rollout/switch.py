"""The switch in steps: a new version is published beside the one that serves and tried, and then it serves."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from lambwsgi.deploy import names
from lambwsgi.deploy.aws.calls import Aws
from lambwsgi.deploy.aws.records import ChangeSet, ChangeSetRequest, FunctionVersion, Stack
from lambwsgi.deploy.errors import ReleaseError, SmokeError
from lambwsgi.deploy.function.state import read_function, read_live
from lambwsgi.deploy.rollout.checks import check_version
from lambwsgi.deploy.rollout.dialogue import Dialogue
from lambwsgi.deploy.rollout.hooks import run_steps
from lambwsgi.deploy.rollout.moves import Move
from lambwsgi.deploy.rollout.prewarm import try_version, warm_version
from lambwsgi.deploy.rollout.shift import refuse_alarmed, shift
from lambwsgi.deploy.stack.flow import deployed_stack, execute, propose, withdraw
from lambwsgi.package.errors import HookError
from lambwsgi.settings.model import StageSettings


def prepare_switch(
    aws: Aws, settings: StageSettings, move: Move, change_set: ChangeSet, dialogue: Dialogue
) -> ChangeSet:
    """What is left of the change set once the new version is tried, warm and proven by a part of the requests.

    It is all of it where none of that has to be. Raises SmokeError, HookError or ShiftError when the new version fails;
    the one before goes on serving.
    """
    if not (move.may_switch and _is_in_steps(settings, dialogue) and _switches(change_set)):
        return change_set
    serving = serving_version(aws, settings, deployed_stack(aws, settings))
    if serving.streams is not settings.streaming:
        # The gateway is set up for either kind of answer, so it has to change in the moment of the switch.
        dialogue.report("`streaming` is switched, so the new version serves without being tried first")
        return change_set
    withdraw(aws, change_set.change_set_id, change_set.stack_name)
    if _shares(settings):
        refuse_alarmed(aws, settings)
    stack = _publish(aws, settings, move.request, serving.number, dialogue)
    number = int(stack.outputs[names.NEWEST_OUTPUT])
    try_newest(aws, settings, stack, serving.number, dialogue)
    if settings.environments_to_prewarm:
        warm_version(aws, settings, number, dialogue.report)
    if _shares(settings):
        shift(aws, settings, stack, serving.number, dialogue)
    switch = propose(aws, move.request, first=False, watch=dialogue.watch)
    if switch is None:
        raise ReleaseError(f"version {number} serves already: another deployment was faster; run this one again")
    return switch


def refuse_untried(aws: Aws, settings: StageSettings, move: Move, dialogue: Dialogue) -> None:
    """Raise ReleaseError where what the settings want before the switch could not be done before it."""
    in_vain = [text for is_wanted, text in _wanted_before(settings, dialogue) if is_wanted]
    if not (move.may_switch and in_vain):
        return
    stack = deployed_stack(aws, settings)
    if serving_version(aws, settings, stack).streams is not settings.streaming:
        raise ReleaseError(
            f"`streaming` is switched, which the gateway and the new version do in one moment, so {in_vain[0]}"
        )


def serving_version(aws: Aws, settings: StageSettings, stack: Stack) -> FunctionVersion:
    """The version that serves, if need be with another one that has a part of the requests.

    Of the stack where somebody removed the alias. Raises ReleaseError where somebody removed the function.
    """
    name = settings.function_name
    live = read_live(aws, name)
    if live is None and read_function(aws, name) is None:
        raise ReleaseError(
            f"function {name!r} is gone, though stack {stack.name!r} has it: somebody removed it past CloudFormation,"
            f" which does not make it again; `lambwsgi delete {settings.stage}` removes the rest, then"
            f" `lambwsgi deploy {settings.stage}` makes all of it"
        )
    return live or aws.version(name, stack.outputs[names.SERVING_OUTPUT])


def _wanted_before(settings: StageSettings, dialogue: Dialogue) -> Iterator[tuple[bool, str]]:
    yield (
        _has_hook(settings, dialogue),
        "the hook `before_switch` cannot run in between; run its commands yourself and deploy with --no-hooks",
    )
    yield (
        settings.strategy.shifts,
        f"`strategy: {settings.strategy.kind}` cannot share requests between the two; deploy with --all-at-once",
    )


def _is_in_steps(settings: StageSettings, dialogue: Dialogue) -> bool:
    """Whether anything has to happen between a new version's being there and its serving."""
    checks = settings.smoke and dialogue.visit
    wanted = (settings.environments_to_prewarm, checks, _has_hook(settings, dialogue), _shares(settings))
    return any(wanted)


def _shares(settings: StageSettings) -> bool:
    return settings.strategy.shifts and settings.strategy.by == "lambwsgi"


def _has_hook(settings: StageSettings, dialogue: Dialogue) -> bool:
    return bool(dialogue.shell and settings.hooks.before_switch)


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


def try_newest(aws: Aws, settings: StageSettings, stack: Stack, serving: int, dialogue: Dialogue) -> None:
    """Run the hook in the newest version, which does not serve yet, and ask it. Raises HookError or SmokeError."""
    number = int(stack.outputs[names.NEWEST_OUTPUT])
    since = f"version {number} is published but does not serve, since"
    goes_on = f"version {serving} goes on serving"
    try:
        run_steps(aws, settings, "before_switch", stack, dialogue)
        if dialogue.visit is not None:
            try_version(aws, settings, number, stack.outputs["Url"])
            check_version(aws, settings, number, stack.outputs["Url"])
    except HookError as error:
        raise HookError(f"{since} {error}\n{goes_on}", hook=error.hook, exit_status=error.exit_status) from error
    except SmokeError as error:
        raise SmokeError(
            f"{since} {error}\n{goes_on}; `lambwsgi logs {settings.stage}` shows why",
            status=error.status,
            log_tail=error.log_tail,
        ) from error
