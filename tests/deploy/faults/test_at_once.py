"""Two deployments of one stage at the same moment: each goes through or says why not, and the stage is whole."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest

from lambwsgi.deploy.aws.calls import Aws
from lambwsgi.deploy.errors import DeployError
from lambwsgi.deploy.rollout import release
from lambwsgi.deploy.rollout.dialogue import Dialogue
from lambwsgi.package.artifact import Artifact
from lambwsgi.settings.model import StageSettings

MakeArtifact = Callable[..., Artifact]
pytestmark = pytest.mark.embedded


def outcome(endpoint: str, settings: StageSettings, artifact: Artifact, dialogue: Dialogue) -> str:
    """What one of them came to; an error that is none of ours is raised."""
    try:
        release.deploy(Aws(endpoint_url=endpoint), settings, artifact, dialogue)
    except DeployError as error:
        return str(error)
    return "done"


@pytest.mark.parametrize("first", [True, False], ids=["a first one", "an update"])
def test_of_two_deployments_at_once_one_goes_through_and_the_next_repairs_the_rest(
    endpoint: str,
    settings: StageSettings,
    make_artifact: MakeArtifact,
    dialogue: Dialogue,
    *,
    first: bool,
) -> None:
    aws, quiet = Aws(endpoint_url=endpoint), replace(dialogue, visit=None)
    if not first:
        release.deploy(aws, settings, make_artifact("before"), quiet)
    artifacts = [make_artifact("one"), make_artifact("two")]

    with ThreadPoolExecutor(2) as pool:
        outcomes = list(pool.map(lambda artifact: outcome(endpoint, settings, artifact, quiet), artifacts))
    last = release.deploy(aws, settings, artifacts[0], quiet)
    again = release.deploy(aws, settings, artifacts[0], quiet)

    # The embedded AWS makes the stack anew for each first change set, where AWS has one for all: both may lose theirs.
    assert first or "done" in outcomes
    assert last is not None
    assert again is not None
    assert not again.changed, outcomes
    assert aws.version(settings.function_name, "live").sha256 == artifacts[0].sha256
