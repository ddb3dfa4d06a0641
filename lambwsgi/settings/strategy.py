"""How a new version gets the requests, as a stage's settings say it: at once, a part of them first, or in steps."""

from __future__ import annotations

import re
from enum import StrEnum
from typing import Annotated, Literal, Self

from pydantic import AfterValidator, BeforeValidator, Field, model_validator

from lambwsgi.settings.frozen import FrozenModel, one_or_more

_PERCENT = 10
_MINUTES = 5
# The longest that CodeDeploy waits. Source: CodeDeploy API reference, 'TimeBasedCanary', 'TimeBasedLinear'.
_MINUTES_MOST = 2880
_ARN = re.compile(r"arn:[\w-]+:cloudwatch:[\w-]+:\d{12}:alarm:.+")


class StrategyKind(StrEnum):
    """In how many steps the requests go over."""

    ALL_AT_ONCE = "all_at_once"  # in one
    CANARY = "canary"  # in two: a part, then all
    LINEAR = "linear"  # by the same part each time


def _check_alarm(value: str) -> str:
    if value.startswith("arn:") and not _ARN.fullmatch(value):
        raise ValueError(
            f"{value!r} is no ARN of an alarm; one is of the form arn:aws:cloudwatch:REGION:ACCOUNT:alarm:NAME"
        )
    return value


Alarm = Annotated[str, Field(min_length=1), AfterValidator(_check_alarm)]
Alarms = Annotated[
    tuple[Alarm, ...], BeforeValidator(one_or_more, json_schema_input_type=str | list[str]), Field(strict=False)
]


class Strategy(FrozenModel):
    """How the requests go over, and what sends them back. A part is given for `minutes` and watched meanwhile."""

    kind: StrategyKind = Field(
        default=StrategyKind.ALL_AT_ONCE, strict=False, description="`all_at_once`, `canary` or `linear`."
    )
    percent: int = Field(default=_PERCENT, ge=1, le=99, description="Of the requests, in the first step or in each.")
    minutes: int = Field(default=_MINUTES, ge=1, le=_MINUTES_MOST, description="How long each step lasts.")
    alarms: Alarms = Field(
        default=(),
        max_length=10,
        description="CloudWatch alarms, by name or ARN: one that is in alarm sends all requests back.",
    )
    errors: int = Field(
        default=1, ge=0, description="So many failures of the new version send all back; 0: they are not counted."
    )
    by: Literal["lambwsgi", "codedeploy"] = Field(
        default="lambwsgi", description="Who moves the requests: `lambwsgi` while it deploys, or AWS's `codedeploy`."
    )

    @model_validator(mode="after")
    def _has_steps(self) -> Self:
        differs = (name for name, field in type(self).model_fields.items() if getattr(self, name) != field.default)
        vain = [name for name in differs if name not in {"kind", "by"}]
        if vain and not self.shifts:
            raise ValueError(
                f"all at once there are no steps, so `{vain[0]}` says nothing; give `kind: canary` or `kind: linear`"
            )
        return self

    @property
    def shifts(self) -> bool:
        """Whether two versions share the requests for a while."""
        return self.kind is not StrategyKind.ALL_AT_ONCE

    @property
    def steps(self) -> tuple[int, ...]:
        """The percentages that the new version gets one after the other, before it gets all."""
        if not self.shifts:
            return ()
        return tuple(range(self.percent, 100, self.percent)) if self.kind is StrategyKind.LINEAR else (self.percent,)

    @property
    def at_once(self) -> Strategy:
        """The same without steps and without alarms, one of which may be the reason for the hurry."""
        return Strategy(by=self.by)


def _by_name(value: object) -> object:
    """A map; a text stands for a strategy of that kind."""
    return {"kind": value} if isinstance(value, str) else value


StrategyOrKind = Annotated[Strategy, BeforeValidator(_by_name, json_schema_input_type=StrategyKind | Strategy)]
