"""Drift on the way of a deployment: told with the plan, and code and alias mended where CloudFormation will not.

It does not touch what has not changed in its eyes.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from lambwsgi.deploy import names
from lambwsgi.deploy.aws.calls import Aws
from lambwsgi.deploy.aws.records import ChangeSet, Stack
from lambwsgi.deploy.errors import StackFailedError
from lambwsgi.deploy.function.changes import Code, change_code, move_alias
from lambwsgi.deploy.function.state import read_alias, read_function
from lambwsgi.deploy.rollout.dialogue import Dialogue
from lambwsgi.deploy.rollout.moves import Move
from lambwsgi.deploy.stack.drift import code_of
from lambwsgi.settings.model import StageSettings


def needs_mending(move: Move, dialogue: Dialogue) -> bool:
    """Whether some of the drift is mended by a deployment; where none is, all of it is told here."""
    if any(each.mended and not (move.is_rollback and each.name == "Code") for each in move.drift):
        return True
    for each in move.drift:
        dialogue.report(f"drift: {each}")
    return False


def mend_code(aws: Aws, settings: StageSettings, move: Move, change_set: ChangeSet | None, dialogue: Dialogue) -> None:
    """Give the function the code that the stack believes it has, unless the change set brings code of its own.

    A rollback leaves it: it goes back to a version, which has its own.
    """
    if not _has_drifted(move, "Code") or move.is_rollback or (change_set is not None and _brings_code(change_set)):
        return
    name = settings.function_name
    state, sha256 = read_function(aws, name), code_of(aws.template(move.request.stack_name))
    if state is None or state.sha256 == sha256:
        return
    bucket = move.request.parameters[names.BUCKET_PARAMETER]
    code = Code(sha256, bucket, names.artifact_key(settings.project, sha256))
    change_code(aws, name, state, code, pause=dialogue.watch.pause)
    dialogue.report(f"the function has the code {sha256[:12]} of the stack again")


def mend_alias(aws: Aws, settings: StageSettings, move: Move, stack: Stack, dialogue: Dialogue) -> None:
    """Let the version serve that the stack says, where another one does. `stack` is what it became."""
    if not _has_drifted(move, "FunctionVersion"):
        return
    alias, wanted = read_alias(aws, settings.function_name), int(stack.outputs[names.SERVING_OUTPUT])
    if alias is not None and alias.version != wanted:
        move_alias(aws, settings.function_name, alias, wanted)
        dialogue.report(f"the alias stands for version {wanted} of the stack again, instead of {alias.version}")


@contextmanager
def serving_on(aws: Aws, settings: StageSettings, move: Move, dialogue: Dialogue) -> Iterator[None]:
    """Should the change in the block fail, the version that served before serves on.

    CloudFormation goes back to the version that it knows of, which is another one where the alias had drifted.
    """
    try:
        yield
    except StackFailedError:
        served = next((int(each.actual) for each in move.drift if each.name == "FunctionVersion"), None)
        alias = read_alias(aws, settings.function_name)
        if served is not None and alias is not None and alias.version != served:
            move_alias(aws, settings.function_name, alias, served)
            dialogue.report(f"the alias stands for version {served} again, which served before")
        raise


def _has_drifted(move: Move, name: str) -> bool:
    return any(each.name == name for each in move.drift)


def _brings_code(change_set: ChangeSet) -> bool:
    return any(
        change.logical_id == names.FUNCTION_ID and any(each.name == "Code" for each in change.properties)
        for change in change_set.changes
    )
