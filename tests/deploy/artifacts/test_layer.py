"""A stage whose dependencies are a layer, from its first deploy to its end."""

from __future__ import annotations

import base64

import pytest

from lambwsgi.deploy.aws.calls import Aws
from lambwsgi.deploy.errors import NotDeployedError
from lambwsgi.deploy.rollout import release
from lambwsgi.deploy.rollout.dialogue import Dialogue
from lambwsgi.settings.model import StageSettings
from tests.deploy.conftest import MakeLayered

pytestmark = pytest.mark.embedded


def _layers(aws: Aws, settings: StageSettings, version: str) -> list[str]:
    found = aws.functions.get_function_configuration(FunctionName=settings.function_name, Qualifier=version)
    return [layer["Arn"] for layer in found["Layers"]]


def test_new_code_keeps_the_layer_that_is_there(
    aws: Aws, settings: StageSettings, make_layered: MakeLayered, dialogue: Dialogue
) -> None:
    release.deploy(aws, settings, make_layered("old", "plain"), dialogue)
    release.deploy(aws, settings, make_layered("new", "plain"), dialogue)

    assert _layers(aws, settings, "1") == _layers(aws, settings, "2")


def test_a_layer_that_another_follows_stays_for_the_version_that_needs_it(
    aws: Aws, settings: StageSettings, make_layered: MakeLayered, dialogue: Dialogue
) -> None:
    old = make_layered("old", "plain")
    release.deploy(aws, settings, old, dialogue)
    release.deploy(aws, settings, make_layered("new", "other"), dialogue)
    release.rollback(aws, settings, None, dialogue)

    [before], [after] = _layers(aws, settings, "1"), _layers(aws, settings, "2")
    digest = aws.functions.get_layer_version_by_arn(Arn=before)["Content"]["CodeSha256"]
    assert before != after
    assert base64.b64decode(digest).hex() == old.layer_sha256


def test_the_layers_of_a_stage_that_is_deleted_go_with_it(
    aws: Aws, settings: StageSettings, make_layered: MakeLayered, dialogue: Dialogue
) -> None:
    for module in ("plain", "other"):
        release.deploy(aws, settings, make_layered(module, module), dialogue)

    left = release.delete(aws, settings, dialogue)

    assert aws.layer_versions(settings.function_name) == []
    assert not [line for line in left if "layer" in line]


def test_layers_that_a_removal_which_was_cut_off_has_left_go_the_next_time(
    aws: Aws, settings: StageSettings, make_layered: MakeLayered, dialogue: Dialogue
) -> None:
    release.deploy(aws, settings, make_layered("hello", "plain"), dialogue)
    aws.delete_stack(settings.function_name)
    assert aws.layer_versions(settings.function_name)

    with pytest.raises(NotDeployedError):
        release.delete(aws, settings, dialogue)

    assert aws.layer_versions(settings.function_name) == []


def test_a_layer_of_that_name_which_somebody_else_published_is_left_alone(
    aws: Aws, settings: StageSettings, make_layered: MakeLayered, dialogue: Dialogue
) -> None:
    artifact = make_layered("hello", "plain")
    release.deploy(aws, settings, artifact, dialogue)
    aws.functions.publish_layer_version(
        LayerName=settings.function_name, Description="fonts", Content={"ZipFile": artifact.path.read_bytes()}
    )

    release.delete(aws, settings, dialogue)

    assert [each.description for each in aws.layer_versions(settings.function_name)] == ["fonts"]
