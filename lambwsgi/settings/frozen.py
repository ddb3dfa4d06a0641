"""What all parts of the settings have in common."""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field


class FrozenModel(BaseModel):
    """A part of the settings that never changes, and refuses keys that it does not know and types that are others."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)


def one_or_more(value: object) -> object:
    """A list where one text stands for a list of it, as IAM has it."""
    return [value] if isinstance(value, str) else value


Texts = Annotated[tuple[str, ...], BeforeValidator(one_or_more), Field(strict=False, min_length=1)]
