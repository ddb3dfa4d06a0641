"""The permissions that `lambwsgi policy` prints are enough and none too many, as an emulator that enforces IAM sees it.

It asks for the permissions of who calls, and not for those that CloudFormation needs behind the call: that these are
all there is checked by type.
"""

from __future__ import annotations

import json
import os
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, nullcontext
from dataclasses import replace
from pathlib import Path
from typing import Any

import boto3
import pytest

from lambwsgi.deploy.aws.calls import Aws
from lambwsgi.deploy.aws.place import Place
from lambwsgi.deploy.aws.records import LogQuery
from lambwsgi.deploy.deployer.policy import deployer_policy
from lambwsgi.deploy.errors import AccessDeniedError, DeployError
from lambwsgi.deploy.logs.reading import read_log
from lambwsgi.deploy.names import log_group_name
from lambwsgi.deploy.rollout import release
from lambwsgi.deploy.rollout.dialogue import Dialogue
from lambwsgi.deploy.rollout.promotion import fetch_release
from lambwsgi.deploy.stack.drift_detection import thorough_look
from lambwsgi.deploy.stack.flow import deployed_stack
from lambwsgi.deploy.stack.following import Watch
from lambwsgi.deploy.stage.invocation import invoke_stage
from lambwsgi.deploy.stage.status import read_status
from lambwsgi.deploy.template.stage_template import build_template
from lambwsgi.package.artifact import Artifact
from lambwsgi.package.builders.container_image import build_image
from lambwsgi.settings.model import GatewayKind, StageSettings
from lambwsgi.settings.strategy import Strategy, StrategyKind
from tests.deploy.template.test_template import FRONTS
from tests.registry import push_base

pytestmark = pytest.mark.embedded

GOLDEN = Path(__file__).parents[2] / "templates"
StartAws = Callable[..., AbstractContextManager[str]]


@pytest.fixture(scope="module")
def strict_endpoint(start_aws: StartAws) -> Iterator[str]:
    """The address of an embedded AWS that enforces IAM."""
    with start_aws(AUTH="true") as address:
        yield address


def policy(settings: StageSettings, region: str = "us-east-1") -> dict[str, Any]:
    found: dict[str, Any] = deployer_policy(settings, build_template(settings, "0" * 64), region)
    return found


def deployer(
    endpoint: str, document: dict[str, Any], monkeypatch: pytest.MonkeyPatch, region: str = "us-east-1"
) -> Aws:
    """AWS as a user with that policy, and no other, sees it."""
    root = boto3.Session(aws_access_key_id="test", aws_secret_access_key="test", region_name="us-east-1")
    iam = root.client("iam", endpoint_url=endpoint)
    name = f"deployer-{len(iam.list_users()['Users'])}"
    iam.create_user(UserName=name)
    # ListLayerVersions goes by another name there (ministack 1.5.33); a simulation knows AWS's.
    listing = '"lambda:ListLayerVersions"'
    text = json.dumps(document).replace(listing, f'{listing}, "lambda:ListLayers"')
    iam.put_user_policy(UserName=name, PolicyName="deploy", PolicyDocument=text)
    key = iam.create_access_key(UserName=name)["AccessKey"]
    monkeypatch.setenv("AWS_ENDPOINT_URL", endpoint)
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", key["AccessKeyId"])
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", key["SecretAccessKey"])
    monkeypatch.delenv("AWS_PROFILE", raising=False)
    return Aws(region=region)


def run_everything(
    aws: Aws, settings: StageSettings, make_artifact: Callable[..., Artifact], dialogue: Dialogue
) -> None:
    said: list[str] = []
    quiet = replace(dialogue, visit=None, report=said.append)
    settings = settings.model_copy(update={"keep_versions": 2})
    fast = settings.model_copy(update={"fast_lane": True})
    release.plan(aws, settings, make_artifact("old"), quiet)
    release.deploy(aws, settings, make_artifact("old"), quiet)
    release.deploy(aws, settings, make_artifact("new"), quiet)
    assert thorough_look(aws, deployed_stack(aws, settings), pytest.fail) == ()
    aws.functions.update_alias(FunctionName=settings.function_name, Name="live", FunctionVersion="1")
    release.deploy(aws, settings, make_artifact("new"), quiet)
    assert release.deploy(aws, fast, make_artifact("newer"), quiet)
    release.deploy(aws, settings, make_artifact("newer"), quiet)
    assert "deleted, beyond `keep_versions: 2`: version 1" in said
    release.rollback(aws, settings, None, quiet)
    invoke_stage(aws, settings, "{}")
    assert read_status(Place(aws), settings).rolled_back
    assert list(read_log(aws, LogQuery(log_group_name(settings), 0)))
    assert release.delete(aws, settings, quiet)[1:] == ()


def test_the_policy_is_enough_for_every_command(
    strict_endpoint: str,
    settings: StageSettings,
    make_artifact: Callable[..., Artifact],
    dialogue: Dialogue,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    aws = deployer(strict_endpoint, policy(settings), monkeypatch)

    run_everything(aws, settings, make_artifact, dialogue)


@pytest.mark.parametrize("missing", ["DeleteFunction", "ListAliases"])
def test_versions_that_may_not_be_deleted_are_told_and_hold_nothing_up(
    strict_endpoint: str,
    settings: StageSettings,
    make_artifact: Callable[..., Artifact],
    dialogue: Dialogue,
    monkeypatch: pytest.MonkeyPatch,
    *,
    missing: str,
) -> None:
    stage = settings.model_copy(update={"keep_versions": 2, "prewarm": 0})
    document = policy(stage)
    for statement in document["Statement"]:
        statement["Action"] = [each for each in statement["Action"] if each != f"lambda:{missing}"]
    aws = deployer(strict_endpoint, document, monkeypatch)
    said: list[str] = []
    quiet = replace(dialogue, visit=None, report=said.append)
    for text in ("one", "two", "three"):
        deployed = release.deploy(aws, stage, make_artifact(text), quiet)

    assert deployed is not None
    assert deployed.version == "3"
    told = "warning: versions beyond `keep_versions: 2` could not be deleted: these credentials may not do"
    assert said[-1].startswith(f"{told} lambda:{missing} on ")


@pytest.mark.parametrize("missing", [None, "cloudwatch:DescribeAlarms", "cloudwatch:GetMetricData"])
def test_a_canary_needs_to_read_alarms_and_metrics_and_no_more(
    strict_endpoint: str,
    settings: StageSettings,
    make_artifact: Callable[..., Artifact],
    dialogue: Dialogue,
    monkeypatch: pytest.MonkeyPatch,
    *,
    missing: str | None,
) -> None:
    alarm = f"{settings.function_name}-5xx"
    stage = settings.model_copy(update={"strategy": Strategy(kind=StrategyKind.CANARY, minutes=1, alarms=(alarm,))})
    metric = {"Namespace": "Shop", "MetricName": "Failures", "Statistic": "Sum", "Period": 60, "EvaluationPeriods": 1}
    comparison = {"Threshold": 1, "ComparisonOperator": "GreaterThanThreshold"}
    Aws(endpoint_url=strict_endpoint).cloudwatch.put_metric_alarm(AlarmName=alarm, **metric, **comparison)
    document = policy(stage)
    document["Statement"] = [each for each in document["Statement"] if each["Action"] != [missing]]
    aws = deployer(strict_endpoint, document, monkeypatch)
    quiet = replace(dialogue, visit=None, watch=Watch(pause=lambda seconds: time.sleep(min(seconds, 0.02))))
    release.deploy(aws, stage, make_artifact("old"), quiet)

    with nullcontext() if missing is None else pytest.raises(DeployError, match=f"may not do {missing}"):
        release.deploy(aws, stage, make_artifact("new"), quiet)

    assert aws.version(stage.function_name, "live").number == (2 if missing is None else 1)


def take_away(document: dict[str, Any], action: str) -> list[str]:
    """Take the first statement with that action out of the policy; all of its actions."""
    found = next(each for each in document["Statement"] if action in each["Action"])
    document["Statement"].remove(found)
    actions: list[str] = found["Action"]
    return actions


@pytest.mark.parametrize(
    "action",
    [
        "cloudformation:CreateChangeSet",
        "s3:CreateBucket",
        "s3:PutObject",
        "lambda:InvokeFunction",
        "logs:FilterLogEvents",
    ],
)
def test_without_one_of_its_own_statements_something_is_refused(
    strict_endpoint: str,
    settings: StageSettings,
    make_artifact: Callable[..., Artifact],
    dialogue: Dialogue,
    monkeypatch: pytest.MonkeyPatch,
    *,
    action: str,
) -> None:
    region = "eu-west-3" if action == "s3:CreateBucket" else "us-east-1"  # where no other test has made the bucket
    document = policy(settings, region)
    taken_away = take_away(document, action)
    aws = deployer(strict_endpoint, document, monkeypatch, region)

    with pytest.raises(AccessDeniedError) as refused:
        run_everything(aws, settings, make_artifact, dialogue)

    assert refused.value.action in taken_away


def run_with_image(aws: Aws, settings: StageSettings, folder: Path, dialogue: Dialogue) -> None:
    quiet = replace(dialogue, visit=None)
    # The registry that the emulator tells of is the cloud's; its own answers where all else does.
    aws.endpoint_url = os.environ["AWS_ENDPOINT_URL"]
    (folder / "app.py").write_text(
        "def app(environ, start_response):\n    start_response('200 OK', [])\n    return []\n"
    )
    artifact = build_image(settings, folder, folder / "layers")
    release.plan(aws, settings, artifact, quiet)
    release.deploy(aws, settings, artifact, quiet)
    fetched = fetch_release(aws, settings, settings, folder, lambda text: None)
    release.deploy(aws, settings, fetched, quiet)
    release.delete(aws, settings, quiet)


@pytest.fixture
def image_stage(aws: Aws, settings: StageSettings) -> StageSettings:
    """A stage whose function is an image; its base lies in a registry that asks for no login."""
    image = {"app": "app:app", "package": "image", "base_image": push_base(aws, "3"), "warm": False, "bytecode": False}
    return StageSettings.model_validate({**settings.model_dump(exclude_unset=True), **image})


def test_the_policy_is_enough_for_an_image_and_knows_no_bucket(
    strict_endpoint: str,
    image_stage: StageSettings,
    dialogue: Dialogue,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
) -> None:
    document = policy(image_stage)
    aws = deployer(strict_endpoint, document, monkeypatch)

    run_with_image(aws, image_stage, tmp_path, dialogue)

    actions = {action for statement in document["Statement"] for action in statement["Action"]}
    assert not [action for action in actions if action.startswith("s3:")]


@pytest.mark.parametrize("action", ["ecr:GetAuthorizationToken", "ecr:PutImage"])
def test_without_a_statement_for_images_something_is_refused(
    strict_endpoint: str,
    image_stage: StageSettings,
    dialogue: Dialogue,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    *,
    action: str,
) -> None:
    document = policy(image_stage)
    taken_away = take_away(document, action)
    aws = deployer(strict_endpoint, document, monkeypatch)

    with pytest.raises(AccessDeniedError) as refused:
        run_with_image(aws, image_stage, tmp_path, dialogue)

    assert refused.value.action in taken_away


def test_every_type_of_resource_that_a_template_may_have_is_known() -> None:
    templates = [json.loads(path.read_text("utf-8")) for path in sorted(GOLDEN.glob("*.json"))]
    settings = StageSettings(project="shop", stage="dev", app="shop:app")

    for template in templates:
        assert deployer_policy(settings, template, None)["Statement"]


@pytest.mark.parametrize("gateway", [GatewayKind.HTTP_API, GatewayKind.REST_API])
def test_the_gateways_own_log_is_made_and_read(settings: StageSettings, gateway: GatewayKind) -> None:
    document = policy(settings.model_copy(update={"gateway": gateway, "gateway_log": True}))

    group = f"arn:aws:logs:us-east-1:*:log-group:/aws/vendedlogs/{settings.function_name}"
    allowed = {
        action
        for statement in document["Statement"]
        if statement["Resource"] == [group, f"{group}:*"]
        for action in statement["Action"]
    }
    assert {"logs:CreateLogGroup", "logs:DeleteLogGroup", "logs:FilterLogEvents"} <= allowed


def test_cloudfront_is_allowed_where_it_stands_before_the_stage_and_nowhere_else() -> None:
    plain = StageSettings(project="shop", stage="dev", app="shop:app")
    closed = StageSettings.model_validate({**plain.model_dump(), **FRONTS["function_url_behind_cloudfront"]})

    kinds = [
        {each["Resource"][0] for each in policy(stage)["Statement"] if each["Action"][0].startswith("cloudfront:")}
        for stage in (plain, closed)
    ]

    prefix = "arn:aws:cloudfront::*:"
    assert kinds == [set(), {f"{prefix}distribution/*", f"{prefix}origin-access-control/*"}]


def test_nothing_outside_the_stage_is_allowed_but_what_has_no_name_yet() -> None:
    settings = StageSettings(project="shop", stage="dev", app="shop:app", gateway=GatewayKind.REST_API)
    document = policy(settings)

    wide = {
        action
        for statement in document["Statement"]
        for action in statement["Action"]
        if not all("shop" in resource for resource in statement["Resource"])
    }
    assert {action.partition(":")[0] for action in wide} == {
        "sts",
        "cloudformation",
        "s3",
        "lambda",
        "logs",
        "apigateway",
    }
    assert {action for action in wide if action.startswith("lambda")} == {"lambda:ListLayerVersions"}
    assert {action for action in wide if action.startswith("logs")} == {"logs:DescribeLogGroups"}


@pytest.mark.parametrize(
    ("region", "partition"), [("us-east-1", "aws"), ("cn-north-1", "aws-cn"), ("us-gov-west-1", "aws-us-gov")]
)
def test_arns_are_of_the_regions_part_of_aws(region: str, partition: str) -> None:
    settings = StageSettings(project="shop", stage="dev", app="shop:app")
    resources = [each for statement in policy(settings, region)["Statement"] for each in statement["Resource"]]

    assert {each.split(":")[1] for each in resources if each != "*"} == {partition}


@pytest.mark.parametrize(
    ("action", "region"),
    [
        ("cloudformation:CreateChangeSet", "us-east-1"),
        ("cloudformation:ExecuteChangeSet", "us-east-1"),
        ("cloudformation:DescribeStackEvents", "us-east-1"),
        ("s3:PutObject", "us-east-1"),
        ("s3:CreateBucket", "eu-west-2"),  # where no other test has made the bucket
    ],
)
def test_a_missing_permission_is_named(
    strict_endpoint: str,
    settings: StageSettings,
    make_artifact: Callable[..., Artifact],
    monkeypatch: pytest.MonkeyPatch,
    *,
    action: str,
    region: str,
) -> None:
    document = policy(settings, region)
    for statement in document["Statement"]:
        statement["Action"] = [each for each in statement["Action"] if each != action]
    aws = deployer(strict_endpoint, document, monkeypatch, region)

    with pytest.raises(AccessDeniedError) as caught:
        release.deploy(aws, settings, make_artifact(), Dialogue(confirm=lambda plan: True, visit=None))

    assert caught.value.action == action
