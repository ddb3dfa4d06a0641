"""CloudFormation's intrinsic functions as Terraform's expressions. Pure; knows resources by their names only."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from lambwsgi.deploy.formats.refusal import refusal
from lambwsgi.deploy.template.intrinsics import Json

PSEUDO_PARAMETERS = {
    "AWS::AccountId": "data.aws_caller_identity.current.account_id",
    "AWS::Partition": "data.aws_partition.current.partition",
    "AWS::Region": "data.aws_region.current.region",
    "AWS::URLSuffix": "data.aws_partition.current.dns_suffix",
}
_PLACEHOLDER = re.compile(r"\$\{([^}]+)\}")


@dataclass(frozen=True, slots=True)
class Address:
    """Where a resource is found in Terraform, what `Ref` gives of it, and what its attributes are called."""

    path: str
    ref: str
    attributes: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Expressions:
    """What turns values of a CloudFormation template into values of a Terraform configuration."""

    addresses: Mapping[str, Address]
    parameters: Mapping[str, str]
    conditions: Mapping[str, Json]

    def value(self, value: Any) -> Any:
        """The value with each intrinsic function as an interpolation; what only looks like one is escaped."""
        if isinstance(value, str):
            return _escaped(value)
        if isinstance(value, list):
            return [self.value(each) for each in value]
        if not isinstance(value, dict):
            return value
        if isinstance(text := value.get("Fn::Sub"), str):
            return self._filled(text)
        if is_intrinsic(value):
            return f"${{{self._expression(value)}}}"
        return {_escaped(name): self.value(each) for name, each in value.items()}

    def _expression(self, value: Any) -> str:
        """The value as an expression that stands by itself."""
        if isinstance(value, str):
            return json.dumps(_escaped(value))
        name, argument = next(iter(value.items()))
        if name not in _EXPRESSIONS:
            raise refusal("Terraform", name)
        return _EXPRESSIONS[name](self, argument)

    def _filled(self, text: str) -> str:
        """A text with `${...}`, each replaced by what it names; all else in it is text."""
        parts = _PLACEHOLDER.split(text)
        return "".join(f"${{{self._named(part)}}}" if place % 2 else _escaped(part) for place, part in enumerate(parts))

    def _named(self, name: str) -> str:
        logical_id, _, attribute = name.partition(".")
        return self._attribute([logical_id, attribute]) if attribute else self._reference(name)

    def _reference(self, name: str) -> str:
        if name in PSEUDO_PARAMETERS:
            return PSEUDO_PARAMETERS[name]
        if name in self.parameters:
            return f"var.{self.parameters[name]}"
        address = self.addresses[name]
        return f"{address.path}.{address.ref}"

    def _attribute(self, named: list[str]) -> str:
        logical_id, attribute = named
        address = self.addresses[logical_id]
        return f"{address.path}.{address.attributes[attribute]}"

    def _choice(self, branches: list[Any]) -> str:
        condition, one, other = branches
        asked = self._expression(self.conditions[condition])
        return f"{asked} ? {self._expression(one)} : {self._expression(other)}"

    def _part(self, selected: list[Any]) -> str:
        place, whole = selected
        return f"{self._expression(whole)}[{place}]"

    def _split(self, divided: list[Any]) -> str:
        separator, text = divided
        return f"split({self._expression(separator)}, {self._expression(text)})"

    def _equality(self, sides: list[Any]) -> str:
        return " == ".join(map(self._expression, sides))

    def _negation(self, negated: list[Any]) -> str:
        return f"!({self._expression(negated[0])})"


def is_intrinsic(value: Json) -> bool:
    """Whether the object is an intrinsic function and not one of properties."""
    return len(value) == 1 and next(iter(value)).startswith(("Ref", "Fn::"))


def _escaped(text: str) -> str:
    """The text as Terraform takes it for itself. Source: Terraform, 'Strings and Templates', escape sequences."""
    return text.replace("${", "$${").replace("%{", "%%{")


_EXPRESSIONS: Mapping[str, Callable[[Expressions, Any], str]] = {
    "Fn::Equals": Expressions._equality,
    "Fn::GetAtt": Expressions._attribute,
    "Fn::If": Expressions._choice,
    "Fn::Not": Expressions._negation,
    "Fn::Select": Expressions._part,
    "Fn::Split": Expressions._split,
    "Ref": Expressions._reference,
}
