"""An HTTP API in front of the alias: one `$default` route with payload format 2.0, on a `$default` stage."""

from __future__ import annotations

from lambwsgi.deploy import names
from lambwsgi.deploy.template.auth import http_api_authorizer, route_auth
from lambwsgi.deploy.template.cors import cors_rules
from lambwsgi.deploy.template.domain import domain_resources, endpoint_switch
from lambwsgi.deploy.template.gateway_log import HTTP_API_LINE, gateway_log_resources, gateway_log_setting
from lambwsgi.deploy.template.intrinsics import Json, Resources, ref, sub
from lambwsgi.settings.model import StageSettings

# Source: API Gateway developer guide, 'Quotas for configuring and running an HTTP API'.
TIMEOUT_SECONDS = 30

_STAGE_ID = "HttpApiStage"


def http_api_resources(settings: StageSettings) -> Resources:
    """API, integration, routes, stage and the permission to invoke the alias; authorizer, log and domain if wanted."""
    return {
        names.HTTP_API_ID: _api(settings),
        "HttpApiIntegration": _integration(settings),
        **http_api_authorizer(settings),
        **_routes(settings),
        **gateway_log_resources(settings),
        _STAGE_ID: _stage(settings),
        "HttpApiPermission": _permission(settings),
        **domain_resources(settings, names.HTTP_API_ID, _STAGE_ID),
    }


def http_api_address(_settings: StageSettings) -> Json:
    """The public URL of the `$default` stage, which leaves no prefix in the path."""
    return sub("${HttpApi.ApiEndpoint}/")


def _api(settings: StageSettings) -> Json:
    return {
        "Type": "AWS::ApiGatewayV2::Api",
        "Properties": {
            "Name": settings.function_name,
            "ProtocolType": "HTTP",
            **({"CorsConfiguration": cors_rules(settings.cors)} if settings.cors else {}),
            **endpoint_switch(settings),
            "Tags": dict(sorted(names.tags(settings).items())),
        },
    }


def _integration(settings: StageSettings) -> Json:
    return {
        "Type": "AWS::ApiGatewayV2::Integration",
        "Properties": {
            "ApiId": ref(names.HTTP_API_ID),
            "IntegrationType": "AWS_PROXY",
            "IntegrationMethod": "POST",
            "IntegrationUri": ref(names.ALIAS_ID),
            "PayloadFormatVersion": "2.0",
            "TimeoutInMillis": min(settings.timeout_seconds, TIMEOUT_SECONDS) * 1000,
        },
    }


def _routes(settings: StageSettings) -> Resources:
    """One for all requests. Where it is not open, browsers have to be let ask first, which they do without credentials.

    Source: API Gateway developer guide, 'Configuring CORS for an HTTP API with a $default route and an authorizer'.
    """
    asking = {"HttpApiAskRoot": "OPTIONS /", "HttpApiAsk": "OPTIONS /{proxy+}"} if _browsers_ask(settings) else {}
    return {
        "HttpApiRoute": _route("$default", route_auth(settings.auth)),
        **{name: _route(key, {}) for name, key in asking.items()},
    }


def _browsers_ask(settings: StageSettings) -> bool:
    return settings.cors is not None and settings.auth is not None


def _route(key: str, auth: Json) -> Json:
    return {
        "Type": "AWS::ApiGatewayV2::Route",
        "Properties": {
            "ApiId": ref(names.HTTP_API_ID),
            "RouteKey": key,
            "Target": sub("integrations/${HttpApiIntegration}"),
            **auth,
        },
    }


def _stage(settings: StageSettings) -> Json:
    return {
        "Type": "AWS::ApiGatewayV2::Stage",
        "Properties": {
            "ApiId": ref(names.HTTP_API_ID),
            "StageName": "$default",
            "AutoDeploy": True,
            **gateway_log_setting(settings, "AccessLogSettings", HTTP_API_LINE),
            **_throttle(settings),
            "Tags": dict(sorted(names.tags(settings).items())),
        },
    }


def _throttle(settings: StageSettings) -> Json:
    if settings.throttle is None:
        return {}
    limits = {"ThrottlingBurstLimit": settings.throttle.burst, "ThrottlingRateLimit": settings.throttle.rate}
    return {"DefaultRouteSettings": limits}


def _permission(settings: StageSettings) -> Json:
    # The routes by which browsers ask are routes of their own.
    routes = "*" if _browsers_ask(settings) else "$default"
    return {
        "Type": "AWS::Lambda::Permission",
        "Properties": {
            "Action": "lambda:InvokeFunction",
            "FunctionName": ref(names.ALIAS_ID),
            "Principal": "apigateway.amazonaws.com",
            "SourceArn": sub(
                f"arn:${{AWS::Partition}}:execute-api:${{AWS::Region}}:${{AWS::AccountId}}:${{HttpApi}}/*/{routes}"
            ),
        },
    }
