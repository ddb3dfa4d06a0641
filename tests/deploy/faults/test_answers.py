"""What AWS may answer at any call: too many requests, expired credentials, nothing. The next run mends what is left."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

import pytest

from lambwsgi.deploy.aws.calls import Aws
from lambwsgi.deploy.errors import AwsError, CredentialsError, DeployError, ShiftError, UnwatchedError
from lambwsgi.deploy.rollout import release
from lambwsgi.deploy.rollout.dialogue import Dialogue
from lambwsgi.package.artifact import Artifact
from lambwsgi.settings.model import StageSettings
from lambwsgi.settings.strategy import Strategy
from tests.deploy.faults.refusing import Fault, Faulty, answering, hanging_up
from tests.deploy.faults.test_kills import BLINK, CALLS_MOST, CANARY, STEP

MakeArtifact = Callable[..., Artifact]
THROTTLED = answering("ThrottlingException", "Rate exceeded")
EXPIRED = answering("ExpiredToken", "The security token included in the request is expired")

all_ways = pytest.mark.parametrize("strategy", [Strategy(), CANARY], ids=["all at once", "a canary"])
pytestmark = [pytest.mark.embedded, pytest.mark.timeout(1800)]


@pytest.fixture
def connect(endpoint: str, monkeypatch: pytest.MonkeyPatch) -> Callable[[], Aws]:
    """AWS as it is in the cloud, its retries included, though it answers from this machine."""
    monkeypatch.setenv("AWS_ENDPOINT_URL", endpoint)
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "test")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "test")
    monkeypatch.delenv("AWS_PROFILE", raising=False)
    return lambda: Aws(region="us-east-1")


def faults(connect: Callable[[], Aws], fault: Fault) -> Iterator[tuple[Faulty, Aws]]:
    """A fault at one call after the other, until there is no call of that number."""
    for number in range(1, CALLS_MOST, STEP):
        aws = connect()
        faulty = Faulty(aws, number, fault)
        yield faulty, aws
        if not faulty.happened:
            return
    pytest.fail(f"more than {CALLS_MOST} calls")


@all_ways
def test_too_many_requests_are_made_again(
    connect: Callable[[], Aws],
    settings: StageSettings,
    make_artifact: MakeArtifact,
    dialogue: Dialogue,
    *,
    strategy: Strategy,
) -> None:
    settings = settings.model_copy(update={"strategy": strategy})
    dialogue = replace(dialogue, watch=BLINK)
    release.deploy(connect(), settings, make_artifact("first"), dialogue)

    for number, (_, aws) in enumerate(faults(connect, THROTTLED)):
        deployed = release.deploy(aws, settings, make_artifact(f"number {number}"), dialogue)

        assert deployed is not None
        assert deployed.answer is not None
        assert deployed.answer.text == f"number {number}"


@dataclass(frozen=True)
class Broken:
    """A fault that ends a deployment, and what is told of it."""

    fault: Fault
    error: type[DeployError]
    words: str


@all_ways
@pytest.mark.parametrize(
    "broken",
    [
        pytest.param(Broken(EXPIRED, CredentialsError, "the credentials have expired"), id="expired credentials"),
        pytest.param(Broken(hanging_up, AwsError, "try again"), id="no answer"),
    ],
)
def test_what_is_broken_off_by_aws_is_told_and_goes_through_the_next_time(
    connect: Callable[[], Aws],
    settings: StageSettings,
    make_artifact: MakeArtifact,
    dialogue: Dialogue,
    *,
    broken: Broken,
    strategy: Strategy,
) -> None:
    settings = settings.model_copy(update={"strategy": strategy})
    dialogue = replace(dialogue, watch=BLINK)
    release.deploy(connect(), settings, make_artifact("first"), dialogue)

    for number, (faulty, aws) in enumerate(faults(connect, broken.fault)):
        artifact = make_artifact(f"number {number}")
        try:
            release.deploy(aws, settings, artifact, dialogue)
        except (broken.error, ShiftError, UnwatchedError) as told:
            assert broken.words in str(told)  # noqa: PT017 - a call that is made in passing may fail without harm
        release.deploy(connect(), settings, artifact, dialogue)
        again = release.deploy(connect(), settings, artifact, dialogue)

        assert again is not None
        assert not again.changed
        assert connect().version(settings.function_name, "live").sha256 == artifact.sha256, faulty
