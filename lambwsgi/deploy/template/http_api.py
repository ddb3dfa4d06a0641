"""An HTTP API in front of the alias: one `$default` route with payload format 2.0, on a `$default` stage."""

from __future__ import annotations

from lambwsgi.deploy import names
from lambwsgi.deploy.template.intrinsics import Json, Resources, ref, sub
from lambwsgi.settings.model import StageSettings

# Source: API Gateway developer guide, 'Quotas for configuring and running an HTTP API'.
TIMEOUT_SECONDS = 30


def http_api_resources(settings: StageSettings) -> Resources:
    """API, integration, route, stage and the permission to invoke the alias."""
    tags = dict(sorted(names.tags(settings).items()))
    return {
        names.HTTP_API_ID: {
            "Type": "AWS::ApiGatewayV2::Api",
            "Properties": {"Name": settings.function_name, "ProtocolType": "HTTP", "Tags": tags},
        },
        "HttpApiIntegration": {
            "Type": "AWS::ApiGatewayV2::Integration",
            "Properties": {
                "ApiId": ref(names.HTTP_API_ID),
                "IntegrationType": "AWS_PROXY",
                "IntegrationMethod": "POST",
                "IntegrationUri": ref(names.ALIAS_ID),
                "PayloadFormatVersion": "2.0",
                "TimeoutInMillis": min(settings.timeout_seconds, TIMEOUT_SECONDS) * 1000,
            },
        },
        "HttpApiRoute": {
            "Type": "AWS::ApiGatewayV2::Route",
            "Properties": {
                "ApiId": ref(names.HTTP_API_ID),
                "RouteKey": "$default",
                "Target": sub("integrations/${HttpApiIntegration}"),
            },
        },
        "HttpApiStage": {
            "Type": "AWS::ApiGatewayV2::Stage",
            "Properties": {
                "ApiId": ref(names.HTTP_API_ID),
                "StageName": "$default",
                "AutoDeploy": True,
                "Tags": tags,
            },
        },
        "HttpApiPermission": {
            "Type": "AWS::Lambda::Permission",
            "Properties": {
                "Action": "lambda:InvokeFunction",
                "FunctionName": ref(names.ALIAS_ID),
                "Principal": "apigateway.amazonaws.com",
                "SourceArn": sub(
                    "arn:${AWS::Partition}:execute-api:${AWS::Region}:${AWS::AccountId}:${HttpApi}/*/$default"
                ),
            },
        },
    }


def http_api_address(_settings: StageSettings) -> Json:
    """The public URL of the `$default` stage, which leaves no prefix in the path."""
    return sub("${HttpApi.ApiEndpoint}/")
