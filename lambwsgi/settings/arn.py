"""Amazon resource names, and texts that become one when the stage is deployed."""

from __future__ import annotations

import re
from typing import Annotated

from pydantic import AfterValidator

# One that names a stack's output is known when the stage is deployed, and checked then.
_OUTPUT = "${cfn:"
_ARN = re.compile(r"arn:[\w-]+:(?P<service>[\w-]+):[\w-]*:\d*:\S+")


def arn_of(*services: str) -> AfterValidator:
    """The check that a text is the ARN of something that one of the services has."""

    def check(value: str) -> str:
        found = _ARN.fullmatch(value)
        if _OUTPUT in value:
            return value
        if not found or found["service"] not in services:
            raise ValueError(
                f"{value!r} is no ARN of {' or '.join(services)}; one is of the form arn:aws:{services[0]}:REGION:…"
            )
        return value

    return AfterValidator(check)


KeyArn = Annotated[str, arn_of("kms")]
RoleArn = Annotated[str, arn_of("iam")]
QueueOrTopicArn = Annotated[str, arn_of("sqs", "sns")]
LayerArn = Annotated[str, arn_of("lambda")]
AccessPointArn = Annotated[str, arn_of("elasticfilesystem")]
