"""The whole template of a stage, gathered. Pure: the same settings and the same digest give the same bytes."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping

from lambwsgi.deploy import names
from lambwsgi.deploy.template.alias import alias_conditions, alias_parameters
from lambwsgi.deploy.template.capacity import capacity_resources
from lambwsgi.deploy.template.code_deploy import code_deploy_resources
from lambwsgi.deploy.template.domain import domain_address, domain_outputs
from lambwsgi.deploy.template.function import function_resources, live_version, newest_version
from lambwsgi.deploy.template.function_url import function_url_address, function_url_resources
from lambwsgi.deploy.template.http_api import http_api_address, http_api_resources
from lambwsgi.deploy.template.intrinsics import Json, Resources, ref
from lambwsgi.deploy.template.load_balancer import load_balancer_address, load_balancer_resources
from lambwsgi.deploy.template.rest_api import rest_api_address, rest_api_resources
from lambwsgi.deploy.template.warm import warm_resources
from lambwsgi.settings.model import GatewayKind, Package, StageSettings

# What CloudFormation takes when the template is a part of the call. Source: its user guide, 'Understand quotas'.
TEMPLATE_BYTES = 51_200
RESOURCES_MOST = 500

# What stands in front of the alias, and where the public finds it.
FRONT_DOORS: dict[GatewayKind, tuple[Callable[[StageSettings], Resources], Callable[[StageSettings], Json | str]]] = {
    GatewayKind.FUNCTION_URL: (function_url_resources, function_url_address),
    GatewayKind.HTTP_API: (http_api_resources, http_api_address),
    GatewayKind.REST_API: (rest_api_resources, rest_api_address),
    GatewayKind.ALB: (load_balancer_resources, load_balancer_address),
}


def build_template(settings: StageSettings, artifact_sha256: str, layer_sha256: str | None = None) -> Json:
    """The CloudFormation template that makes the stage what its settings say, running that artifact with its layer."""
    front_door, address = FRONT_DOORS[settings.gateway]
    function = function_resources(settings, artifact_sha256, layer_sha256)
    return {
        "AWSTemplateFormatVersion": "2010-09-09",
        "Description": f"{settings.project}, stage {settings.stage}: a WSGI application on Lambda, by lambwsgi",
        "Parameters": _parameters(settings),
        "Conditions": alias_conditions(settings),
        "Resources": {
            **function,
            **code_deploy_resources(settings, newest_version(function)),
            **capacity_resources(settings),
            **front_door(settings),
            **warm_resources(settings),
        },
        "Outputs": {
            "Url": {
                "Description": "Where the application answers",
                "Value": domain_address(settings) or address(settings),
            },
            **domain_outputs(settings, address(settings)),
            "FunctionName": {"Description": "The function", "Value": ref(names.FUNCTION_ID)},
            names.SERVING_OUTPUT: {"Description": "The version that serves", "Value": live_version(function)},
            names.NEWEST_OUTPUT: {"Description": "The version of this template", "Value": newest_version(function)},
            "LogGroup": {"Description": "The log", "Value": ref(names.LOG_GROUP_ID)},
            "Artifact": {"Description": "SHA-256 of the newest artifact", "Value": artifact_sha256},
            **_layer_output(layer_sha256),
        },
    }


def template_text(template: Json) -> str:
    """The template as it is sent and printed: JSON, indented by two, in the order in which it was built."""
    return json.dumps(template, indent=2) + "\n"


def sent_text(template: Json) -> str:
    """The template as CloudFormation gets it: without blanks where it would be too long with them."""
    text = template_text(template)
    return text if len(text.encode()) <= TEMPLATE_BYTES else json.dumps(template, separators=(",", ":"))


def _layer_output(sha256: str | None) -> Json:
    return {} if sha256 is None else {names.LAYER_OUTPUT: {"Description": "SHA-256 of its layer", "Value": sha256}}


def _parameters(settings: StageSettings) -> Json:
    return {**_CODE_PARAMETER[settings.package], **alias_parameters(settings)}


# Where the code lies: known to whoever deploys the template, and no part of it.
_CODE_PARAMETER: Mapping[Package, Json] = {
    Package.ZIP: {names.BUCKET_PARAMETER: {"Type": "String", "Description": "Bucket that holds the artifact"}},
    Package.IMAGE: {
        names.REPOSITORY_PARAMETER: {"Type": "String", "Description": "Address of the repository that holds the image"}
    },
}
