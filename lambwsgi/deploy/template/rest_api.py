"""A REST API in front of the alias: ANY on the root and on `{proxy+}`, every body passed through as bytes."""

from __future__ import annotations

from lambwsgi.deploy import names
from lambwsgi.deploy.template.api_key import api_key_resources
from lambwsgi.deploy.template.auth import method_auth, rest_api_authorizer
from lambwsgi.deploy.template.domain import domain_resources, endpoint_switch
from lambwsgi.deploy.template.gateway_log import REST_API_LINE, gateway_log_resources, gateway_log_setting
from lambwsgi.deploy.template.intrinsics import Json, Resources, content_id, get_att, ref, sub, tag_list
from lambwsgi.settings.model import StageSettings

# The default quota of a Regional API. Source: API Gateway developer guide, 'Quotas for a REST API'.
TIMEOUT_SECONDS = 29
# The longest that a response may be streamed. Source: the same, 'Stream the integration response'.
STREAM_SECONDS = 900

_STAGE_ID = "RestApiStage"
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
    authorizer = rest_api_authorizer(settings)
    frozen = [api["Properties"]["BinaryMediaTypes"], root_method, proxy_method, *authorizer.values()]
    deployment_id = content_id("RestApiDeployment", frozen)
    return {
        names.REST_API_ID: api,
        **authorizer,
        _PROXY_ID: proxy,
        _ROOT_METHOD_ID: root_method,
        _PROXY_METHOD_ID: proxy_method,
        deployment_id: _deployment(),
        **gateway_log_resources(settings),
        _STAGE_ID: _stage(settings, deployment_id),
        "RestApiPermission": _permission(),
        **api_key_resources(settings, _STAGE_ID),
        **domain_resources(settings, names.REST_API_ID, _STAGE_ID),
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
            **endpoint_switch(settings),
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
            **method_auth(settings.auth),
            **({"ApiKeyRequired": True} if settings.api_key else {}),
            "Integration": {
                "Type": "AWS_PROXY",
                "IntegrationHttpMethod": "POST",
                "TimeoutInMillis": min(settings.timeout_seconds, patience_seconds(settings)) * 1000,
                **_invocation(settings),
            },
        },
    }


def patience_seconds(settings: StageSettings) -> int:
    """How long the API waits for the function."""
    return STREAM_SECONDS if settings.streaming else TIMEOUT_SECONDS


def _invocation(settings: StageSettings) -> Json:
    """How the function is invoked: for a whole result, or for one that is streamed."""
    path, end, mode = ("2015-03-31", "invocations", {})
    if settings.streaming:
        path, end, mode = ("2021-11-15", "response-streaming-invocations", {"ResponseTransferMode": "STREAM"})
    function = f"lambda:path/{path}/functions/${{LiveAlias}}/{end}"
    return {"Uri": sub(f"arn:${{AWS::Partition}}:apigateway:${{AWS::Region}}:{function}"), **mode}


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
            **gateway_log_setting(settings, "AccessLogSetting", REST_API_LINE),
            **_throttle(settings),
            "Tags": tag_list(names.tags(settings)),
        },
    }


def _throttle(settings: StageSettings) -> Json:
    if settings.throttle is None:
        return {}
    limits = {"ThrottlingBurstLimit": settings.throttle.burst, "ThrottlingRateLimit": settings.throttle.rate}
    return {"MethodSettings": [{"HttpMethod": "*", "ResourcePath": "/*", **limits}]}


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
