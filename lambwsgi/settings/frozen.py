"""What all parts of the settings have in common."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict


class FrozenModel(BaseModel):
    """A part of the settings that never changes, and refuses keys that it does not know and types that are others."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)
