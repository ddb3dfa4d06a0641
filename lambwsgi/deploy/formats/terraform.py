"""The stage as a configuration of Terraform and OpenTofu in JSON, translated from the CloudFormation template. Pure.

It has no block for a provider or a backend: these are of who uses it, as a root module or as a part of one.
Source: Terraform, 'JSON Configuration Syntax'.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any

from lambwsgi.deploy import names
from lambwsgi.deploy.formats.expressions import PSEUDO_PARAMETERS, Address, Expressions, is_intrinsic
from lambwsgi.deploy.formats.kinds import KINDS, Kind, snake_case
from lambwsgi.deploy.formats.parts import cut
from lambwsgi.deploy.formats.refusal import refusal
from lambwsgi.deploy.template.alias import without_weights
from lambwsgi.deploy.template.intrinsics import Json, Resources

# The version that knows both permissions of a public function URL.
# Source: changelog of the provider, 'resource/aws_lambda_permission: Add `invoked_via_function_url` argument'.
_PROVIDER = {"source": "hashicorp/aws", "version": ">= 6.29"}
# Whose keys are names of the user's own.
_MAPS = frozenset({"Tags", "Triggers", "Variables"})
# What is JSON in a text.
_DOCUMENTS = frozenset({"AssumeRolePolicyDocument", "PolicyDocument"})


# Whose ids follow their content, which Terraform sees for itself.
_OF_CONTENT = frozenset({"AWS::ApiGateway::Deployment", "AWS::Lambda::LayerVersion"})


def terraform_configuration(template: Json) -> Json:
    """The configuration that makes the same stage. Raises TemplateError for a resource without counterpart."""
    template = without_weights(template)
    parts = cut(template["Resources"])
    whole = {name: each for part in parts.values() for name, each in part.items()}
    addresses = {name: _address(name, each) for name, each in whole.items()}
    # A version is the function's, which publishes it.
    versions = {name: addresses[names.FUNCTION_ID] for name, part in parts.items() if not part}
    parameters = {name: snake_case(name) for name in template["Parameters"]}
    expressions = Expressions({**addresses, **versions}, parameters, template["Conditions"])
    resources = {name: _block(each, expressions, _before(each, parts, addresses)) for name, each in whole.items()}
    outputs = {snake_case(name): _output(each, expressions) for name, each in template["Outputs"].items()}
    return {
        "//": template["Description"],
        "terraform": {"required_version": ">= 1.5", "required_providers": {"aws": _PROVIDER}},
        "variable": {parameters[name]: _variable(each) for name, each in template["Parameters"].items()},
        "data": _sources(json.dumps([resources, outputs])),
        "resource": _nested(addresses, resources),
        "output": outputs,
    }


def _kind(logical_id: str, resource: Json) -> Kind:
    if resource["Type"] not in KINDS:
        raise refusal("Terraform", f"{resource['Type']} ({logical_id})")
    return KINDS[resource["Type"]]


def _address(logical_id: str, resource: Json) -> Address:
    kind = _kind(logical_id, resource)
    name = re.sub(r"[0-9a-f]{12}$", "", logical_id) if resource["Type"] in _OF_CONTENT else logical_id
    return Address(f"{kind.name}.{snake_case(name)}", kind.ref, kind.attributes)


def _block(resource: Json, expressions: Expressions, before: list[str]) -> Json:
    kind = KINDS[resource["Type"]]
    arguments = _arguments(resource["Properties"], kind, expressions)
    return {**arguments, **kind.added, **({"depends_on": before} if before else {})}


def _before(resource: Json, parts: Mapping[str, Resources], addresses: Mapping[str, Address]) -> list[str]:
    """What has to be there first without being named: each resource with all of its parts."""
    return [addresses[part].path for whole in resource.get("DependsOn", ()) for part in parts[whole]]


def _arguments(properties: Json, kind: Kind, expressions: Expressions) -> Json:
    found: Json = {}
    for name, value in properties.items():
        word = kind.word(name)
        if name in kind.spread:
            found |= _arguments(value, kind, expressions)
        elif word is not None:
            found[word] = _argument(name, value, kind, expressions)
    return found


def _argument(name: str, value: Any, kind: Kind, expressions: Expressions) -> Any:
    if name in _MAPS:
        return expressions.value(_as_map(value))
    if name in _DOCUMENTS:
        return json.dumps(expressions.value(value), separators=(",", ":"))
    if isinstance(value, list):
        return [_argument("", each, kind, expressions) for each in value]
    if isinstance(value, dict) and not is_intrinsic(value):
        return _arguments(value, kind, expressions)
    return expressions.value(value)


def _as_map(value: Json | list[Json]) -> Json:
    return value if isinstance(value, dict) else {each["Key"]: each["Value"] for each in value}


def _variable(parameter: Json) -> Json:
    """Only texts are asked for."""
    default = {"default": parameter["Default"]} if "Default" in parameter else {}
    return {"type": "string", "description": parameter["Description"], **default}


def _output(output: Json, expressions: Expressions) -> Json:
    return {"description": output["Description"], "value": expressions.value(output["Value"])}


def _sources(text: str) -> Json:
    """The data sources that are asked for."""
    asked = (path.split(".")[1:3] for path in PSEUDO_PARAMETERS.values() if path in text)
    return {kind: {name: {}} for kind, name in asked}


def _nested(addresses: Mapping[str, Address], resources: Mapping[str, Json]) -> Json:
    """By type and then by name, as Terraform wants them."""
    nested: Json = {}
    for logical_id, block in resources.items():
        kind, _, name = addresses[logical_id].path.partition(".")
        nested.setdefault(kind, {})[name] = block
    return nested
