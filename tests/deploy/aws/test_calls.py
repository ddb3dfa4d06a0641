"""The conversion of AWS's answers and refusals, against botocore's own models of both."""

from __future__ import annotations

import io
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from botocore.response import StreamingBody
from botocore.stub import ANY, Stubber

from lambwsgi.deploy.aws.calls import Aws
from lambwsgi.deploy.aws.records import ChangeSetRequest, LogQuery, PropertyChange
from lambwsgi.deploy.errors import (
    AccessDeniedError,
    AwsError,
    BucketError,
    CredentialsError,
    DeployError,
    RegionError,
)

NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)
STACK = {"StackName": "shop-dev", "StackId": "arn:stack", "CreationTime": NOON, "StackStatus": "CREATE_COMPLETE"}


@pytest.fixture
def offline(monkeypatch: pytest.MonkeyPatch) -> Aws:
    """AWS with keys that no service has seen; every client has to be stubbed."""
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "AKIAEXAMPLE")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "example")
    return Aws(region="eu-west-1")


@pytest.fixture
def nowhere(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """A machine on which nobody has set up AWS."""
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_PROFILE", "AWS_REGION", "AWS_DEFAULT_REGION"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    monkeypatch.setenv("AWS_CONFIG_FILE", str(tmp_path / "config"))
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", str(tmp_path / "credentials"))


@pytest.mark.usefixtures("nowhere")
def test_without_a_region_nothing_is_asked() -> None:
    with pytest.raises(RegionError, match="set `region`"):
        Aws()


@pytest.mark.usefixtures("nowhere")
def test_a_machine_that_has_never_seen_aws_is_told_of_region_and_credentials_at_once() -> None:
    with pytest.raises(
        RegionError, match=r"no AWS region: set `region`.*; and no AWS credentials: run `aws configure`"
    ):
        Aws()


@pytest.mark.usefixtures("nowhere")
def test_where_there_are_credentials_only_the_region_is_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "AKIAEXAMPLE")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "example")

    with pytest.raises(RegionError, match=r"one for the profile$"):
        Aws()


@pytest.mark.usefixtures("nowhere")
@pytest.mark.parametrize("variable", ["AWS_REGION", "AWS_DEFAULT_REGION"])
def test_the_region_may_come_from_the_environment(variable: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(variable, "eu-north-1")

    assert Aws().region == "eu-north-1"


@pytest.mark.usefixtures("nowhere")
def test_without_credentials_the_error_says_how_to_get_some() -> None:
    with pytest.raises(CredentialsError, match="aws configure"):
        Aws(region="eu-west-1").stack("shop-dev")


@pytest.mark.usefixtures("nowhere")
def test_an_unknown_profile_is_named() -> None:
    with pytest.raises(CredentialsError, match="nobody"):
        Aws(region="eu-west-1", profile="nobody")


def test_a_service_that_does_not_answer_is_a_network_matter() -> None:
    aws = Aws(endpoint_url="http://127.0.0.1:9")

    with pytest.raises(AwsError, match="check network"):
        aws.stack("shop-dev")


def test_the_embedded_aws_never_sees_the_credentials_of_this_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "AKIAEXAMPLE")
    monkeypatch.setenv("AWS_PROFILE", "company")

    aws = Aws(endpoint_url="http://127.0.0.1:9")

    request = aws.s3.generate_presigned_url("get_object", Params={"Bucket": "b", "Key": "k"})
    assert "AWSAccessKeyId=test" in request or "Credential=test" in request


@pytest.mark.embedded
def test_the_embedded_aws_is_never_asked_through_a_proxy(endpoint: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:9")
    monkeypatch.delenv("NO_PROXY", raising=False)
    monkeypatch.delenv("no_proxy", raising=False)

    assert Aws(endpoint_url=endpoint).account == "000000000000"


def test_a_stack_that_does_not_exist_is_none(offline: Aws) -> None:
    with Stubber(offline.cloudformation) as stub:
        stub.add_client_error(
            "describe_stacks", "ValidationError", "Stack with id shop-dev does not exist", http_status_code=400
        )

        assert offline.stack("shop-dev") is None


def test_another_validation_error_is_not_taken_for_an_absent_stack(offline: Aws) -> None:
    with Stubber(offline.cloudformation) as stub:
        stub.add_client_error("describe_stacks", "ValidationError", "1 validation error detected", http_status_code=400)

        with pytest.raises(AwsError, match="1 validation error"):
            offline.stack("shop-dev")


def test_a_stack_is_read_whole(offline: Aws) -> None:
    answer = {
        **STACK,
        "Outputs": [{"OutputKey": "Url", "OutputValue": "https://shop.example/"}],
        "Parameters": [{"ParameterKey": "LiveVersion", "ParameterValue": "3"}],
        "Tags": [{"Key": "lambwsgi:project", "Value": "shop"}],
    }
    with Stubber(offline.cloudformation) as stub:
        stub.add_response("describe_stacks", {"Stacks": [answer]}, {"StackName": "shop-dev"})
        stack = offline.stack("shop-dev")

    assert stack is not None
    assert (stack.outputs, stack.parameters) == ({"Url": "https://shop.example/"}, {"LiveVersion": "3"})
    assert (stack.tags, stack.updated) == ({"lambwsgi:project": "shop"}, NOON)


def test_a_change_set_is_read_over_all_its_pages(offline: Aws) -> None:
    head = {"ChangeSetId": "arn:cs", "StackId": "arn:stack", "StackName": "shop-dev", "Status": "CREATE_COMPLETE"}
    target = {"Attribute": "Properties", "Name": "MemorySize", "BeforeValue": "512", "AfterValue": "1024"}
    changes = [
        {"Action": "Modify", "LogicalResourceId": "Function", "ResourceType": "AWS::Lambda::Function",
         "Replacement": "False", "Details": [{"Target": target}]},
        {"Action": "Add", "LogicalResourceId": "Version1", "ResourceType": "AWS::Lambda::Version"},
    ]  # fmt: skip
    pages = [{**head, "Changes": [{"Type": "Resource", "ResourceChange": change}]} for change in changes]
    question = {"StackName": "shop-dev", "ChangeSetName": "arn:cs", "IncludePropertyValues": True}
    with Stubber(offline.cloudformation) as stub:
        stub.add_response("describe_change_set", {**pages[0], "NextToken": "more"}, question)
        stub.add_response("describe_change_set", pages[1], {**question, "NextToken": "more"})
        change_set = offline.change_set("arn:cs", "shop-dev")

    assert [change.logical_id for change in change_set.changes] == ["Function", "Version1"]
    assert change_set.changes[0].properties == (PropertyChange("MemorySize", "512", "1024"),)


@pytest.mark.parametrize(
    ("template", "first", "expected"),
    [
        ("{}", True, {"TemplateBody": "{}", "ChangeSetType": "CREATE"}),
        (None, False, {"UsePreviousTemplate": True, "ChangeSetType": "UPDATE"}),
    ],
    ids=["a new template", "the template that the stack has"],
)
def test_a_change_set_is_asked_for(
    offline: Aws, template: str | None, first: bool, expected: dict[str, object]
) -> None:
    request = ChangeSetRequest("shop-dev", template, {"LiveVersion": "3"}, {"team": "web"})
    with Stubber(offline.cloudformation) as stub:
        question = {
            "StackName": "shop-dev",
            "ChangeSetName": "lambwsgi-1",
            "Parameters": [{"ParameterKey": "LiveVersion", "ParameterValue": "3"}],
            "Tags": [{"Key": "team", "Value": "web"}],
            "Capabilities": ["CAPABILITY_IAM"],
            **expected,
        }
        stub.add_response("create_change_set", {"Id": "arn:cs"}, question)

        offline.create_change_set(request, name="lambwsgi-1", first=first)

        stub.assert_no_pending_responses()


@pytest.mark.parametrize(
    ("status", "code", "expected"), [(404, "404", None), (403, "403", BucketError)], ids=["absent", "somebody else's"]
)
def test_a_bucket_is_known_by_its_owner(
    offline: Aws, status: int, code: str, expected: type[DeployError] | None
) -> None:
    with Stubber(offline.s3) as stub:
        stub.add_client_error(
            "head_bucket",
            code,
            http_status_code=status,
            expected_params={"Bucket": "b", "ExpectedBucketOwner": "1" * 12},
        )
        if expected is None:
            assert offline.bucket_region("b", owner="1" * 12) is None
        else:
            with pytest.raises(expected, match="another account"):
                offline.bucket_region("b", owner="1" * 12)


def test_a_bucket_is_made_private_and_encrypted_in_the_region(offline: Aws) -> None:
    closed = {
        "BlockPublicAcls": True,
        "IgnorePublicAcls": True,
        "BlockPublicPolicy": True,
        "RestrictPublicBuckets": True,
    }
    with Stubber(offline.s3) as stub:
        stub.add_response(
            "create_bucket", {}, {"Bucket": "b", "CreateBucketConfiguration": {"LocationConstraint": "eu-west-1"}}
        )
        stub.add_response("put_public_access_block", {}, {"Bucket": "b", "PublicAccessBlockConfiguration": closed})
        stub.add_response("put_bucket_encryption", {}, {"Bucket": "b", "ServerSideEncryptionConfiguration": ANY})
        offline.create_bucket("b")

        stub.assert_no_pending_responses()


def test_an_object_that_may_not_be_read_is_no_missing_object(offline: Aws) -> None:
    with Stubber(offline.s3) as stub:
        stub.add_client_error("head_object", "403", http_status_code=403)

        with pytest.raises(AccessDeniedError) as caught:
            offline.has_object("b", "k", owner="1" * 12)

    assert caught.value.action == "s3:GetObject"


def test_versions_come_oldest_first_without_the_draft(offline: Aws) -> None:
    numbers = ["$LATEST", "10", "9"]
    answer = {"Versions": [{"Version": number, "CodeSha256": "q80="} for number in numbers]}
    with Stubber(offline.functions) as stub:
        stub.add_response("list_versions_by_function", answer, {"FunctionName": "shop-dev"})
        versions = offline.versions("shop-dev")

    assert [(version.number, version.sha256) for version in versions] == [(9, "abcd"), (10, "abcd")]


def test_an_invocation_brings_payload_error_and_log(offline: Aws) -> None:
    body = b'{"errorMessage": "no"}'
    answer = {
        "StatusCode": 200,
        "FunctionError": "Unhandled",
        "LogResult": "bGluZQo=",
        "ExecutedVersion": "3",
        "Payload": StreamingBody(io.BytesIO(body), len(body)),
    }
    with Stubber(offline.invocations) as stub:
        stub.add_response(
            "invoke",
            answer,
            {"FunctionName": "shop-dev", "Qualifier": "live", "Payload": b"{}", "LogType": "Tail"},
        )
        invocation = offline.invoke("shop-dev", "live", b"{}")

    assert (invocation.payload, invocation.error) == ('{"errorMessage": "no"}', "Unhandled")
    assert (invocation.log_tail, invocation.version) == ("line\n", "3")


def test_an_invocation_is_never_made_twice(offline: Aws) -> None:
    config: Any = offline.invocations.meta.config

    assert config.retries["total_max_attempts"] == 1


def test_an_expired_token_is_told_as_such(offline: Aws) -> None:
    with Stubber(offline.logs) as stub:
        stub.add_client_error("filter_log_events", "ExpiredTokenException", "The security token is expired")

        with pytest.raises(CredentialsError, match="expired"):
            offline.log_page(LogQuery("/aws/lambda/shop-dev", 0), None)
