"""Named permissions: each is exactly these statements, and the page about them says so too."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

from lambwsgi.deploy.template.grants import granted_statements
from lambwsgi.deploy.template.permissions import describe_permissions
from lambwsgi.deploy.template.stage_template import build_template
from lambwsgi.settings.grants import PERMISSIONS
from lambwsgi.settings.model import StageSettings

PAGE = Path(__file__).parents[3].joinpath("docs", "function.md").read_text("utf-8")
HERE = "${AWS::Region}:${AWS::AccountId}"


def stage(**fields: Any) -> StageSettings:
    return StageSettings.model_validate({"project": "shop", "stage": "dev", "app": "shop:app", **fields})


def plain(statement: dict[str, Any]) -> tuple[list[str], list[str]]:
    """Actions and resources, the latter without what CloudFormation fills in first."""
    texts = [each if isinstance(each, str) else each["Fn::Sub"] for each in statement["Resource"]]
    return statement["Action"], [text.replace("arn:${AWS::Partition}:", "") for text in texts]


@pytest.mark.parametrize(
    ("name", "target", "statements"),
    [
        (
            "s3-read",
            "uploads",
            [(["s3:GetObject"], ["s3:::uploads/*"]), (["s3:ListBucket"], ["s3:::uploads"])],
        ),
        (
            "s3-write",
            "uploads/public/",
            [(["s3:AbortMultipartUpload", "s3:DeleteObject", "s3:PutObject"], ["s3:::uploads/public/*"])],
        ),
        (
            "dynamodb-write",
            "orders",
            [
                (
                    *(
                        ["dynamodb:BatchWriteItem", "dynamodb:DeleteItem", "dynamodb:PutItem", "dynamodb:UpdateItem"],
                        [f"dynamodb:{HERE}:table/orders"],
                    ),
                )
            ],
        ),
        ("sqs-send", "jobs", [(["sqs:GetQueueUrl", "sqs:SendMessage"], [f"sqs:{HERE}:jobs"])]),
        ("ses-send", "example.org", [(["ses:SendEmail", "ses:SendRawEmail"], [f"ses:{HERE}:identity/example.org"])]),
        (
            "secrets",
            "shop/db",
            [(["secretsmanager:GetSecretValue"], [f"secretsmanager:{HERE}:secret:shop/db-??????"])],
        ),
        (
            "parameters",
            "/shop/prod",
            [
                (
                    ["ssm:GetParameter", "ssm:GetParameters", "ssm:GetParametersByPath"],
                    [f"ssm:{HERE}:parameter/shop/prod", f"ssm:{HERE}:parameter/shop/prod/*"],
                )
            ],
        ),
        (
            "lambda-invoke",
            "arn:aws:lambda:eu-west-1:1:function:mail",
            [
                (
                    ["lambda:InvokeFunction"],
                    ["arn:aws:lambda:eu-west-1:1:function:mail", "arn:aws:lambda:eu-west-1:1:function:mail:*"],
                )
            ],
        ),
    ],
)
def test_a_named_permission_is_exactly_these_statements(name: str, target: str, statements: list[Any]) -> None:
    found = granted_statements(stage(permissions={name: target}))

    assert [plain(each) for each in found] == [tuple(each) for each in statements]


def test_a_part_of_a_bucket_is_all_that_can_be_listed() -> None:
    [_, listing] = granted_statements(stage(permissions={"s3-read": "arn:aws:s3:::uploads/public/"}))

    assert plain(listing) == (["s3:ListBucket"], ["s3:::uploads"])
    assert listing["Condition"] == {"StringLike": {"s3:prefix": "public/*"}}


def test_a_raw_statement_is_passed_on() -> None:
    denied = {
        "Effect": "Deny",
        "Action": "s3:*",
        "Resource": ["arn:aws:s3:::secret"],
        "Condition": {"Bool": {"a": "b"}},
    }

    [found] = granted_statements(stage(statements=[denied]))

    assert found == {**denied, "Action": ["s3:*"]}


def test_the_plan_says_what_is_granted() -> None:
    template = build_template(
        stage(permissions={"sqs-send": "jobs"}, vpc={"subnets": ["a"], "security_groups": ["b"]}), "0"
    )

    told = describe_permissions(template)

    assert "Role may sqs:GetQueueUrl, sqs:SendMessage on jobs" in told
    assert any(line.startswith("Role may ec2:") and line.endswith(" on anything") for line in told)


def test_every_permission_is_on_the_page_with_its_actions() -> None:
    rows = re.findall(r"^\| `([\w-]+)` \| [^|]* \| (.*?) \|$", PAGE, re.MULTILINE)

    assert {name: set(re.findall(r"`(\w+:\w+)`", actions)) for name, actions in rows if ":" in actions} == {
        name: {action for grant in permission.grants for action in grant.actions}
        for name, permission in PERMISSIONS.items()
    }
