"""The permissions that docs/deploying.md names are enough, as an emulator that enforces IAM sees it."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from dataclasses import replace
from pathlib import Path
from typing import Any

import boto3
import pytest

from lambwsgi.deploy import operate, release
from lambwsgi.deploy.aws import Aws
from lambwsgi.deploy.errors import AccessDeniedError
from lambwsgi.deploy.logs import LogQuery, read_log
from lambwsgi.deploy.names import log_group_name
from lambwsgi.deploy.place import Place
from lambwsgi.deploy.release import Dialogue
from lambwsgi.package.artifact import Artifact
from lambwsgi.settings.model import StageSettings

pytestmark = pytest.mark.embedded

DOCS = Path(__file__).parent.parent.parent / "docs" / "deploying.md"
StartAws = Callable[..., AbstractContextManager[str]]


@pytest.fixture(scope="module")
def strict_endpoint(start_aws: StartAws) -> Iterator[str]:
    """The address of an embedded AWS that enforces IAM."""
    with start_aws(AUTH="true") as address:
        yield address


def policy(project: str) -> dict[str, Any]:
    """The policy that the docs print, for a project."""
    (text,) = re.findall(r"```json\n(.*?)```", DOCS.read_text(encoding="utf-8"), re.DOTALL)
    found: dict[str, Any] = json.loads(text.replace("PROJECT", project))
    return found


def deployer(
    endpoint: str, document: dict[str, Any], monkeypatch: pytest.MonkeyPatch, region: str = "us-east-1"
) -> Aws:
    """AWS as a user with that policy, and no other, sees it."""
    root = boto3.Session(aws_access_key_id="test", aws_secret_access_key="test", region_name="us-east-1")
    iam = root.client("iam", endpoint_url=endpoint)
    name = f"deployer-{len(iam.list_users()['Users'])}"
    iam.create_user(UserName=name)
    iam.put_user_policy(UserName=name, PolicyName="deploy", PolicyDocument=json.dumps(document))
    key = iam.create_access_key(UserName=name)["AccessKey"]
    monkeypatch.setenv("AWS_ENDPOINT_URL", endpoint)
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", key["AccessKeyId"])
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", key["SecretAccessKey"])
    monkeypatch.delenv("AWS_PROFILE", raising=False)
    return Aws(region=region)


def test_the_documented_policy_is_enough_for_every_command(
    strict_endpoint: str,
    settings: StageSettings,
    make_artifact: Callable[..., Artifact],
    dialogue: Dialogue,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    aws = deployer(strict_endpoint, policy(settings.project), monkeypatch)
    quiet = replace(dialogue, visit=None)

    release.plan(aws, settings, make_artifact("old"), quiet)
    release.deploy(aws, settings, make_artifact("old"), quiet)
    release.deploy(aws, settings, make_artifact("new"), quiet)
    release.rollback(aws, settings, None, quiet)
    operate.invoke(aws, settings, "{}")
    status = operate.status(Place(aws), settings)
    lines = list(read_log(aws, LogQuery(log_group_name(settings), 0)))
    release.delete(aws, settings, quiet)

    assert status.rolled_back
    assert lines


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
    document = policy(settings.project)
    for statement in document["Statement"]:
        statement["Action"] = [each for each in statement["Action"] if each != action]
    aws = deployer(strict_endpoint, document, monkeypatch, region)

    with pytest.raises(AccessDeniedError) as caught:
        release.deploy(aws, settings, make_artifact(), Dialogue(confirm=lambda plan: True, visit=None))

    assert caught.value.action == action
