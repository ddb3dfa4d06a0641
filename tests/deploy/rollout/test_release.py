"""Deployments from the first to the last, against a real emulator of CloudFormation, Lambda and its gateways."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from lambwsgi.deploy.aws.calls import Aws
from lambwsgi.deploy.aws.records import StackEvent
from lambwsgi.deploy.errors import (
    BucketError,
    ForeignStackError,
    NotDeployedError,
    ReleaseError,
    SmokeError,
    StackFailedError,
)
from lambwsgi.deploy.rollout import release
from lambwsgi.deploy.rollout.dialogue import Deployed, Dialogue
from lambwsgi.deploy.rollout.prewarm import warm_version
from lambwsgi.deploy.stack.following import Watch
from lambwsgi.deploy.stack.plan import Deed, Plan
from lambwsgi.package.artifact import Artifact
from lambwsgi.settings.model import GatewayKind, StageSettings
from lambwsgi.settings.warm import Schedule, Warm

pytestmark = pytest.mark.embedded

MakeArtifact = Callable[..., Artifact]


def text_of(deployed: Deployed | None) -> str:
    assert deployed is not None
    assert deployed.answer is not None
    return deployed.answer.text


@pytest.mark.parametrize("gateway", [GatewayKind.FUNCTION_URL, GatewayKind.HTTP_API, GatewayKind.REST_API])
def test_a_first_deploy_creates_the_stage_and_the_site_answers(
    aws: Aws, settings: StageSettings, make_artifact: MakeArtifact, dialogue: Dialogue, gateway: GatewayKind
) -> None:
    stage = settings.model_copy(update={"gateway": gateway})

    deployed = release.deploy(aws, stage, make_artifact("hello"), dialogue)

    assert deployed is not None
    assert text_of(deployed) == "hello"
    assert (deployed.stack_name, deployed.version, deployed.changed) == (stage.function_name, "1", True)


def test_a_second_deploy_of_the_same_changes_nothing(
    aws: Aws, settings: StageSettings, make_artifact: MakeArtifact, dialogue: Dialogue
) -> None:
    artifact = make_artifact("hello")
    release.deploy(aws, settings, artifact, dialogue)
    waiting = aws.change_set_ids(settings.function_name)

    deployed = release.deploy(aws, settings, artifact, dialogue)

    assert deployed is not None
    assert (deployed.version, deployed.changed, deployed.answer) == ("1", False, None)
    assert aws.change_set_ids(settings.function_name) == waiting


def test_an_update_publishes_a_new_version_and_keeps_the_old(
    aws: Aws, settings: StageSettings, make_artifact: MakeArtifact, dialogue: Dialogue
) -> None:
    release.deploy(aws, settings, make_artifact("old"), dialogue)

    deployed = release.deploy(aws, settings, make_artifact("new"), dialogue)

    assert text_of(deployed) == "new"
    assert [(each.version.number, each.live) for each in release.releases(aws, settings)] == [(2, True), (1, False)]


def test_a_new_version_is_tried_and_warmed_before_it_serves(
    aws: Aws, settings: StageSettings, make_artifact: MakeArtifact, dialogue: Dialogue
) -> None:
    said: list[tuple[str, int]] = []

    def report(text: str) -> None:
        said.append((text, aws.version(settings.function_name, "live").number))

    release.deploy(aws, settings, make_artifact("old"), dialogue)
    release.deploy(aws, settings, make_artifact("new"), replace(dialogue, report=report))

    assert ("1 of 1 environments of version 2 are warm", 1) in said
    assert aws.version(settings.function_name, "live").number == 2


def test_a_version_that_fails_never_serves_however_often_it_is_deployed(
    aws: Aws, settings: StageSettings, make_artifact: MakeArtifact, dialogue: Dialogue
) -> None:
    release.deploy(aws, settings, make_artifact("good"), dialogue)

    for _ in range(2):
        with pytest.raises(SmokeError, match=r"version 2 is published but does not serve, since GET / answers 500"):
            release.deploy(aws, settings, make_artifact("bad", 500), dialogue)
        assert aws.version(settings.function_name, "live").number == 1

    deployed = release.deploy(aws, settings, make_artifact("better"), dialogue)
    assert text_of(deployed) == "better"


def test_a_deployment_that_is_cut_off_before_the_switch_goes_on_from_there(
    aws: Aws, settings: StageSettings, make_artifact: MakeArtifact, dialogue: Dialogue
) -> None:
    def leave(text: str) -> None:
        if "are warm" in text:
            raise KeyboardInterrupt

    release.deploy(aws, settings, make_artifact("old"), dialogue)
    with pytest.raises(KeyboardInterrupt):
        release.deploy(aws, settings, make_artifact("new"), replace(dialogue, report=leave))
    assert aws.version(settings.function_name, "live").number == 1

    deployed = release.deploy(aws, settings, make_artifact("new"), dialogue)

    assert text_of(deployed) == "new"
    assert [each.version.number for each in release.releases(aws, settings)] == [2, 1]


def test_an_environment_that_is_not_warmed_is_told_and_holds_nothing_up(
    aws: Aws, settings: StageSettings, make_artifact: MakeArtifact, dialogue: Dialogue
) -> None:
    said: list[str] = []

    # There is no such version, so whatever is sent to it is refused.
    release.deploy(aws, settings, make_artifact("old"), dialogue)
    warm_version(aws, settings, 7, said.append)

    assert said[0].startswith("warning: an environment of version 7 was not warmed: ")
    assert said[1] == "0 of 1 environments of version 7 are warm"


def test_without_prewarming_the_version_serves_at_once(
    aws: Aws, settings: StageSettings, make_artifact: MakeArtifact, dialogue: Dialogue
) -> None:
    at_once = settings.model_copy(update={"prewarm": 0})
    said: list[str] = []
    release.deploy(aws, at_once, make_artifact("old"), dialogue)

    deployed = release.deploy(aws, at_once, make_artifact("new"), replace(dialogue, report=said.append))

    assert text_of(deployed) == "new"
    assert not [text for text in said if "warm" in text]


def test_schedules_that_are_turned_off_are_gone_with_the_next_deploy(
    aws: Aws, settings: StageSettings, make_artifact: MakeArtifact, dialogue: Dialogue
) -> None:
    artifact = make_artifact("hello")
    both = settings.model_copy(
        update={
            "warm": Warm(schedules={"day": Schedule(concurrency=2), "night": Schedule(schedule="rate(10 minutes)")})
        }
    )

    release.deploy(aws, both, artifact, dialogue)
    made = schedules(aws, settings)
    release.deploy(aws, settings.model_copy(update={"warm": False}), artifact, dialogue)

    assert sorted(made) == ["rate(10 minutes)", "rate(4 minutes)"]
    assert schedules(aws, settings) == []


def test_configuration_alone_goes_live_with_a_version_of_its_own(
    aws: Aws, settings: StageSettings, make_artifact: MakeArtifact, dialogue: Dialogue
) -> None:
    artifact = make_artifact("hello")
    release.deploy(aws, settings, artifact, dialogue)

    release.deploy(aws, settings.model_copy(update={"memory_mb": 1024}), artifact, dialogue)

    assert [(each.version.number, each.version.memory_mb) for each in release.releases(aws, settings)] == [
        (2, 1024),
        (1, 512),
    ]


def test_a_rollback_serves_the_version_before_and_the_next_deploy_goes_forward(
    aws: Aws, settings: StageSettings, make_artifact: MakeArtifact, dialogue: Dialogue
) -> None:
    release.deploy(aws, settings, make_artifact("old"), dialogue)
    release.deploy(aws, settings, make_artifact("new"), dialogue)

    back = release.rollback(aws, settings, None, dialogue)
    forward = release.deploy(aws, settings, make_artifact("new"), dialogue)

    assert (text_of(back), text_of(forward)) == ("old", "new")
    assert forward is not None
    assert forward.version == "2"


def test_a_rollback_to_a_number_may_go_forward_again(
    aws: Aws, settings: StageSettings, make_artifact: MakeArtifact, dialogue: Dialogue
) -> None:
    for text in ("one", "two", "three"):
        release.deploy(aws, settings, make_artifact(text), dialogue)

    back = release.rollback(aws, settings, 1, dialogue)
    forward = release.rollback(aws, settings, 2, dialogue)

    assert (text_of(back), text_of(forward)) == ("one", "two")


def test_streaming_is_switched_with_its_gateway_at_once_and_not_by_a_rollback(
    aws: Aws, settings: StageSettings, make_artifact: MakeArtifact, dialogue: Dialogue
) -> None:
    said: list[str] = []
    streaming = settings.model_copy(update={"streaming": True})
    release.deploy(aws, settings, make_artifact("whole"), dialogue)

    release.deploy(aws, streaming, make_artifact("streamed"), replace(dialogue, report=said.append, visit=None))
    with pytest.raises(ReleaseError, match="version 1 gives its responses whole, while version 2 streams") as refused:
        release.rollback(aws, settings, None, dialogue)

    assert "`streaming` is switched, so the new version serves without being tried first" in said
    assert "set `streaming` as it was then" in str(refused.value)
    assert aws.version(settings.function_name, "live").number == 2


def test_a_rollback_that_has_nowhere_to_go_says_so(
    aws: Aws, settings: StageSettings, make_artifact: MakeArtifact, dialogue: Dialogue
) -> None:
    release.deploy(aws, settings, make_artifact("only"), dialogue)

    with pytest.raises(ReleaseError, match="nothing to go back to"):
        release.rollback(aws, settings, None, dialogue)
    with pytest.raises(ReleaseError, match="there is no version 7; there are 1"):
        release.rollback(aws, settings, 7, dialogue)


def test_an_earlier_artifact_can_be_deployed_again(
    aws: Aws, settings: StageSettings, make_artifact: MakeArtifact, dialogue: Dialogue
) -> None:
    for text in ("old", "new"):
        release.deploy(aws, settings, make_artifact(text), dialogue)

    deployed = release.deploy(aws, settings, make_artifact("old"), dialogue)

    assert text_of(deployed) == "old"


def test_a_plan_that_is_not_confirmed_leaves_nothing_but_the_artifact(
    aws: Aws, settings: StageSettings, make_artifact: MakeArtifact, dialogue: Dialogue
) -> None:
    seen: list[Plan] = []

    def refuse(plan: Plan) -> bool:
        seen.append(plan)
        return False

    deployed = release.deploy(aws, settings, make_artifact(), replace(dialogue, confirm=refuse))

    assert deployed is None
    assert seen[0].creates_stack
    assert aws.stack(settings.function_name) is None


def test_a_question_that_is_cut_short_leaves_nothing_either(
    aws: Aws, settings: StageSettings, make_artifact: MakeArtifact, dialogue: Dialogue
) -> None:
    def leave(plan: Plan) -> bool:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        release.deploy(aws, settings, make_artifact(), replace(dialogue, confirm=leave))

    assert aws.stack(settings.function_name) is None


def test_a_plan_shows_what_a_deploy_would_do_and_leaves_nothing(
    aws: Aws, settings: StageSettings, make_artifact: MakeArtifact, dialogue: Dialogue
) -> None:
    plan = release.plan(aws, settings, make_artifact(), dialogue)

    assert plan is not None
    assert {change.deed for change in plan.changes} == {Deed.ADD}
    assert "Function" in {change.logical_id for change in plan.changes}
    assert aws.stack(settings.function_name) is None


def test_a_plan_for_another_gateway_warns_of_the_url(
    aws: Aws, settings: StageSettings, make_artifact: MakeArtifact, dialogue: Dialogue
) -> None:
    artifact = make_artifact()
    release.deploy(aws, settings, artifact, dialogue)

    other = settings.model_copy(update={"gateway": GatewayKind.HTTP_API})
    plan = release.plan(aws, other, artifact, dialogue)

    assert plan is not None
    assert plan.risks == ("the public URL changes",)
    assert "anyone on the internet may call HttpApiRoute" in plan.permissions_added
    assert "anyone on the internet may lambda:InvokeFunctionUrl on LiveAlias" in plan.permissions_removed


def test_nothing_to_plan_is_nothing(
    aws: Aws, settings: StageSettings, make_artifact: MakeArtifact, dialogue: Dialogue
) -> None:
    artifact = make_artifact()
    release.deploy(aws, settings, artifact, dialogue)

    assert release.plan(aws, settings, artifact, dialogue) is None


def test_a_failed_first_deploy_is_cleaned_up_and_can_be_repeated(
    aws: Aws, settings: StageSettings, make_artifact: MakeArtifact, dialogue: Dialogue
) -> None:
    bucket = f"{settings.project}-artifacts"
    stage = settings.model_copy(update={"bucket": bucket})
    artifact = make_artifact("hello")
    aws.s3.create_bucket(Bucket=bucket)

    def move_the_bucket_away(plan: Plan) -> bool:
        remake_bucket(aws, bucket, "eu-west-1")
        return True

    with pytest.raises(StackFailedError, match=r"Function: .* S3 Error Code: PermanentRedirect"):
        release.deploy(aws, stage, artifact, replace(dialogue, confirm=move_the_bucket_away))
    assert aws.stack(stage.function_name) is None

    again = Aws(region=aws.region, endpoint_url=aws.endpoint_url)
    remake_bucket(aws, bucket, "us-east-1")
    assert text_of(release.deploy(again, stage, artifact, dialogue)) == "hello"


def remake_bucket(aws: Aws, bucket: str, region: str) -> None:
    """The bucket anew, empty and perhaps in another region."""
    # Clients remember where a bucket is, so each step has one of its own.
    before = Aws(region=aws.region, endpoint_url=aws.endpoint_url).s3
    for each in before.list_objects_v2(Bucket=bucket).get("Contents", []):
        before.delete_object(Bucket=bucket, Key=each["Key"])
    before.delete_bucket(Bucket=bucket)
    Aws(region=region, endpoint_url=aws.endpoint_url).create_bucket(bucket)


def test_a_failed_update_leaves_the_site_as_it_was_and_can_be_repeated(
    aws: Aws, settings: StageSettings, make_artifact: MakeArtifact, dialogue: Dialogue
) -> None:
    release.deploy(aws, settings, make_artifact("old"), dialogue)
    new = make_artifact("new")

    def lose_the_artifact(plan: Plan) -> bool:
        bucket = f"lambwsgi-artifacts-{aws.account}-us-east-1"
        aws.s3.delete_object(Bucket=bucket, Key=f"lambwsgi/{settings.project}/{new.sha256}.zip")
        return True

    with pytest.raises(StackFailedError, match="Function"):
        release.deploy(aws, settings, new, replace(dialogue, confirm=lose_the_artifact))

    assert [(each.version.number, each.live) for each in release.releases(aws, settings)] == [(1, True)]
    assert text_of(release.deploy(aws, settings, new, dialogue)) == "new"


def test_events_of_a_deploy_are_heard_once_each(
    aws: Aws, settings: StageSettings, make_artifact: MakeArtifact, dialogue: Dialogue
) -> None:
    heard: list[StackEvent] = []
    listening = replace(dialogue, watch=Watch(on_event=heard.append, every_seconds=0.05))

    release.deploy(aws, settings, make_artifact("old"), listening)
    release.deploy(aws, settings, make_artifact("new"), listening)

    assert len({event.event_id for event in heard}) == len(heard)
    assert "UPDATE_COMPLETE" in {event.status for event in heard if event.logical_id == settings.function_name}


def test_an_artifact_that_is_in_the_bucket_is_not_sent_again(
    aws: Aws, settings: StageSettings, make_artifact: MakeArtifact, dialogue: Dialogue
) -> None:
    sent: list[int] = []
    counting = replace(dialogue, sent=sent.append)
    artifact = make_artifact("hello")

    release.deploy(aws, settings, artifact, counting)
    release.deploy(aws, settings.model_copy(update={"memory_mb": 1024}), artifact, counting)

    assert sum(sent) == artifact.zipped_bytes


def test_a_bucket_that_the_settings_name_is_not_made(
    aws: Aws, settings: StageSettings, make_artifact: MakeArtifact, dialogue: Dialogue
) -> None:
    stage = settings.model_copy(update={"bucket": "a-bucket-that-is-not-there"})

    with pytest.raises(BucketError, match="'a-bucket-that-is-not-there', named in the settings file, does not exist"):
        release.deploy(aws, stage, make_artifact(), dialogue)


def test_a_stack_that_somebody_else_made_is_never_touched(
    aws: Aws, settings: StageSettings, make_artifact: MakeArtifact, dialogue: Dialogue
) -> None:
    template = '{"Resources": {"Topic": {"Type": "AWS::SNS::Topic"}}}'
    aws.cloudformation.create_stack(StackName=settings.function_name, TemplateBody=template)

    for act in (
        lambda: release.deploy(aws, settings, make_artifact(), dialogue),
        lambda: release.plan(aws, settings, make_artifact(), dialogue),
        lambda: release.delete(aws, settings, dialogue),
        lambda: release.rollback(aws, settings, None, dialogue),
    ):
        with pytest.raises(ForeignStackError):
            act()


def test_an_application_that_fails_is_told_with_what_to_do(
    aws: Aws, settings: StageSettings, make_artifact: MakeArtifact, dialogue: Dialogue
) -> None:
    hurried = replace(dialogue, watch=Watch(pause=lambda seconds: None))

    with pytest.raises(SmokeError, match="lambwsgi rollback dev") as caught:
        release.deploy(aws, settings, make_artifact("broken", status=500), hurried)

    assert caught.value.status == 500


def test_delete_leaves_nothing_but_the_bucket(
    aws: Aws, settings: StageSettings, make_artifact: MakeArtifact, dialogue: Dialogue
) -> None:
    for text in ("old", "new"):
        release.deploy(aws, settings, make_artifact(text), dialogue)

    left = release.delete(aws, settings, dialogue)

    bucket = f"lambwsgi-artifacts-{aws.account}-us-east-1"
    assert left == (f"s3://{bucket}/lambwsgi/{settings.project}/: the artifacts, which other stages may share",)
    assert leftovers(aws, settings) == []
    with pytest.raises(NotDeployedError):
        release.delete(aws, settings, dialogue)


def schedules(aws: Aws, settings: StageSettings) -> list[str]:
    """When the schedules of the stage fire."""
    client = aws._session.client("scheduler", endpoint_url=aws.endpoint_url)
    listed = [each for page in client.get_paginator("list_schedules").paginate() for each in page["Schedules"]]
    found = [client.get_schedule(Name=each["Name"]) for each in listed]
    return [each["ScheduleExpression"] for each in found if settings.function_name in each["Target"]["Arn"]]


def leftovers(aws: Aws, settings: StageSettings) -> list[str]:
    """Names of what still bears the stage's name, over the services that a stack uses."""
    session = aws._session
    name = settings.function_name
    iam = session.client("iam", endpoint_url=aws.endpoint_url).list_roles()["Roles"]
    groups = aws.logs.describe_log_groups(logGroupNamePrefix=f"/aws/lambda/{name}")["logGroups"]
    schedules = session.client("scheduler", endpoint_url=aws.endpoint_url).list_schedules()["Schedules"]
    functions = aws.functions.list_functions()["Functions"]
    named = [
        *(role["RoleName"] for role in iam),
        *(group["logGroupName"] for group in groups),
        *(schedule["Name"] for schedule in schedules),
        *(function["FunctionName"] for function in functions),
    ]
    return [each for each in named if name in each]
