"""Calls that AWS carries out and whose answers never come: made again they do no harm, and nothing is left over."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from lambwsgi.deploy.aws.calls import Aws
from lambwsgi.deploy.errors import AccessDeniedError, AwsError
from lambwsgi.deploy.rollout import release
from lambwsgi.deploy.rollout.dialogue import Dialogue
from lambwsgi.package.artifact import Artifact
from lambwsgi.settings.model import StageSettings
from tests.deploy.faults.refusing import FaultAt, answering, losing
from tests.deploy.faults.test_answers import connect
from tests.deploy.faults.test_kills import STEP, left_over

__all__ = ["connect"]

MakeArtifact = Callable[..., Artifact]
pytestmark = pytest.mark.embedded

# Those that change something. botocore makes a call five times before it gives up.
BY_THE_STACK = ("PutObject", "CreateChangeSet", "ExecuteChangeSet")
BY_THE_FAST_LANE = ("PutObject", "UpdateFunctionCode", "PublishVersion", "UpdateAlias")
TRIES = 5
in_full = pytest.mark.skipif(STEP > 1, reason="waits as long as boto3 does; `make faults` runs it")


@in_full
@pytest.mark.parametrize("operation", BY_THE_STACK)
def test_a_first_deployment_goes_through_without_one_answer(
    connect: Callable[[], Aws],
    settings: StageSettings,
    make_artifact: MakeArtifact,
    dialogue: Dialogue,
    *,
    operation: str,
) -> None:
    aws = connect()
    lost = FaultAt(aws, operation, losing)

    deployed = release.deploy(aws, settings, make_artifact(operation), dialogue)

    assert lost.happened == 1
    assert deployed is not None
    assert aws.version(settings.function_name, "live").number == 1


@pytest.mark.parametrize("operation", BY_THE_STACK)
def test_an_update_goes_through_without_one_answer(
    connect: Callable[[], Aws],
    settings: StageSettings,
    make_artifact: MakeArtifact,
    dialogue: Dialogue,
    *,
    operation: str,
) -> None:
    release.deploy(connect(), settings, make_artifact("first"), dialogue)
    aws, artifact = connect(), make_artifact(operation)
    lost = FaultAt(aws, operation, losing)

    release.deploy(aws, settings, artifact, dialogue)

    assert lost.happened == 1
    assert aws.version(settings.function_name, "live").sha256 == artifact.sha256
    assert left_over(aws, settings) == []


@pytest.mark.parametrize("operation", BY_THE_FAST_LANE)
def test_the_fast_lane_goes_through_without_one_answer(
    connect: Callable[[], Aws],
    settings: StageSettings,
    make_artifact: MakeArtifact,
    dialogue: Dialogue,
    *,
    operation: str,
) -> None:
    fast = settings.model_copy(update={"fast_lane": True})
    release.deploy(connect(), fast, make_artifact("first"), dialogue)
    aws = connect()
    lost = FaultAt(aws, operation, losing)

    deployed = release.deploy(aws, fast, make_artifact(operation), dialogue)
    again = release.deploy(aws, fast, make_artifact(operation), dialogue)

    assert lost.happened == 1
    assert deployed is not None
    assert deployed.version == "2"
    assert again is not None
    assert not again.changed
    assert [each.number for each in aws.versions(settings.function_name)] == [1, 2]


@in_full
@pytest.mark.parametrize("operation", BY_THE_STACK)
def test_a_deployment_without_any_answer_leaves_no_change_set(
    connect: Callable[[], Aws],
    settings: StageSettings,
    make_artifact: MakeArtifact,
    dialogue: Dialogue,
    *,
    operation: str,
) -> None:
    release.deploy(connect(), settings, make_artifact("first"), dialogue)
    aws, artifact = connect(), make_artifact(operation)
    lost = FaultAt(aws, operation, losing, times=TRIES)

    outcome = attempt(aws, settings, artifact, dialogue)
    left = left_over(aws, settings)
    again = release.deploy(connect(), settings, artifact, dialogue)

    # One whose execution has begun goes on, and is followed to its end.
    assert outcome == ("done" if operation == "ExecuteChangeSet" else "told")
    assert lost.happened == TRIES
    assert left == []
    assert again is not None
    assert again.changed is (outcome == "told")


@in_full
@pytest.mark.parametrize("operation", ["CreateChangeSet", "ExecuteChangeSet"])
def test_a_rollback_goes_through_without_one_answer(
    connect: Callable[[], Aws],
    settings: StageSettings,
    make_artifact: MakeArtifact,
    dialogue: Dialogue,
    *,
    operation: str,
) -> None:
    for text in ("old", "new"):
        release.deploy(connect(), settings, make_artifact(text), dialogue)
    aws = connect()
    lost = FaultAt(aws, operation, losing)

    release.rollback(aws, settings, None, dialogue)

    assert lost.happened == 1
    assert aws.version(settings.function_name, "live").number == 1


@in_full
def test_a_removal_goes_through_without_one_answer(
    connect: Callable[[], Aws], settings: StageSettings, make_artifact: MakeArtifact, dialogue: Dialogue
) -> None:
    release.deploy(connect(), settings, make_artifact(), dialogue)
    aws = connect()
    lost = FaultAt(aws, "DeleteStack", losing)

    release.delete(aws, settings, dialogue)

    assert lost.happened == 1
    assert aws.stack(settings.function_name) is None


def test_a_deployment_that_may_not_mend_the_code_leaves_no_change_set(
    connect: Callable[[], Aws], settings: StageSettings, make_artifact: MakeArtifact, dialogue: Dialogue
) -> None:
    aws, artifact = connect(), make_artifact("mine")
    release.deploy(aws, settings, artifact, dialogue)
    aws.functions.update_function_code(
        FunctionName=settings.function_name, ZipFile=make_artifact("by hand").path.read_bytes()
    )
    FaultAt(aws, "UpdateFunctionCode", answering("AccessDeniedException", "no", 403))

    with pytest.raises(AccessDeniedError):
        release.deploy(aws, settings.model_copy(update={"memory_mb": 1024}), artifact, dialogue)

    assert left_over(aws, settings) == []


def test_a_bucket_that_cannot_be_closed_is_not_left_open(aws: Aws, settings: StageSettings) -> None:
    bucket = f"{settings.project}-b"
    FaultAt(aws, "PutBucketEncryption", answering("AccessDenied", "no", 403))

    with pytest.raises(AccessDeniedError, match="s3:PutEncryptionConfiguration"):
        aws.create_bucket(bucket)

    assert aws.bucket_region(bucket, owner=aws.account) is None


def attempt(aws: Aws, settings: StageSettings, artifact: Artifact, dialogue: Dialogue) -> str:
    """Whether it was done, or told that it was not."""
    try:
        release.deploy(aws, settings, artifact, replace(dialogue, visit=None))
    except AwsError as error:
        return "told" if "try again" in str(error) else str(error)
    return "done"
