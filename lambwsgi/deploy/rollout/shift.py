"""The shift: a new version gets a part of the requests, is watched, and gets more, or none again.

The part is a parameter of the stack. So a shift that was cut off can be seen, is ended by a rollback, and begun anew by
the next deployment.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

from lambwsgi.deploy import names
from lambwsgi.deploy.aws.calls import Aws
from lambwsgi.deploy.aws.records import ChangeSetRequest, Stack
from lambwsgi.deploy.errors import DeployError, FollowError, ShiftError
from lambwsgi.deploy.rollout.alarms import Complaint, complaints_about, standing_complaint
from lambwsgi.deploy.rollout.dialogue import Dialogue
from lambwsgi.deploy.stack.flow import clear_the_way, deployed_stack, execute, propose
from lambwsgi.settings.model import StageSettings

_LOOK_SECONDS = 15
_LOOKS_A_MINUTE = 60 // _LOOK_SECONDS


@dataclass(frozen=True, slots=True)
class Share:
    """The version that has a part of the requests, though another one serves, and how much that is in percent."""

    version: int
    percent: int


def share_of(stack: Stack) -> Share | None:
    """Who shares the requests with the version that serves; None when nobody does."""
    percent = round(float(stack.parameters.get(names.WEIGHT_PARAMETER, names.NO_WEIGHT)) * 100)
    return Share(int(stack.outputs[names.NEWEST_OUTPUT]), percent) if percent else None


def held_at(stack: Stack, version: int, percent: int = 0) -> Mapping[str, str]:
    """The stack's parameters when that version serves and the newest one has a part of the requests."""
    weight = f"{percent / 100:g}" if percent else names.NO_WEIGHT
    shared = {names.WEIGHT_PARAMETER: weight} if names.WEIGHT_PARAMETER in stack.parameters else {}
    return {**stack.parameters, names.VERSION_PARAMETER: str(version), **shared}


def refuse_alarmed(aws: Aws, settings: StageSettings) -> None:
    """Raise ShiftError where an alarm would end the shift before it has begun."""
    found = standing_complaint(aws, settings)
    if found is not None:
        raise ShiftError(
            f"{found.text}\nnothing is changed; once it is over, deploy again, or now with --all-at-once, which asks"
            " no alarm",
            alarm=found.alarm,
        )


def shift(aws: Aws, settings: StageSettings, stack: Stack, serving: int, dialogue: Dialogue) -> None:
    """Give the newest version more of the requests, step by step, for as long as nothing goes wrong with it.

    Raises ShiftError when something does, or when it is stopped; then version `serving` has all requests again.
    """
    _Shift(aws, settings, stack, serving, dialogue).run()


@dataclass(frozen=True, slots=True)
class _Shift:
    """One shift, from version `serving` to the newest one of the stack."""

    aws: Aws
    settings: StageSettings
    stack: Stack
    serving: int
    dialogue: Dialogue

    @property
    def newest(self) -> int:
        return int(self.stack.outputs[names.NEWEST_OUTPUT])

    def run(self) -> None:
        complaints = complaints_about(self.aws, self.settings, self.newest, datetime.now(UTC))
        strategy = self.settings.strategy
        minutes_left = len(strategy.steps) * strategy.minutes
        for percent in strategy.steps:
            try:
                self._give(percent)
                found = self._observe(percent, complaints, minutes_left)
            except (DeployError, KeyboardInterrupt) as error:
                self._take_back(percent, _why(error))
                raise ShiftError(self._story(percent, _why(error))) from error
            if found is not None:
                self._take_back(percent, found.text)
                raise ShiftError(self._story(percent, found.text), alarm=found.alarm)
            minutes_left -= strategy.minutes

    def _give(self, percent: int) -> None:
        """Let the newest version have that part of the requests; nothing happens where it has it."""
        request = ChangeSetRequest(self.stack.name, None, held_at(self.stack, self.serving, percent), self.stack.tags)
        change_set = propose(self.aws, request, first=False, watch=self.dialogue.watch)
        if change_set is not None:
            execute(self.aws, change_set, first=False, watch=self.dialogue.watch)

    def _observe(self, percent: int, complaints: Iterator[Complaint | None], minutes_left: int) -> Complaint | None:
        """The complaint about the version during one step; None when it went well."""
        for left in range(minutes_left, minutes_left - self.settings.strategy.minutes, -1):
            self.dialogue.report(
                f"version {self.newest} gets {percent} % of the requests, all in {left} minute{'s' * (left > 1)}"
            )
            for _ in range(_LOOKS_A_MINUTE):
                found = next(complaints)
                if found is not None:
                    return found
                self.dialogue.watch.pause(_LOOK_SECONDS)
        return next(complaints)

    def _take_back(self, percent: int, reason: str) -> None:
        """Let the version before have all requests. Raises ShiftError when that fails, which says what to do."""
        self.dialogue.report(f"version {self.newest} is taken back: {reason}")
        try:
            stack = deployed_stack(self.aws, self.settings)
            clear_the_way(self.aws, stack, self.dialogue.report, self.dialogue.watch)
            self._give(0)
        except (DeployError, KeyboardInterrupt) as error:
            raise ShiftError(
                f"version {self.newest} was to be taken back, since {reason}\nthat failed, so it may have {percent} %"
                f" of the requests still: {_why(error)}\n`lambwsgi rollback {self.settings.stage}` gives all of them"
                f" to version {self.serving}",
                percent=percent,
            ) from error

    def _story(self, percent: int, reason: str) -> str:
        return (
            f"version {self.newest} had {percent} % of the requests and was taken back, since {reason}\n"
            f"version {self.serving} has all of them again; `lambwsgi logs {self.settings.stage}` shows why"
        )


def _why(error: BaseException) -> str:
    return "the deployment was stopped" if isinstance(error, KeyboardInterrupt | FollowError) else str(error)
