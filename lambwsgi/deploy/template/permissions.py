"""What a template grants, in words, so that a plan can say it. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from lambwsgi.deploy.template.intrinsics import Json


def describe_permissions(template: Json) -> tuple[str, ...]:
    """One sentence for each statement of a role and each permission on the function, in the template's order."""
    return tuple(
        sentence
        for logical_id, resource in template["Resources"].items()
        for sentence in _SENTENCES.get(resource["Type"], _none)(logical_id, resource["Properties"])
    )


def _none(_logical_id: str, _properties: Json) -> Iterator[str]:
    yield from ()


def _role(logical_id: str, properties: Json) -> Iterator[str]:
    for policy in properties.get("ManagedPolicyArns", ()):
        yield f"{logical_id} may what AWS's {_name(policy).rpartition('/')[2]} says"
    for policy in properties.get("Policies", ()):
        for statement in policy["PolicyDocument"]["Statement"]:
            where = ", ".join(map(_name, statement["Resource"]))
            may = "may" if statement["Effect"] == "Allow" else "may not"
            yield f"{logical_id} {may} {', '.join(statement['Action'])} on {where}"


def _function_permission(_logical_id: str, properties: Json) -> Iterator[str]:
    who = "anyone on the internet" if properties["Principal"] == "*" else properties["Principal"]
    by_url = " through the function URL" if properties.get("InvokedViaFunctionUrl") else ""
    yield f"{who} may {properties['Action']} on {_name(properties['FunctionName'])}{by_url}"


def _http_method(logical_id: str, properties: Json) -> Iterator[str]:
    if properties.get("AuthorizationType", "NONE") == "NONE":
        yield f"anyone on the internet may call {logical_id}"


def _name(resource: Any) -> str:
    """The logical id that an intrinsic points at, or the text itself, without partition, region and account."""
    if isinstance(resource, dict):
        target = next(iter(resource.values()))
        resource = target[0] if isinstance(target, list) else target
    return "anything" if resource == "*" else str(resource).rpartition("}:")[2]


_SENTENCES = {
    "AWS::IAM::Role": _role,
    "AWS::Lambda::Permission": _function_permission,
    "AWS::ApiGatewayV2::Route": _http_method,
    "AWS::ApiGateway::Method": _http_method,
}
