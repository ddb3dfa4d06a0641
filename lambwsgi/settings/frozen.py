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


def switch_or_map(value: object, kind: type[BaseModel], told: str) -> object:
    """`kind` by its defaults for true; false and a map as they are. Raises ValueError for another value.

    `told` says in words what map was expected.
    """
    if value is True:
        return kind()
    if value is False or isinstance(value, dict | kind):
        return value
    raise ValueError(f"{value!r} is none of true, false and {told}")


Texts = Annotated[tuple[str, ...], BeforeValidator(one_or_more), Field(strict=False, min_length=1)]
