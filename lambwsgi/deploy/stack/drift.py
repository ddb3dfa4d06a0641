"""Drift: where a stage is other than its stack says, since it was changed past CloudFormation. Pure.

What matters most is compared here: code, configuration, reserved concurrency and the alias. All else is found by
CloudFormation's own detection, which takes its time.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Any

from lambwsgi.deploy import names
from lambwsgi.deploy.aws.records import FunctionVersion
from lambwsgi.deploy.function.state import FunctionState
from lambwsgi.deploy.template.intrinsics import Json

_SHOWN_CHARACTERS = 80
# Variables may hold secrets: that one differs is told, and never what it is.
VARIABLES = "Environment"
_FUNCTION_TYPE = "AWS::Lambda::Function"
_ALIAS_TYPE = "AWS::Lambda::Alias"


@dataclass(frozen=True, slots=True)
class Drift:
    """One property that is other than the stack says; an empty `name` where the whole resource is gone.

    `expected` and `actual` in words; `by_fast_lane`: lambwsgi itself did it. `mended`: a full deployment sets it right.
    """

    logical_id: str
    resource_type: str
    name: str
    expected: str
    actual: str
    by_fast_lane: bool = False
    mended: bool = False

    def __str__(self) -> str:
        if not self.name:
            return f"{self.logical_id} ({self.resource_type}) is gone: somebody removed it"
        who = "by the fast lane" if self.by_fast_lane else "changed past CloudFormation"
        mended = "; the next full deployment sets it right" if self.mended else ""
        return f"{self.logical_id} {self.name} is {self.actual} instead of {self.expected}, {who}{mended}"


def shown(value: object) -> str:
    """A value in a few words."""
    text = "none" if value in (None, "", [], {}) else str(value)
    return text if len(text) <= _SHOWN_CHARACTERS else f"{text[: _SHOWN_CHARACTERS - 1]}…"


def gone(logical_id: str, resource_type: str) -> Drift:
    """That a resource is not there any more."""
    return Drift(logical_id, resource_type, "", "there", "gone")


def function_drift(template: Json, state: FunctionState | None) -> Iterator[Drift]:
    """Where the function is other than the template that it was deployed by."""
    if state is None:
        yield gone(names.FUNCTION_ID, _FUNCTION_TYPE)
        return
    wanted = template["Resources"][names.FUNCTION_ID]["Properties"]
    yield from code_drift(wanted, state)
    actual = {**state.configuration, "ReservedConcurrentExecutions": state.reserved_concurrency}
    for name, compared in _COMPARED.items():
        expected, found = (
            compared.usual if each is None else each for each in (wanted.get(name), compared.read(actual))
        )
        if not _has_intrinsic(expected) and not _same(expected, found):
            yield Drift(names.FUNCTION_ID, _FUNCTION_TYPE, name, shown(expected), shown(found))
    yield from _variables_drift(wanted, state.configuration)


def code_of(template: Json) -> str:
    """The digest of the code that a template deploys, which is the name of its artifact."""
    return _digest_of(template["Resources"][names.FUNCTION_ID]["Properties"]["Code"])


def _digest_of(code: Json) -> str:
    return PurePosixPath(code["S3Key"]).stem


def code_drift(wanted: Json, state: FunctionState) -> Iterator[Drift]:
    """Where the function's code is another one; of an image Lambda does not tell it."""
    if "S3Key" not in wanted["Code"]:
        return
    expected = _digest_of(wanted["Code"])
    if expected != state.sha256:
        yield Drift(names.FUNCTION_ID, _FUNCTION_TYPE, "Code", expected[:12], state.sha256[:12], mended=True)


def alias_drift(serving: int, live: FunctionVersion | None) -> Iterator[Drift]:
    """Where the alias stands for another version than the stack says."""
    if live is None:
        yield gone(names.ALIAS_ID, _ALIAS_TYPE)
    elif live.number != serving:
        numbers, ours = (str(serving), str(live.number)), live.by_fast_lane
        yield Drift(names.ALIAS_ID, _ALIAS_TYPE, "FunctionVersion", *numbers, by_fast_lane=ours, mended=True)


@dataclass(frozen=True, slots=True)
class _Compared:
    """Where Lambda tells a property of the template, and what it is where the template does not say."""

    read: Callable[[Mapping[str, Any]], Any]
    usual: Any = None


def _told_as(name: str, usual: Any = None) -> _Compared:
    return _Compared(lambda told: told.get(name), usual)


_COMPARED: Mapping[str, _Compared] = {
    "Architectures": _told_as("Architectures", ["x86_64"]),
    "DeadLetterConfig": _told_as("DeadLetterConfig"),
    "EphemeralStorage": _told_as("EphemeralStorage", {"Size": 512}),
    "Handler": _told_as("Handler"),
    "KmsKeyArn": _told_as("KMSKeyArn"),
    "Layers": _Compared(lambda told: [layer["Arn"] for layer in told.get("Layers") or ()], []),
    "MemorySize": _told_as("MemorySize"),
    "ReservedConcurrentExecutions": _told_as("ReservedConcurrentExecutions"),
    "Role": _told_as("Role"),
    "Runtime": _told_as("Runtime"),
    "SnapStart": _told_as("SnapStart", {"ApplyOn": "None"}),
    "Timeout": _told_as("Timeout"),
    "TracingConfig": _told_as("TracingConfig", {"Mode": "PassThrough"}),
    "VpcConfig": _Compared(lambda told: told.get("VpcConfig") if (told.get("VpcConfig") or {}).get("VpcId") else None),
}


def _same(expected: Any, actual: Any) -> bool:
    """Whether it is as expected: of a map the keys that are expected, since Lambda tells more; of a list any order."""
    if isinstance(expected, Mapping) and isinstance(actual, Mapping):
        return all(_same(value, actual.get(name)) for name, value in expected.items())
    if isinstance(expected, list) and isinstance(actual, list):
        return sorted(map(str, expected)) == sorted(map(str, actual))
    return bool(expected == actual)


def _has_intrinsic(value: Any) -> bool:
    """Whether the value is known to CloudFormation only."""
    if isinstance(value, Mapping):
        return any(name == "Ref" or name.startswith("Fn::") or _has_intrinsic(each) for name, each in value.items())
    return isinstance(value, list) and any(map(_has_intrinsic, value))


def _variables_drift(wanted: Json, told: Mapping[str, Any]) -> Iterator[Drift]:
    """Variables by their names: added, taken away, or of another value."""
    expected = wanted.get(VARIABLES, {}).get("Variables", {})
    actual = told.get(VARIABLES, {}).get("Variables", {})
    for name in sorted({*expected, *actual}):
        if expected.get(name) != actual.get(name):
            there = "set" if name not in expected else "of another value" if name in actual else "missing"
            known = "set" if name in expected else "missing"
            yield Drift(names.FUNCTION_ID, _FUNCTION_TYPE, f"{VARIABLES}.Variables.{name}", known, there)
