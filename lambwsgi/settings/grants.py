"""Permissions by name: what each lets the function do, and on what. IAM's words live here and in raw statements."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BeforeValidator, Field

from lambwsgi.settings.frozen import FrozenModel, Texts, one_or_more
from lambwsgi.settings.messages import did_you_mean

_TARGET = re.compile(r"[\w.*/+=@:-]+|.*\$\{cfn:.*")
_HERE = "arn:${AWS::Partition}:{service}:${AWS::Region}:${AWS::AccountId}:"


class Part(Enum):
    """Which part of what is named a grant is about."""

    WHOLE = "the thing itself"
    INDEXES = "the indexes of a table"
    BUCKET = "the bucket before the first slash"
    OBJECTS = "all that begins with the name"
    BELOW = "what lies below the name as a path"
    VERSIONS = "each version and alias of a function"
    NAMESAKES = "the secret of the name, to which AWS appends six characters"


@dataclass(frozen=True, slots=True)
class Grant:
    """Actions on parts of what is named."""

    actions: tuple[str, ...]
    parts: tuple[Part, ...] = (Part.WHOLE,)


@dataclass(frozen=True, slots=True)
class Permission:
    """A named permission. `prefix` makes the ARN of a name, as CloudFormation's Sub would read it."""

    prefix: str
    grants: tuple[Grant, ...]


def _here(service: str, kind: str = "") -> str:
    return _HERE.replace("{service}", service) + kind


_BUCKET = "arn:${AWS::Partition}:s3:::"
_TABLE = _here("dynamodb", "table/")
_QUEUE = _here("sqs")
_READ_TABLE = (
    *("dynamodb:BatchGetItem", "dynamodb:ConditionCheckItem", "dynamodb:DescribeTable", "dynamodb:GetItem"),
    *("dynamodb:Query", "dynamodb:Scan"),
)
_WRITE_TABLE = ("dynamodb:BatchWriteItem", "dynamodb:DeleteItem", "dynamodb:PutItem", "dynamodb:UpdateItem")
_ON_TABLE = (Part.WHOLE, Part.INDEXES)

# Source of actions and of the resources that each knows: Service Authorization Reference, a page for each service.
PERMISSIONS: Mapping[str, Permission] = {
    "s3-read": Permission(
        _BUCKET, (Grant(("s3:GetObject",), (Part.OBJECTS,)), Grant(("s3:ListBucket",), (Part.BUCKET,)))
    ),
    "s3-write": Permission(
        _BUCKET, (Grant(("s3:AbortMultipartUpload", "s3:DeleteObject", "s3:PutObject"), (Part.OBJECTS,)),)
    ),
    "dynamodb-read": Permission(_TABLE, (Grant(_READ_TABLE, _ON_TABLE),)),
    "dynamodb-write": Permission(_TABLE, (Grant(_WRITE_TABLE),)),
    "dynamodb": Permission(_TABLE, (Grant(_READ_TABLE, _ON_TABLE), Grant(_WRITE_TABLE))),
    "sqs-send": Permission(_QUEUE, (Grant(("sqs:GetQueueUrl", "sqs:SendMessage")),)),
    "sqs-receive": Permission(
        _QUEUE,
        (
            Grant(
                (
                    *("sqs:ChangeMessageVisibility", "sqs:DeleteMessage", "sqs:GetQueueAttributes"),
                    *("sqs:GetQueueUrl", "sqs:ReceiveMessage"),
                )
            ),
        ),
    ),
    "sns-publish": Permission(_here("sns"), (Grant(("sns:Publish",)),)),
    "ses-send": Permission(_here("ses", "identity/"), (Grant(("ses:SendEmail", "ses:SendRawEmail")),)),
    "secrets": Permission(
        _here("secretsmanager", "secret:"), (Grant(("secretsmanager:GetSecretValue",), (Part.NAMESAKES,)),)
    ),
    "parameters": Permission(
        _here("ssm", "parameter/"),
        (Grant(("ssm:GetParameter", "ssm:GetParameters", "ssm:GetParametersByPath"), (Part.WHOLE, Part.BELOW)),),
    ),
    "lambda-invoke": Permission(
        _here("lambda", "function:"), (Grant(("lambda:InvokeFunction",), (Part.WHOLE, Part.VERSIONS)),)
    ),
    "events-put": Permission(_here("events", "event-bus/"), (Grant(("events:PutEvents",)),)),
    "states-start": Permission(_here("states", "stateMachine:"), (Grant(("states:StartExecution",)),)),
    "kms-decrypt": Permission(_here("kms", "key/"), (Grant(("kms:Decrypt",)),)),
}


def _check_target(value: str) -> str:
    if not _TARGET.fullmatch(value) or value == "*":
        raise ValueError(f"{value!r} is no name of one thing; give its name or its ARN, or write a statement")
    return value


def _check_name(name: str) -> str:
    if name not in PERMISSIONS:
        hint = did_you_mean(name, PERMISSIONS) or f"; there are {', '.join(sorted(PERMISSIONS))}"
        raise ValueError(f"no permission has the name {name!r}{hint}; for all else there are `statements`")
    return name


Target = Annotated[str, AfterValidator(_check_target)]
Targets = Annotated[tuple[Target, ...], BeforeValidator(one_or_more), Field(strict=False, min_length=1)]
PermissionName = Annotated[str, AfterValidator(_check_name)]


class Statement(FrozenModel):
    """A statement as IAM has it, passed on as it is. Source: IAM user guide, 'JSON policy element reference'."""

    Sid: str | None = Field(default=None, pattern=r"^[A-Za-z0-9]+$", description="A name.")
    Effect: Literal["Allow", "Deny"] = Field(default="Allow", description="`Allow` or `Deny`.")
    Action: Texts = Field(description="What may be done, as in `s3:GetObject`; one or a list.")
    Resource: Texts = Field(description="ARNs; one or a list.")
    Condition: dict[str, dict[str, Any]] | None = Field(default=None, description="When it holds.")
