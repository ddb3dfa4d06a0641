"""The fast lane: where nothing but the code has changed, Lambda is given it past CloudFormation.

    code, then a version of it, tried and warmed like any other, then the alias

What this leaves is drift, known as ours and mended by the next full deployment. Killed in between, the next deployment
by either way goes on: a call is left out where it is done already, and no version serves that was not tried.
"""

from __future__ import annotations

import io
import json
import tempfile
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from hashlib import sha256
from pathlib import Path

from lambwsgi.deploy import names
from lambwsgi.deploy.artifacts.upload import upload
from lambwsgi.deploy.aws.calls import Aws
from lambwsgi.deploy.aws.records import FAST_LANE_MARK, FunctionVersion, Stack
from lambwsgi.deploy.function.changes import Code, change_code, move_alias, publish
from lambwsgi.deploy.function.state import AliasState, FunctionState, read_alias, read_function
from lambwsgi.deploy.rollout.dialogue import Dialogue
from lambwsgi.deploy.rollout.hooks import run_before_deploy
from lambwsgi.deploy.rollout.moves import Move
from lambwsgi.deploy.rollout.prewarm import warm_version
from lambwsgi.deploy.rollout.switch import try_newest
from lambwsgi.deploy.stack.drift import code_of, function_drift
from lambwsgi.deploy.stack.plan import Deed, Plan, PlannedChange
from lambwsgi.deploy.template.intrinsics import Json
from lambwsgi.deploy.template.stage_template import build_template, template_text
from lambwsgi.package.artifact import Artifact
from lambwsgi.settings.model import StageSettings

# Lambda makes no version of what is the same as the newest one, and CloudFormation fails by that. So the code of the
# fast lane is never, byte by byte, that of a stack.
_ZIP_COMMENT = b"lambwsgi: by the fast lane"


@dataclass(frozen=True, slots=True)
class Lane:
    """That the fast lane is open, and on what this was decided. `content` is the artifact as Lambda is to have it."""

    stack: Stack
    move: Move
    content: bytes
    sha256: str
    function: FunctionState
    alias: AliasState
    live: FunctionVersion
    # Whether the code serves already, by either way.
    serves: bool


def find_lane(
    aws: Aws, settings: StageSettings, artifact: Artifact, move: Move, report: Callable[[str], None]
) -> Lane | None:
    """The lane, where the settings want it and nothing but the code has changed; else why not is reported."""
    stack, name = move.stack, settings.function_name
    if not settings.fast_lane or stack is None or move.first:
        return None
    function, alias = read_function(aws, name), read_alias(aws, name)
    if function is None or alias is None or alias.weighted:
        report("not by the fast lane: there is not one version that all requests go to")
        return None
    deployed = aws.template(stack.name)
    by_hand = (str(each) for each in function_drift(deployed, function) if not each.mended)
    obstacles = [*_obstacles(deployed, settings, artifact, stack, move), *by_hand]
    if obstacles:
        report(f"not by the fast lane: {obstacles[0]}")
        return None
    content = marked(artifact.path.read_bytes())
    digest, live = sha256(content).hexdigest(), aws.version(name, str(alias.version))
    serves = live.sha256 == function.sha256 and live.sha256 in {digest, artifact.sha256}
    return Lane(stack, move, content, digest, function, alias, live, serves)


def _obstacles(deployed: Json, settings: StageSettings, artifact: Artifact, stack: Stack, move: Move) -> Iterator[str]:
    """What the stack and the settings have against it."""
    if stack.parameters.get(names.VERSION_PARAMETER):
        yield "the stage is held at a version until the next full deployment"
    same_code = build_template(settings, code_of(deployed), artifact.layer_sha256)
    as_asked = move.request.tags == stack.tags and move.request.parameters == stack.parameters
    if not as_asked or json.loads(template_text(same_code)) != deployed:
        yield "more than the code has changed"


def marked(archive: bytes) -> bytes:
    """The zip with a comment that makes it the fast lane's; its files stay as they are."""
    buffer = io.BytesIO(archive)
    with zipfile.ZipFile(buffer, "a") as opened:
        if opened.comment != _ZIP_COMMENT:
            opened.comment = _ZIP_COMMENT
    return buffer.getvalue()


def lane_plan(lane: Lane) -> Plan | None:
    """What taking the lane would do; None when the code serves already."""
    if lane.serves:
        return None
    code = f"Code {lane.function.sha256[:12]} -> {lane.sha256[:12]}"
    alias = f"FunctionVersion {lane.alias.version} -> the new one"
    changes = (
        PlannedChange(Deed.ADD, "a version", "AWS::Lambda::Version", ()),
        PlannedChange(Deed.CHANGE, names.FUNCTION_ID, "AWS::Lambda::Function", (code,)),
        PlannedChange(Deed.CHANGE, names.ALIAS_ID, "AWS::Lambda::Alias", (alias,)),
    )
    drift = tuple(each for each in lane.move.drift if not each.by_fast_lane)
    return Plan(lane.stack.name, creates_stack=False, changes=changes, permissions=(), drift=drift, fast=True)


def take_lane(aws: Aws, settings: StageSettings, lane: Lane, dialogue: Dialogue) -> Stack | None:
    """The stack as if it had brought the version that now serves; None when the plan was not confirmed.

    Raises SmokeError or HookError when the new version fails; the one before goes on serving.
    """
    plan = lane_plan(lane)
    if plan is not None and not dialogue.confirm(plan):
        return None
    run_before_deploy(settings, lane.move.url, dialogue)
    name, pause = settings.function_name, dialogue.watch.pause
    state = change_code(aws, name, lane.function, _stored(aws, settings, lane, dialogue), pause=pause)
    number = publish(aws, name, state, f"artifact {lane.sha256}{FAST_LANE_MARK}", pause=pause)
    after = stack_with(lane.stack, number)
    try_newest(aws, settings, after, lane.alias.version, dialogue)
    if settings.environments_to_prewarm:
        warm_version(aws, settings, number, dialogue.report)
    move_alias(aws, name, lane.alias, number)
    return after


def stack_with(stack: Stack, number: int) -> Stack:
    """The stack as if it had brought the version that serves."""
    version = {names.NEWEST_OUTPUT: str(number), names.SERVING_OUTPUT: str(number)}
    return replace(stack, outputs={**stack.outputs, **version})


def _stored(aws: Aws, settings: StageSettings, lane: Lane, dialogue: Dialogue) -> Code:
    """The lane's artifact, once it is in the bucket."""
    bucket = lane.move.request.parameters[names.BUCKET_PARAMETER]
    key = names.artifact_key(settings.project, lane.sha256)
    with tempfile.TemporaryDirectory(prefix="lambwsgi-lane-") as folder:
        path = Path(folder, "artifact.zip")
        path.write_bytes(lane.content)
        upload(aws, path, bucket, key, lane.sha256, sent=dialogue.sent, report=dialogue.report)
    return Code(lane.sha256, bucket, key)
