"""A REST API in front of the alias: ANY on the root and on `{proxy+}`, every body passed through as bytes."""

from __future__ import annotations

from lambwsgi.deploy import names
from lambwsgi.deploy.template.intrinsics import Json, Resources, content_id, get_att, ref, sub, tag_list
from lambwsgi.settings.model import StageSettings

# The default quota of a Regional API. Source: API Gateway developer guide, 'Quotas for a REST API'.
TIMEOUT_SECONDS = 29

_PROXY_ID = "RestApiProxy"
_ROOT_METHOD_ID = "RestApiRootMethod"
_PROXY_METHOD_ID = "RestApiProxyMethod"


def rest_api_resources(settings: StageSettings) -> Resources:
    """API, proxy resource, both methods, deployment, stage and the permission to invoke the alias.

    A deployment is a snapshot that CloudFormation cannot update: its logical id follows what it is a snapshot of.
    """
    api = _api(settings)
    proxy = _proxy()
    root_method = _method(settings, get_att(names.REST_API_ID, "RootResourceId"))
    proxy_method = _method(settings, ref(_PROXY_ID))
    deployment_id = content_id("RestApiDeployment", [api["Properties"]["BinaryMediaTypes"], root_method, proxy_method])
    return {
        names.REST_API_ID: api,
        _PROXY_ID: proxy,
        _ROOT_METHOD_ID: root_method,
        _PROXY_METHOD_ID: proxy_method,
        deployment_id: _deployment(),
        "RestApiStage": _stage(settings, deployment_id),
        "RestApiPermission": _permission(),
    }


def rest_api_address(settings: StageSettings) -> Json:
    """The public URL; the stage's name is the first segment of its path."""
    return sub(f"https://${{RestApi}}.execute-api.${{AWS::Region}}.${{AWS::URLSuffix}}/{settings.stage}/")


def _api(settings: StageSettings) -> Json:
    return {
        "Type": "AWS::ApiGateway::RestApi",
        "Properties": {
            "Name": settings.function_name,
            "BinaryMediaTypes": ["*/*"],
            "EndpointConfiguration": {"Types": ["REGIONAL"]},
            "Tags": tag_list(names.tags(settings)),
        },
    }


def _proxy() -> Json:
    return {
        "Type": "AWS::ApiGateway::Resource",
        "Properties": {
            "RestApiId": ref(names.REST_API_ID),
            "ParentId": get_att(names.REST_API_ID, "RootResourceId"),
            "PathPart": "{proxy+}",
        },
    }


def _method(settings: StageSettings, resource: Json) -> Json:
    return {
        "Type": "AWS::ApiGateway::Method",
        "Properties": {
            "RestApiId": ref(names.REST_API_ID),
            "ResourceId": resource,
            "HttpMethod": "ANY",
            "AuthorizationType": "NONE",
            "Integration": {
                "Type": "AWS_PROXY",
                "IntegrationHttpMethod": "POST",
                "TimeoutInMillis": min(settings.timeout_seconds, TIMEOUT_SECONDS) * 1000,
                "Uri": sub(
                    "arn:${AWS::Partition}:apigateway:${AWS::Region}:lambda:path/2015-03-31/functions/${LiveAlias}/invocations"
                ),
            },
        },
    }


def _deployment() -> Json:
    return {
        "Type": "AWS::ApiGateway::Deployment",
        "DependsOn": [_PROXY_METHOD_ID, _ROOT_METHOD_ID],
        "Properties": {"RestApiId": ref(names.REST_API_ID)},
    }


def _stage(settings: StageSettings, deployment_id: str) -> Json:
    return {
        "Type": "AWS::ApiGateway::Stage",
        "Properties": {
            "RestApiId": ref(names.REST_API_ID),
            "DeploymentId": ref(deployment_id),
            "StageName": settings.stage,
            "Tags": tag_list(names.tags(settings)),
        },
    }


def _permission() -> Json:
    return {
        "Type": "AWS::Lambda::Permission",
        "Properties": {
            "Action": "lambda:InvokeFunction",
            "FunctionName": ref(names.ALIAS_ID),
            "Principal": "apigateway.amazonaws.com",
            "SourceArn": sub("arn:${AWS::Partition}:execute-api:${AWS::Region}:${AWS::AccountId}:${RestApi}/*/*"),
        },
    }
