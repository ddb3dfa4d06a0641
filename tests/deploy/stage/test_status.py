"""Questions to a stage that is deployed, asked of a real emulator."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest

from lambwsgi.deploy.aws.calls import Aws
from lambwsgi.deploy.aws.place import Place
from lambwsgi.deploy.errors import DeployError, InvocationError, NotDeployedError
from lambwsgi.deploy.function.invocation import response_status
from lambwsgi.deploy.rollout import release
from lambwsgi.deploy.rollout.dialogue import Dialogue
from lambwsgi.deploy.stage.invocation import get_path, invoke_stage, run_command
from lambwsgi.deploy.stage.status import public_url, read_status
from lambwsgi.package.artifact import Artifact
from lambwsgi.settings.model import GatewayKind, StageSettings

pytestmark = pytest.mark.embedded

MakeArtifact = Callable[..., Artifact]


@pytest.fixture
def deployed(aws: Aws, settings: StageSettings, make_artifact: MakeArtifact, dialogue: Dialogue) -> StageSettings:
    """A stage that is deployed and takes management commands."""
    stage = settings.model_copy(update={"commands": frozenset({"manage"})})
    release.deploy(aws, stage, make_artifact("hello"), dialogue)
    return stage


def test_a_status_tells_version_artifact_and_address(
    aws: Aws, deployed: StageSettings, make_artifact: MakeArtifact
) -> None:
    status = read_status(Place(aws), deployed)

    assert (status.stack_name, status.region, status.rolled_back) == (deployed.function_name, "us-east-1", False)
    assert status.live is not None
    assert (status.live.number, status.live.sha256) == (1, make_artifact("hello").sha256)
    assert status.url is not None
    assert status.url.startswith("https://")


def test_a_status_tells_of_a_rollback(
    aws: Aws, deployed: StageSettings, make_artifact: MakeArtifact, dialogue: Dialogue
) -> None:
    release.deploy(aws, deployed, make_artifact("new"), dialogue)
    release.rollback(aws, deployed, None, dialogue)

    status = read_status(Place(aws), deployed)

    assert status.live is not None
    assert (status.live.number, status.rolled_back) == (1, True)


def test_the_address_of_a_local_stage_is_the_one_on_this_machine(aws: Aws, deployed: StageSettings) -> None:
    assert public_url(Place(aws, "http://127.0.0.1:8000/"), deployed) == "http://127.0.0.1:8000/"


def test_an_invocation_brings_what_the_function_answers(aws: Aws, deployed: StageSettings) -> None:
    invocation = invoke_stage(aws, deployed, "{}")

    assert json.loads(invocation.payload)["body"] == "hello"
    assert "a request for shop.wsgi:app" in invocation.log_tail


def test_a_function_that_fails_is_an_error_with_its_words(aws: Aws, deployed: StageSettings) -> None:
    with pytest.raises(InvocationError, match="asked to fail"):
        invoke_stage(aws, deployed, '{"fail": true}')


@pytest.mark.parametrize("gateway", GatewayKind)
def test_a_path_is_asked_with_the_event_of_the_stages_gateway(
    aws: Aws, deployed: StageSettings, gateway: GatewayKind
) -> None:
    response, _ = get_path(Place(aws), deployed.model_copy(update={"gateway": gateway}), "/a%20path?q=1")

    assert (response_status(response), response.body) == ("200 OK", b"hello")


@pytest.mark.parametrize("address", [None, "http://127.0.0.1:8000/"], ids=["in the cloud", "on this machine"])
def test_a_path_is_asked_by_the_name_that_visitors_use(aws: Aws, deployed: StageSettings, address: str | None) -> None:
    place = Place(aws, address)

    response, _ = get_path(place, deployed, "/")

    host = dict(response.headers)["x-asked-of"]
    assert f"//{host}/" in public_url(place, deployed)


def test_a_management_command_gets_its_arguments_untouched(aws: Aws, deployed: StageSettings) -> None:
    result = run_command(aws, deployed, "manage", ["migrate", "--noinput", "--settings=x"])

    assert (result.exit_code, json.loads(result.output)) == (0, ["migrate", "--noinput", "--settings=x"])


def test_a_stage_that_allows_no_commands_is_not_even_asked(aws: Aws, deployed: StageSettings) -> None:
    with pytest.raises(DeployError, match=r"commands: \[manage\]"):
        run_command(aws, deployed.model_copy(update={"commands": frozenset()}), "manage", ["migrate"])


def test_each_kind_of_command_is_allowed_by_itself(aws: Aws, deployed: StageSettings) -> None:
    with pytest.raises(DeployError, match=r"`lambwsgi flask`: add `commands: \[flask, manage\]`"):
        run_command(aws, deployed, "flask", ["routes"])


def test_a_script_that_the_stage_does_not_name_is_refused_before_anything_is_asked(
    aws: Aws, deployed: StageSettings
) -> None:
    stage = deployed.model_copy(update={"scripts": {"cleanup": "shop.jobs:cleanup"}})

    with pytest.raises(DeployError, match=r"has no script 'clean'; did you mean 'cleanup'\?"):
        run_command(aws, stage, "run", ["clean"])
    with pytest.raises(DeployError, match=r"has no script 'xyz': add `scripts: \{xyz: 'module:function'\}` and deploy"):
        run_command(aws, stage, "run", ["xyz"])


def test_a_command_that_lambda_ended_says_what_to_do(aws: Aws, deployed: StageSettings) -> None:
    with pytest.raises(InvocationError, match=r"timed out after 30.00 seconds; raise `timeout_seconds` of stage 'dev'"):
        run_command(aws, deployed, "manage", ["wait"])


def test_what_is_not_deployed_is_told_as_such(aws: Aws, settings: StageSettings) -> None:
    with pytest.raises(NotDeployedError, match="lambwsgi deploy dev"):
        read_status(Place(aws), settings)
