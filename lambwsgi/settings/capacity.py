"""Environments that AWS keeps ready, as a stage's settings say it: provisioned concurrency, fixed or by the clock."""

from __future__ import annotations

from typing import Annotated, Self

from pydantic import AfterValidator, Field, field_validator, model_validator

from lambwsgi.settings.frozen import FrozenModel
from lambwsgi.settings.warm import check_expression, check_name, check_time_zone


class Scaling(FrozenModel):
    """From when on how many are kept ready. Source: Application Auto Scaling user guide, 'Scheduled scaling'."""

    schedule: str = Field(description="`cron(0 8 ? * MON-FRI *)` or `rate(1 day)`.")
    timezone: str = Field(default="UTC", description="Time zone of a cron, as in `Europe/Berlin`.")
    environments: int = Field(ge=0, le=10_000, description="How many from then on.")

    _schedule = field_validator("schedule")(check_expression)
    _timezone = field_validator("timezone")(check_time_zone)


class ProvisionedConcurrency(FrozenModel):
    """How many environments are kept ready, all day or by schedules."""

    environments: int = Field(default=0, ge=0, le=10_000, description="How many, until a schedule says otherwise.")
    schedules: dict[Annotated[str, AfterValidator(check_name)], Scaling] = Field(
        default_factory=dict, description="Changes by the clock, by name."
    )

    @model_validator(mode="after")
    def _keeps_some(self) -> Self:
        if not self.most:
            raise ValueError("keeps no environment ready at any time; give `environments`, or leave it out")
        return self

    @property
    def most(self) -> int:
        """The largest number that is ever kept ready."""
        return max(self.environments, *(each.environments for each in self.schedules.values()), 0)
