"""What a site has to answer before a new version may serve, as a stage's settings say it."""

from __future__ import annotations

from typing import Annotated

from pydantic import AfterValidator, BeforeValidator, Field

from lambwsgi.settings.frozen import FrozenModel


def _one_or_more(value: object) -> object:
    """A list where one number stands for a list of it."""
    return [value] if isinstance(value, int) else value


def _are_statuses(values: tuple[int, ...]) -> tuple[int, ...]:
    if not values or any(not 100 <= value <= 599 for value in values):
        raise ValueError("a status is a number from 100 to 599; give one or a list of several")
    return values


Statuses = Annotated[
    tuple[int, ...],
    BeforeValidator(_one_or_more, json_schema_input_type=int | list[int]),
    AfterValidator(_are_statuses),
    Field(strict=False),
]


class Check(FrozenModel):
    """One path, and what `GET` of it is to answer."""

    path: str = Field(pattern=r"^/", description="The path, with its query.")
    status: Statuses = Field(default=(200,), description="One of these, as in `[200, 302]`.")
    header: dict[str, str] = Field(default_factory=dict, description="Headers, and what has to be in each.")
    body: str | None = Field(default=None, min_length=1, description="What has to be in the body.")
