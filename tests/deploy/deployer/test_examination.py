"""What `lambwsgi doctor` finds in an account, as an emulator that enforces IAM has it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from botocore.stub import Stubber

from lambwsgi.deploy.aws.calls import Aws
from lambwsgi.deploy.deployer.account import read_identity
from lambwsgi.deploy.deployer.examination import examine_account, examine_template
from lambwsgi.package.machine import Finding, Verdict, examine_machine
from lambwsgi.settings.model import StageSettings
from tests.deploy.deployer.test_policy import deployer, policy

pytestmark = pytest.mark.embedded

ASKING = {
    "Effect": "Allow",
    "Action": ["iam:SimulatePrincipalPolicy", "lambda:GetAccountSettings"],
    "Resource": ["*"],
}


@pytest.fixture(scope="module")
def strict_endpoint(start_aws: Callable[..., AbstractContextManager[str]]) -> Iterator[str]:
    """The address of an embedded AWS that enforces IAM."""
    with start_aws(AUTH="true") as address:
        yield address


@pytest.fixture
def examine(
    strict_endpoint: str, settings: StageSettings, monkeypatch: pytest.MonkeyPatch
) -> Callable[..., dict[str, list[Finding]]]:
    """Findings by subject, for a user with the statements of the stage's policy and these others."""

    def run(statements: list[dict[str, Any]], *, without: str = "", **now: Any) -> dict[str, list[Finding]]:
        document = policy(settings)
        for statement in document["Statement"]:
            statement["Action"] = [action for action in statement["Action"] if action != without]
        document["Statement"] += statements
        aws = deployer(strict_endpoint, document, monkeypatch)
        found: dict[str, list[Finding]] = {}
        for each in examine_account(aws, settings, datetime.now(UTC) + timedelta(**now)):
            found.setdefault(each.subject, []).append(each)
        return found

    return run


def test_who_has_the_stages_own_policy_may_do_all_that_deploying_takes(
    examine: Callable[..., dict[str, list[Finding]]],
) -> None:
    found = examine([ASKING])

    # The emulator gives fewer environments than accounts get.
    subjects = found.keys() - {"environments"}
    assert [each for subject in subjects for each in found[subject] if each.verdict is not Verdict.GOOD] == []
    assert found.keys() == {"credentials", "clock", "environments", "code storage", "permissions"}


def test_a_missing_permission_is_named_before_it_is_missed(examine: Callable[..., dict[str, list[Finding]]]) -> None:
    [finding] = examine([ASKING], without="lambda:PublishVersion")["permissions"]

    assert finding.verdict is Verdict.WRONG
    assert finding.told.startswith("may not lambda:PublishVersion on arn:aws:lambda:us-east-1:")


def test_permissions_that_may_not_be_asked_for_are_a_note(examine: Callable[..., dict[str, list[Finding]]]) -> None:
    [finding] = examine([])["permissions"]

    assert finding.verdict is Verdict.NOTE
    assert "iam:SimulatePrincipalPolicy" in finding.told


@pytest.mark.parametrize(
    ("environments", "unreserved", "used_gb", "notes"),
    [
        pytest.param(1000, 1000, 1, [], id="a usual account"),
        pytest.param(10, 10, 1, ["environments"], id="a new account"),
        pytest.param(1000, 110, 1, ["environments"], id="all set aside"),
        pytest.param(1000, 1000, 70, ["code storage"], id="many versions"),
    ],
)
def test_quotas_that_are_nearly_used_up_are_noted(
    aws: Aws, settings: StageSettings, *, environments: int, unreserved: int, used_gb: int, notes: list[str]
) -> None:
    stage = settings.model_copy(update={"reserved_concurrency": 20})
    limit = {"ConcurrentExecutions": environments, "UnreservedConcurrentExecutions": unreserved}
    answer = {
        "AccountLimit": {**limit, "TotalCodeSize": 80_530_636_800},
        "AccountUsage": {"TotalCodeSize": used_gb * 1_000_000_000},
    }
    with Stubber(aws.functions) as stub:
        stub.add_response("get_account_settings", answer)
        found = {each.subject: each for each in examine_account(aws, stage, datetime.now(UTC))}

    assert [name for name in ("environments", "code storage") if found[name].verdict is Verdict.NOTE] == notes


def test_quotas_that_may_not_be_read_are_a_note(aws: Aws, settings: StageSettings) -> None:
    with Stubber(aws.functions) as stub:
        stub.add_client_error("get_account_settings", "AccessDeniedException", "not authorized to perform: x")
        found = {each.subject: each for each in examine_account(aws, settings, datetime.now(UTC))}

    assert found["quotas"].verdict is Verdict.NOTE


@pytest.mark.parametrize(
    ("seconds", "verdict"),
    [
        pytest.param(10, Verdict.GOOD, id="a little"),
        pytest.param(-120, Verdict.NOTE, id="two minutes behind"),
        pytest.param(900, Verdict.WRONG, id="a quarter of an hour"),
    ],
)
def test_a_clock_that_is_off_is_told(
    examine: Callable[..., dict[str, list[Finding]]], seconds: int, verdict: Verdict
) -> None:
    [finding] = examine([ASKING], seconds=seconds)["clock"]

    assert finding.verdict is verdict
    assert ("behind" if seconds < 0 else "ahead of") in finding.told


def test_credentials_that_aws_does_not_know_are_the_last_thing_that_is_told(
    strict_endpoint: str, settings: StageSettings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL", strict_endpoint)
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "AKIAIOSFODNN7NOBODYS")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "unknown")

    [finding] = examine_account(Aws(region="us-east-1"), settings, datetime.now(UTC))

    assert (finding.subject, finding.verdict) == ("credentials", Verdict.WRONG)


def test_aws_tells_its_own_time(aws: Aws) -> None:
    assert abs((datetime.now(UTC) - read_identity(aws).asked_at).total_seconds()) < 60


def test_what_is_doubtful_in_the_settings_is_noted(settings: StageSettings) -> None:
    doubtful = settings.model_copy(update={"role": "arn:aws:iam::123456789012:role/web"})

    first, *notes = examine_template(doubtful)

    assert first == Finding("template", Verdict.GOOD, "passes AWS's schemas")
    assert ["is taken as it is" in each.told for each in notes] == [True]


def test_a_python_of_the_stage_that_is_not_here_costs_the_bytecode(settings: StageSettings) -> None:
    found = {each.subject: each for each in examine_machine(settings)}
    without = {each.subject: each for each in examine_machine(replace_runtime(settings, "python3.99"))}

    assert found["uv"].told.startswith("uv ")
    assert without["bytecode"].verdict is Verdict.NOTE
    assert "put python3.99 on PATH" in without["bytecode"].told


def replace_runtime(settings: StageSettings, runtime: str) -> StageSettings:
    return settings.model_copy(update={"runtime": runtime})
