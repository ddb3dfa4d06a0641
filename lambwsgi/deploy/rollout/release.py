"""Deploying, going back and taking down: the order of the steps. What each step does is known elsewhere."""

from __future__ import annotations

from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass

from lambwsgi.deploy import names
from lambwsgi.deploy.artifacts.storage import left_behind, store
from lambwsgi.deploy.aws.calls import Aws
from lambwsgi.deploy.aws.records import ChangeSet, ChangeSetRequest, FunctionVersion, Stack
from lambwsgi.deploy.errors import NotDeployedError, ReleaseError, SmokeError
from lambwsgi.deploy.references.outputs import fill_outputs
from lambwsgi.deploy.rollout.checks import check_site, check_version, is_open
from lambwsgi.deploy.rollout.dialogue import Deployed, Dialogue
from lambwsgi.deploy.rollout.fast_lane import Lane, find_lane, lane_plan, stack_with, take_lane
from lambwsgi.deploy.rollout.hooks import run_before_deploy, run_steps
from lambwsgi.deploy.rollout.mending import mend_alias, mend_code, needs_mending, serving_on
from lambwsgi.deploy.rollout.moves import Move, find_drift, make_move, plan_of
from lambwsgi.deploy.rollout.retention import delete_layers, prune
from lambwsgi.deploy.rollout.shift import held_at, share_of
from lambwsgi.deploy.rollout.smoke import Answer, smoke
from lambwsgi.deploy.rollout.switch import prepare_switch, refuse_untried, serving_version
from lambwsgi.deploy.stack.flow import (
    Standing,
    clear_the_way,
    deployed_stack,
    execute,
    own_stack,
    propose,
    refuse_unless_open,
    remove,
    remove_empty,
    standing,
    withdraw,
    withdrawing,
)
from lambwsgi.deploy.stack.plan import Plan
from lambwsgi.deploy.template.remarks import artifact_remarks
from lambwsgi.deploy.template.validation import checked_template
from lambwsgi.package.artifact import Artifact
from lambwsgi.package.errors import HookError
from lambwsgi.settings.hooks import StepHook
from lambwsgi.settings.model import StageSettings


@dataclass(frozen=True, slots=True)
class Release:
    """A published version, and whether it is the one that serves."""

    version: FunctionVersion
    live: bool


def plan(aws: Aws, settings: StageSettings, artifact: Artifact, dialogue: Dialogue) -> Plan | None:
    """What `deploy` would do; None when nothing. Uploads nothing and leaves nothing behind."""
    settings = fill_outputs(lambda: aws, settings)
    template = checked_template(settings, artifact, dialogue.report)
    stack = own_stack(aws, settings)
    refuse_unless_open(stack)
    move = make_move(aws, settings, template, stack, dialogue)
    lane = find_lane(aws, settings, artifact, move, dialogue.report)
    if lane is not None:
        return lane_plan(lane)
    change_set = propose(aws, move.request, first=move.first, watch=dialogue.watch)
    if change_set is not None:
        withdraw(aws, change_set.change_set_id, change_set.stack_name)
    return plan_of(move, change_set)


def deploy(aws: Aws, settings: StageSettings, artifact: Artifact, dialogue: Dialogue) -> Deployed | None:
    """The stage, made what its settings say and running the artifact; None when the plan was not confirmed.

    Raises SmokeError when all went well but the application does not answer, HookError when a hook fails.
    """
    settings = fill_outputs(lambda: aws, settings)
    template = checked_template(settings, artifact, dialogue.report)
    for warning in artifact_remarks(settings, artifact):
        dialogue.report(f"warning: {warning}")
    stack = clear_the_way(aws, own_stack(aws, settings), dialogue.report, dialogue.watch)
    move = make_move(aws, settings, template, stack, dialogue)
    lane = find_lane(aws, settings, artifact, move, dialogue.report)
    if lane is None:
        store(aws, settings, artifact, report=dialogue.report, sent=dialogue.sent)
        deployed = _carry_out(aws, settings, move, dialogue)
    else:
        deployed = _carry_out_fast(aws, settings, lane, dialogue)
    if deployed is not None:
        prune(aws, settings, dialogue.report)
    return deployed


def rollback(aws: Aws, settings: StageSettings, version: int | None, dialogue: Dialogue) -> Deployed | None:
    """The stage with its alias at an earlier version, by default the one before that which serves.

    While another version has a part of the requests, that is the one which serves, and it gets all of them again.
    The template stays; only the parameters of the alias change, and the next deploy empties them again.
    """
    stack = deployed_stack(aws, settings)
    refuse_unless_open(stack)
    known = releases(aws, settings)
    if version is None and share_of(stack) is not None:
        version = next(each.version.number for each in known if each.live)
    number = _earlier(known, version).number
    request = ChangeSetRequest(stack.name, None, held_at(stack, number), stack.tags)
    move = Move(request, permissions=(), first=False, drift=find_drift(aws, stack, dialogue))
    return _carry_out(aws, settings, move, dialogue)


def releases(aws: Aws, settings: StageSettings) -> tuple[Release, ...]:
    """The versions that can be gone back to, newest first."""
    live = serving_version(aws, settings, deployed_stack(aws, settings)).number
    return tuple(Release(each, each.number == live) for each in reversed(aws.versions(settings.function_name)))


def delete(aws: Aws, settings: StageSettings, dialogue: Dialogue) -> tuple[str, ...]:
    """Remove the stage's stack and its layers; names what is left, one line each."""
    stack = removable_stack(aws, settings)
    remove(aws, stack, dialogue.watch)
    return (*left_behind(settings, stack), *delete_layers(aws, settings))


def removable_stack(aws: Aws, settings: StageSettings) -> Stack:
    """The stage's stack, when it can be removed. Raises StackBusyError while an operation is under way.

    Where there is none, the layers go that a removal which was cut off has left, and the empty stack of a deployment.
    """
    try:
        stack = deployed_stack(aws, settings)
    except NotDeployedError:
        delete_layers(aws, settings)
        remove_empty(aws, settings)
        raise
    if standing(stack) is Standing.BUSY:
        refuse_unless_open(stack)
    return stack


def _carry_out(aws: Aws, settings: StageSettings, move: Move, dialogue: Dialogue) -> Deployed | None:
    refuse_untried(aws, settings, move, dialogue)
    change_set = propose(aws, move.request, first=move.first, watch=dialogue.watch)
    if change_set is None and not needs_mending(move, dialogue):
        return _deployed(deployed_stack(aws, settings), changed=False, answer=None)
    if not _agreed(aws, settings, move, change_set, dialogue):
        return None
    with _unless_executed(aws, change_set):
        mend_code(aws, settings, move, change_set, dialogue)
        after, checked = _executed(aws, settings, move, change_set, dialogue)
    mend_alias(aws, settings, move, after, dialogue)
    if move.first:
        _run_hook(aws, settings, "before_switch", after, dialogue)
    answer = _ask_site(aws, settings, after, dialogue, checked=checked)
    if not move.is_rollback:
        _run_hook(aws, settings, "after_deploy", after, dialogue)
    return _deployed(after, changed=True, answer=answer)


def _carry_out_fast(aws: Aws, settings: StageSettings, lane: Lane, dialogue: Dialogue) -> Deployed | None:
    if lane.serves:
        return _deployed(stack_with(lane.stack, lane.live.number), changed=False, answer=None)
    after = take_lane(aws, settings, lane, dialogue)
    if after is None:
        return None
    answer = _ask_site(aws, settings, after, dialogue, checked=True)
    _run_hook(aws, settings, "after_deploy", after, dialogue)
    return _deployed(after, changed=True, answer=answer)


def _unless_executed(aws: Aws, change_set: ChangeSet | None) -> AbstractContextManager[None]:
    """Removes the change set when the block fails before it is executed; nothing where there is none."""
    if change_set is None:
        return nullcontext()
    return withdrawing(aws, change_set.change_set_id, change_set.stack_name)


def _executed(
    aws: Aws, settings: StageSettings, move: Move, change_set: ChangeSet | None, dialogue: Dialogue
) -> tuple[Stack, bool]:
    """The stack after the change set, and whether the version that serves was checked before it did."""
    if change_set is None:
        return deployed_stack(aws, settings), move.is_rollback
    with serving_on(aws, settings, move, dialogue):
        switch = prepare_switch(aws, settings, move, change_set, dialogue)
        after = execute(aws, switch, first=move.first, watch=dialogue.watch)
    # What is left of the change set is another one where the new version was checked before.
    return after, move.is_rollback or switch is not change_set


def _agreed(aws: Aws, settings: StageSettings, move: Move, change_set: ChangeSet | None, dialogue: Dialogue) -> bool:
    """Whether the plan may run, and what is to happen before it is done.

    A change set that may not run is removed, also when asking was cut short.
    """
    with _unless_executed(aws, change_set):
        proposal = plan_of(move, change_set)
        if proposal is None or dialogue.confirm(proposal):
            if not move.is_rollback:
                run_before_deploy(settings, move.url, dialogue)
            return True
    if change_set is not None:
        withdraw(aws, change_set.change_set_id, change_set.stack_name)
    return False


def _run_hook(aws: Aws, settings: StageSettings, hook: StepHook, stack: Stack, dialogue: Dialogue) -> None:
    """Run a hook of a version that serves. Raises HookError, which says so."""
    try:
        run_steps(aws, settings, hook, stack, dialogue)
    except HookError as error:
        raise HookError(
            f"version {stack.outputs[names.SERVING_OUTPUT]} is deployed and serves, but {error}\n"
            "hooks run again when a deployment changes something; until then run their commands yourself",
            hook=error.hook,
            exit_status=error.exit_status,
        ) from error


def _ask_site(aws: Aws, settings: StageSettings, stack: Stack, dialogue: Dialogue, *, checked: bool) -> Answer | None:
    """The site's answer to the smoke request; unless the version was `checked`, what serves is held to the checks."""
    if dialogue.visit is None:
        return None
    # A domain's record may not have spread yet, so the gateway's own address is asked where it answers.
    url = stack.outputs.get(names.GATEWAY_URL_OUTPUT, stack.outputs["Url"]).rstrip("/")
    try:
        # Nobody here has a certificate that a gateway with a truststore would take.
        asks = not (settings.domain and settings.domain.truststore)
        path = url + settings.smoke_path
        answer = smoke(path, visit=dialogue.visit, pause=dialogue.watch.pause) if asks else None
        if not checked and is_open(settings):
            check_site(settings, url, dialogue.visit, dialogue.watch.pause)
        elif not checked:
            check_version(aws, settings, int(stack.outputs[names.SERVING_OUTPUT]), url)
    except SmokeError as error:
        raise SmokeError(
            f"version {stack.outputs[names.SERVING_OUTPUT]} is deployed and serves, but {error}\n"
            f"`lambwsgi logs {settings.stage}` shows why, `lambwsgi rollback {settings.stage}` goes back",
            status=error.status,
            log_tail=error.log_tail,
        ) from error
    return answer


def _deployed(stack: Stack, *, changed: bool, answer: Answer | None) -> Deployed:
    return Deployed(stack.name, stack.outputs["Url"], stack.outputs[names.SERVING_OUTPUT], changed, answer)


def _earlier(known: tuple[Release, ...], wanted: int | None) -> FunctionVersion:
    """The version to go back to. Raises ReleaseError when there is none, none of that number, or none that fits."""
    versions = {release.version.number: release.version for release in known}
    live = next(release.version for release in known if release.live)
    if wanted is None:
        older = [number for number in versions if number < live.number]
        if not older:
            raise ReleaseError(
                f"version {live.number} serves and there is none before it, so there is nothing to go back to"
            )
        wanted = max(older)
    if wanted not in versions:
        raise ReleaseError(f"there is no version {wanted}; there are {', '.join(map(str, sorted(versions)))}")
    if versions[wanted].streams is not live.streams:
        raise ReleaseError(
            f"version {wanted} {_answering(versions[wanted])}, while version {live.number} {_answering(live)}, and the"
            " gateway is set up for what serves; set `streaming` as it was then and deploy that state of the project"
        )
    return versions[wanted]


def _answering(version: FunctionVersion) -> str:
    return "streams its responses" if version.streams else "gives its responses whole"
