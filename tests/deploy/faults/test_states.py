"""States that hands make between two commands, in the console or by other tools."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest

from lambwsgi.deploy import names
from lambwsgi.deploy.aws.calls import Aws
from lambwsgi.deploy.aws.records import ChangeSetRequest
from lambwsgi.deploy.errors import AwsError, DeployError, NotDeployedError, ReleaseError
from lambwsgi.deploy.rollout import release
from lambwsgi.deploy.rollout.dialogue import Dialogue
from lambwsgi.deploy.stack.flow import propose
from lambwsgi.deploy.stack.following import Watch
from lambwsgi.package.artifact import Artifact
from lambwsgi.settings.model import StageSettings

MakeArtifact = Callable[..., Artifact]
pytestmark = pytest.mark.embedded

OTHER_TEMPLATE = json.dumps({"Resources": {"Topic": {"Type": "AWS::SNS::Topic"}}})


def test_a_stack_of_another_template_is_told_and_can_be_removed(
    aws: Aws, settings: StageSettings, make_artifact: MakeArtifact, dialogue: Dialogue
) -> None:
    release.deploy(aws, settings, make_artifact(), dialogue)
    tags = names.tags(settings)
    aws.cloudformation.update_stack(
        StackName=settings.function_name,
        TemplateBody=OTHER_TEMPLATE,
        Tags=[{"Key": key, "Value": value} for key, value in tags.items()],
    )
    aws.cloudformation.get_waiter("stack_update_complete").wait(
        StackName=settings.function_name, WaiterConfig={"Delay": 1}
    )

    with pytest.raises(DeployError, match=r"is gone, though stack|has no output 'Version'"):
        release.rollback(aws, settings, None, dialogue)
    assert release.delete(aws, settings, dialogue) == ()
    assert aws.stack(settings.function_name) is None


def test_a_function_that_somebody_removed_is_told_with_the_way_out(
    aws: Aws, settings: StageSettings, make_artifact: MakeArtifact, dialogue: Dialogue
) -> None:
    release.deploy(aws, settings, make_artifact("old"), dialogue)
    aws.functions.delete_function(FunctionName=settings.function_name)

    with pytest.raises(ReleaseError, match=r"is gone, though .*`lambwsgi delete dev` removes the rest"):
        release.deploy(aws, settings, make_artifact("new"), dialogue)
    release.delete(aws, settings, dialogue)
    deployed = release.deploy(aws, settings, make_artifact("new"), dialogue)

    assert deployed is not None
    assert deployed.version == "1"


def test_a_protected_stack_is_told_with_what_takes_the_protection_away(
    aws: Aws, settings: StageSettings, make_artifact: MakeArtifact, dialogue: Dialogue
) -> None:
    release.deploy(aws, settings, make_artifact(), dialogue)
    aws.cloudformation.update_termination_protection(StackName=settings.function_name, EnableTerminationProtection=True)

    with pytest.raises(AwsError, match="--no-enable-termination-protection"):
        release.delete(aws, settings, dialogue)


@pytest.mark.parametrize("by_hand", [False, True], ids=["ours", "somebody's"])
def test_delete_removes_an_empty_stack_where_nothing_waits_but_ours(
    aws: Aws, settings: StageSettings, dialogue: Dialogue, *, by_hand: bool
) -> None:
    request = ChangeSetRequest(settings.function_name, OTHER_TEMPLATE, {}, names.tags(settings))
    propose(aws, request, first=True, watch=Watch(every_seconds=0.05))
    if by_hand:
        aws.cloudformation.create_change_set(
            StackName=settings.function_name, ChangeSetName="mine", ChangeSetType="CREATE", TemplateBody=OTHER_TEMPLATE
        )

    with pytest.raises(NotDeployedError):
        release.delete(aws, settings, dialogue)

    assert (aws.stack(settings.function_name) is not None) is by_hand
