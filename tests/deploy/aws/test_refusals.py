from __future__ import annotations

import pytest

from lambwsgi.deploy.aws.refusals import no_answer, refusal
from lambwsgi.deploy.errors import AccessDeniedError, AwsError, CredentialsError, DeployError, RegionError


def refused(code: str, message: str = "", *, call: str = "cloudformation:CreateChangeSet") -> DeployError:
    service, _, operation = call.partition(":")
    return refusal(service=service, operation=operation, code=code, message=message, resource="stack 'shop-dev'")


@pytest.mark.parametrize("code", ["ExpiredToken", "ExpiredTokenException", "RequestExpired"])
def test_expired_credentials_are_told_with_what_to_do(code: str) -> None:
    error = refused(code)

    assert isinstance(error, CredentialsError)
    assert "aws sso login" in str(error)


@pytest.mark.parametrize("code", ["InvalidClientTokenId", "SignatureDoesNotMatch", "UnrecognizedClientException"])
def test_unknown_keys_are_told_with_where_to_look(code: str) -> None:
    error = refused(code)

    assert isinstance(error, CredentialsError)
    assert "AWS_ACCESS_KEY_ID" in str(error)


@pytest.mark.parametrize(
    ("code", "message"),
    [
        ("RequestTimeTooSkewed", ""),
        ("InvalidSignatureException", ""),
        ("SignatureDoesNotMatch", "Signature expired: 2"),
    ],
)
def test_a_wrong_clock_is_told_as_that(code: str, message: str) -> None:
    error = refused(code, message)

    assert isinstance(error, CredentialsError)
    assert "set the clock of this machine" in str(error)


@pytest.mark.parametrize("code", ["SlowDown", "503", "Throttling", "InternalFailure"])
def test_what_passes_is_told_with_the_advice_to_wait(code: str) -> None:
    assert str(refused(code)).endswith("; that passes: wait a while, then try again")


def test_a_denial_names_action_and_resource_as_iam_does() -> None:
    message = (
        "User: arn:aws:iam::123456789012:user/dev is not authorized to perform: iam:CreateRole on resource:"
        " arn:aws:iam::123456789012:role/shop because no identity-based policy allows the iam:CreateRole action"
    )
    error = refused("AccessDenied", message)

    assert isinstance(error, AccessDeniedError)
    assert error.action == "iam:CreateRole"
    assert "iam:CreateRole on arn:aws:iam::123456789012:role/shop;" in str(error)


def test_a_denial_without_a_name_is_told_by_what_was_asked() -> None:
    error = refused("403", "Forbidden", call="s3:HeadObject")

    assert isinstance(error, AccessDeniedError)
    assert error.action == "s3:GetObject"


def test_any_other_refusal_carries_its_code() -> None:
    error = refused("LimitExceededException", "too many stacks")

    assert isinstance(error, AwsError)
    assert error.code == "LimitExceededException"
    assert "too many stacks" in str(error)


@pytest.mark.parametrize(
    ("kinds", "error"),
    [
        (["NoCredentialsError", "BotoCoreError"], CredentialsError),
        (["UnauthorizedSSOTokenError", "SSOError", "BotoCoreError"], CredentialsError),
        (["ProfileNotFound", "BotoCoreError"], CredentialsError),
        (["NoRegionError", "BaseEndpointResolverError", "BotoCoreError"], RegionError),
        (["ConnectTimeoutError", "ConnectionError", "HTTPClientError", "BotoCoreError"], AwsError),
    ],
    ids=lambda value: value[0] if isinstance(value, list) else "",
)
def test_what_stops_a_call_is_known_by_its_class_or_a_base_of_it(kinds: list[str], error: type[DeployError]) -> None:
    assert type(no_answer(service="sts", kinds=kinds, message="told")) is error
