"""The account as the credentials see it: who asks, at what time of AWS's, how much there is, and what may be done."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from email.utils import parsedate_to_datetime
from typing import Any

from lambwsgi.deploy.aws.asking import asking
from lambwsgi.deploy.aws.calls import Aws


@dataclass(frozen=True, slots=True)
class Identity:
    """Whose credentials these are. `asked_at` is AWS's own time."""

    account: str
    arn: str
    asked_at: datetime


@dataclass(frozen=True, slots=True)
class Quotas:
    """What Lambda gives the account in the region; `unreserved` is what no function has set aside."""

    environments: int
    unreserved: int
    code_bytes: int
    code_used_bytes: int


def read_identity(aws: Aws) -> Identity:
    """Who asks. Raises CredentialsError where AWS does not know."""
    with asking("sts", "this account"):
        answer = aws.client("sts").get_caller_identity()
    date = answer["ResponseMetadata"]["HTTPHeaders"]["date"]
    return Identity(answer["Account"], answer["Arn"], parsedate_to_datetime(date))


def read_quotas(aws: Aws) -> Quotas:
    """The quotas. Raises AccessDeniedError where they may not be read."""
    with asking("lambda", "this account"):
        answer: Mapping[str, Any] = aws.functions.get_account_settings()
    limit, usage = answer["AccountLimit"], answer["AccountUsage"]
    return Quotas(
        limit["ConcurrentExecutions"],
        limit["UnreservedConcurrentExecutions"],
        limit["TotalCodeSize"],
        usage["TotalCodeSize"],
    )


def denied_actions(aws: Aws, principal: str, actions: Sequence[str], resources: Sequence[str]) -> list[str]:
    """Those of the actions that the principal may do on none of the resources, as IAM works it out.

    Raises AccessDeniedError where IAM may not be asked.
    """
    denied = list(actions)
    for resource in resources:
        with asking("iam", principal):
            pages = aws.client("iam").get_paginator("simulate_principal_policy")
            answers = pages.paginate(PolicySourceArn=principal, ActionNames=denied, ResourceArns=[resource])
            results = [result for page in answers for result in page["EvaluationResults"]]
        allowed = {result["EvalActionName"] for result in results if result["EvalDecision"] == "allowed"}
        denied = [action for action in denied if action not in allowed]
        if not denied:
            break
    return denied


def principal_of(aws: Aws, arn: str) -> str | None:
    """Whom IAM can be asked about: the user, or the role of a session; None for the account's root, which may all."""
    kind, _, name = arn.split(":", 5)[5].partition("/")
    if kind == "assumed-role":
        # A session does not tell the role's path.
        role = name.partition("/")[0]
        with asking("iam", f"role {role!r}"):
            found: str = aws.client("iam").get_role(RoleName=role)["Role"]["Arn"]
        return found
    return arn if kind == "user" else None
