"""Hooks: commands before and after the steps of a deployment, on this machine or inside the function."""

from __future__ import annotations

import re
import shlex
from collections.abc import Mapping
from typing import Annotated, Literal, Self

from pydantic import AfterValidator, BeforeValidator, Field, model_validator

from lambwsgi.settings.frozen import FrozenModel, one_or_more

CommandKind = Literal["manage", "flask"]
# What runs inside the function; a script is allowed by its name.
InsideKind = Literal["manage", "flask", "run"]
StepHook = Literal["before_switch", "after_deploy"]


def _check_script_name(name: str) -> str:
    if not re.fullmatch(r"[a-z][a-z0-9-]*", name):
        raise ValueError(f"{name!r} is no name of a script: lower-case letters, digits and hyphens, a letter first")
    return name


def _check_target(target: str) -> str:
    if not re.fullmatch(r"[A-Za-z_][\w.]*:[A-Za-z_][\w.]*", target):
        raise ValueError(f"{target!r} names no function; write module:function, as in 'shop.jobs:cleanup'")
    return target


ScriptName = Annotated[str, AfterValidator(_check_script_name)]
ScriptTarget = Annotated[str, AfterValidator(_check_target)]


class Step(FrozenModel):
    """One command: for a shell on this machine, or of the project's framework, inside the function."""

    run: str | None = Field(default=None, min_length=1, description="Command for a shell on this machine.")
    manage: str | None = Field(default=None, min_length=1, description="Django's command, as in `migrate --noinput`.")
    flask: str | None = Field(default=None, min_length=1, description="Flask's command, as in `db upgrade`.")
    script: str | None = Field(default=None, min_length=1, description="One of `scripts`, as in `cleanup --all`.")

    @model_validator(mode="after")
    def _is_one(self) -> Self:
        given = [name for name in type(self).model_fields if getattr(self, name) is not None]
        if len(given) != 1:
            raise ValueError(f"is one of {', '.join(type(self).model_fields)}, not {' and '.join(given) or 'none'}")
        # Whose own ValueError says what is wrong with the quotes.
        if self.kind is not None and not shlex.split(self.text):
            raise ValueError("has no words; name a command")
        return self

    @property
    def kind(self) -> InsideKind | None:
        """The kind of a command inside the function; None for one of the shell."""
        kinds: dict[InsideKind, str | None] = {"manage": self.manage, "flask": self.flask, "run": self.script}
        return next((kind for kind, text in kinds.items() if text is not None), None)

    @property
    def text(self) -> str:
        """The command as it was written."""
        return self.run or self.manage or self.flask or self.script or ""


def _steps(value: object) -> object:
    """A list of maps: a text stands for a command of the shell, and a single step for a list of it."""
    listed = [value] if isinstance(value, str | dict) else value
    if not isinstance(listed, list | tuple):
        return listed
    return [{"run": each} if isinstance(each, str) else each for each in listed]


Commands = Annotated[
    tuple[str, ...], BeforeValidator(one_or_more, json_schema_input_type=str | list[str]), Field(strict=False)
]
Steps = Annotated[
    tuple[Step, ...], BeforeValidator(_steps, json_schema_input_type=str | Step | list[str | Step]), Field(strict=False)
]


class Hooks(FrozenModel):
    """What runs at each moment, one after the other; the first that fails stops what was to follow."""

    before_package: Commands = Field(default=(), description="Before the artifact is built.")
    after_package: Commands = Field(default=(), description="Once the artifact is built and proven.")
    before_deploy: Commands = Field(default=(), description="Once the plan is confirmed, before anything changes.")
    before_switch: Steps = Field(default=(), description="With the new version there, before it serves.")
    after_deploy: Steps = Field(default=(), description="Once the new version serves and the site answered well.")

    @property
    def steps(self) -> Mapping[StepHook, tuple[Step, ...]]:
        """The hooks whose commands may run inside the function."""
        return {"before_switch": self.before_switch, "after_deploy": self.after_deploy}

    @property
    def kinds(self) -> Mapping[CommandKind, StepHook]:
        """The kinds of commands that run inside the function, each with a hook that has one."""
        return {
            step.kind: name
            for name, steps in self.steps.items()
            for step in steps
            if step.kind is not None and step.kind != "run"
        }

    @property
    def scripts(self) -> Mapping[str, StepHook]:
        """The scripts that are run, each with a hook that runs it."""
        return {
            shlex.split(step.script)[0]: name for name, steps in self.steps.items() for step in steps if step.script
        }
