"""Old versions and their layers go after a deployment; never one that anybody needs."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from lambwsgi.deploy.aws.calls import Aws
from lambwsgi.deploy.rollout import release
from lambwsgi.deploy.rollout.dialogue import Dialogue
from lambwsgi.deploy.rollout.retention import prune
from lambwsgi.package.artifact import Artifact
from lambwsgi.settings.model import StageSettings
from tests.deploy.conftest import MakeLayered

pytestmark = pytest.mark.embedded

MakeArtifact = Callable[..., Artifact]


@pytest.fixture
def settings(settings: StageSettings) -> StageSettings:
    """A stage that keeps two versions."""
    return settings.model_copy(update={"keep_versions": 2, "prewarm": 0})


@pytest.fixture
def stage(aws: Aws, settings: StageSettings, make_artifact: MakeArtifact, dialogue: Dialogue) -> StageSettings:
    """The stage with versions 1 and 2."""
    for text in ("one", "two"):
        release.deploy(aws, settings, make_artifact(text), dialogue)
    return settings


def numbers(aws: Aws, settings: StageSettings) -> list[int]:
    return [version.number for version in aws.versions(settings.function_name)]


def test_versions_beyond_those_that_are_kept_go_after_a_deployment(
    aws: Aws, stage: StageSettings, make_artifact: MakeArtifact, dialogue: Dialogue
) -> None:
    said: list[str] = []
    before = numbers(aws, stage)

    release.deploy(aws, stage, make_artifact("three"), replace(dialogue, report=said.append))

    assert (before, numbers(aws, stage)) == ([1, 2], [2, 3])
    assert said[-1] == "deleted, beyond `keep_versions: 2`: version 1"


def test_a_version_that_serves_is_kept_however_old_it_is(
    aws: Aws, settings: StageSettings, make_artifact: MakeArtifact, dialogue: Dialogue
) -> None:
    ample = settings.model_copy(update={"keep_versions": 10})
    for text in ("one", "two", "three", "four"):
        release.deploy(aws, ample, make_artifact(text), dialogue)
    release.rollback(aws, ample, 1, dialogue)

    prune(aws, settings, dialogue.report)

    assert numbers(aws, settings) == [1, 3, 4]


@pytest.mark.parametrize(
    "use",
    [
        pytest.param({"FunctionVersion": "1"}, id="another alias"),
        pytest.param(
            {"FunctionVersion": "2", "RoutingConfig": {"AdditionalVersionWeights": {"1": 0.1}}}, id="a weight of one"
        ),
    ],
)
def test_a_version_that_an_alias_names_is_kept(
    aws: Aws,
    stage: StageSettings,
    make_artifact: MakeArtifact,
    dialogue: Dialogue,
    *,
    use: dict[str, str],
) -> None:
    made: Callable[..., object] = aws.functions.create_alias
    made(FunctionName=stage.function_name, Name="pinned", **use)

    release.deploy(aws, stage, make_artifact("three"), dialogue)

    assert numbers(aws, stage) == [1, 2, 3]


def test_a_version_with_environments_that_are_always_ready_is_kept(
    aws: Aws, stage: StageSettings, make_artifact: MakeArtifact, dialogue: Dialogue
) -> None:
    aws.functions.put_provisioned_concurrency_config(
        FunctionName=stage.function_name, Qualifier="1", ProvisionedConcurrentExecutions=1
    )

    release.deploy(aws, stage, make_artifact("three"), dialogue)

    assert numbers(aws, stage) == [1, 2, 3]


def test_a_deployment_that_changes_nothing_deletes_what_one_that_was_cut_off_has_left(
    aws: Aws, settings: StageSettings, make_artifact: MakeArtifact, dialogue: Dialogue
) -> None:
    ample = settings.model_copy(update={"keep_versions": 10})
    for text in ("one", "two", "three"):
        release.deploy(aws, ample, make_artifact(text), dialogue)

    deployed = release.deploy(aws, settings, make_artifact("three"), dialogue)

    assert deployed is not None
    assert not deployed.changed
    assert numbers(aws, settings) == [2, 3]


def test_a_layer_goes_with_the_last_version_that_needs_it(
    aws: Aws, settings: StageSettings, make_layered: MakeLayered, dialogue: Dialogue
) -> None:
    left: list[list[int]] = []
    for text, module in (("one", "first"), ("two", "first"), ("three", "second"), ("four", "second")):
        release.deploy(aws, settings, make_layered(text, module), dialogue)
        left.append(sorted(layer.number for layer in aws.layer_versions(settings.function_name)))

    assert left == [[1], [1], [1, 2], [2]]
    assert numbers(aws, settings) == [3, 4]
