"""Who may call an API: the authorizer, what lets the API ask it, and how a route or a method names it."""

from __future__ import annotations

from typing import Any

from lambwsgi.deploy import names
from lambwsgi.deploy.template.intrinsics import Json, Resources, ref, sub
from lambwsgi.settings.front import Auth, Authorizer
from lambwsgi.settings.model import StageSettings

AUTHORIZER_ID = "ApiAuthorizer"
_HTTP_TYPES = {"iam": "AWS_IAM", "jwt": "JWT", "authorizer": "CUSTOM"}
_REST_TYPES = {"iam": "AWS_IAM", "cognito": "COGNITO_USER_POOLS", "authorizer": "CUSTOM"}


def http_api_authorizer(settings: StageSettings) -> Resources:
    """The authorizer of an HTTP API; nothing where it needs none."""
    auth = settings.auth
    parts = _http_parts(auth) if auth else None
    if auth is None or parts is None:
        return {}
    authorizer = {
        "Type": "AWS::ApiGatewayV2::Authorizer",
        "Properties": {"ApiId": ref(names.HTTP_API_ID), "Name": settings.function_name, **parts},
    }
    return {AUTHORIZER_ID: authorizer, **_permission(auth, names.HTTP_API_ID)}


def rest_api_authorizer(settings: StageSettings) -> Resources:
    """The same of a REST API."""
    auth = settings.auth
    parts = _rest_parts(auth) if auth else None
    if auth is None or parts is None:
        return {}
    authorizer = {
        "Type": "AWS::ApiGateway::Authorizer",
        "Properties": {"RestApiId": ref(names.REST_API_ID), "Name": settings.function_name, **parts},
    }
    return {AUTHORIZER_ID: authorizer, **_permission(auth, names.REST_API_ID)}


def route_auth(auth: Auth | None) -> Json:
    """How a route of an HTTP API says who may."""
    return _named(auth, _HTTP_TYPES)


def method_auth(auth: Auth | None) -> Json:
    """How a method of a REST API says who may."""
    return _named(auth, _REST_TYPES) or {"AuthorizationType": "NONE"}


def _named(auth: Auth | None, types: dict[str, str]) -> Json:
    if auth is None:
        return {}
    named: Json = {"AuthorizationType": types[auth.way]}
    tokens = auth.jwt or auth.cognito
    if not auth.iam:
        named["AuthorizerId"] = ref(AUTHORIZER_ID)
    if tokens and tokens.scopes:
        named["AuthorizationScopes"] = list(tokens.scopes)
    return named


def _http_parts(auth: Auth) -> Json | None:
    """What an HTTP API's authorizer is; None for signatures, which need none. A function answers `isAuthorized`.

    Source: API Gateway developer guide, 'Working with AWS Lambda authorizers for HTTP APIs'.
    """
    if auth.jwt:
        return {
            "AuthorizerType": "JWT",
            "IdentitySource": ["$request.header.Authorization"],
            "JwtConfiguration": {"Audience": list(auth.jwt.audience), "Issuer": auth.jwt.issuer},
        }
    if auth.authorizer:
        return {
            "AuthorizerType": "REQUEST",
            "AuthorizerPayloadFormatVersion": "2.0",
            "EnableSimpleResponses": True,
            "IdentitySource": [f"$request.header.{name}" for name in auth.authorizer.headers],
            **_asked(auth.authorizer),
        }
    return None


def _rest_parts(auth: Auth) -> Json | None:
    """The same of a REST API."""
    if auth.cognito:
        return {
            "Type": "COGNITO_USER_POOLS",
            "IdentitySource": "method.request.header.Authorization",
            "ProviderARNs": list(auth.cognito.pools),
        }
    if auth.authorizer:
        sources = [f"method.request.header.{name}" for name in auth.authorizer.headers]
        return {"Type": "REQUEST", "IdentitySource": ", ".join(sources), **_asked(auth.authorizer)}
    return None


def _asked(authorizer: Authorizer) -> dict[str, Any]:
    path = f"lambda:path/2015-03-31/functions/{authorizer.function}/invocations"
    return {
        "AuthorizerUri": sub(f"arn:${{AWS::Partition}}:apigateway:${{AWS::Region}}:{path}"),
        "AuthorizerResultTtlInSeconds": authorizer.cache_seconds,
    }


def _permission(auth: Auth, api_id: str) -> Resources:
    """What lets the API ask the function, as its authorizer and as nothing else."""
    if auth.authorizer is None:
        return {}
    source = f"${{AWS::Region}}:${{AWS::AccountId}}:${{{api_id}}}/authorizers/${{{AUTHORIZER_ID}}}"
    return {
        "ApiAuthorizerPermission": {
            "Type": "AWS::Lambda::Permission",
            "Properties": {
                "Action": "lambda:InvokeFunction",
                "FunctionName": auth.authorizer.function,
                "Principal": "apigateway.amazonaws.com",
                "SourceArn": sub(f"arn:${{AWS::Partition}}:execute-api:{source}"),
            },
        }
    }
