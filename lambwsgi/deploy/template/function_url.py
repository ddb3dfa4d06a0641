"""A function URL in front of the alias: no API, no price of its own, the function's own timeout."""

from __future__ import annotations

from lambwsgi.deploy import names
from lambwsgi.deploy.template.cloudfront import distribution_address, distribution_resources, is_closed
from lambwsgi.deploy.template.cors import cors_rules
from lambwsgi.deploy.template.intrinsics import Json, Resources, get_att, ref
from lambwsgi.settings.model import StageSettings


def function_url_resources(settings: StageSettings) -> Resources:
    """The URL and, where it is public, its two permissions; CloudFront before it where it has a domain.

    Since October 2025 a public URL needs both: one to call the URL, one to invoke the function by way of it. Who signs
    requests brings both in a policy of their own.
    Source: Lambda developer guide, 'Control access to Lambda function URLs'.
    """
    signed = bool(settings.auth) or is_closed(settings)
    url = {
        "Type": "AWS::Lambda::Url",
        # Qualifier is a plain name, which orders nothing: the alias has to be there first.
        "DependsOn": [names.ALIAS_ID],
        "Properties": {
            "AuthType": "AWS_IAM" if signed else "NONE",
            **({"Cors": cors_rules(settings.cors)} if settings.cors else {}),
            "InvokeMode": "RESPONSE_STREAM" if settings.streaming else "BUFFERED",
            "Qualifier": names.ALIAS,
            "TargetFunctionArn": ref(names.FUNCTION_ID),
        },
    }
    return {names.URL_ID: url, **({} if signed else _for_anyone()), **distribution_resources(settings)}


def _for_anyone() -> Resources:
    return {
        "FunctionUrlPermission": _permission({"Action": "lambda:InvokeFunctionUrl", "FunctionUrlAuthType": "NONE"}),
        "FunctionUrlInvokePermission": _permission({"Action": "lambda:InvokeFunction", "InvokedViaFunctionUrl": True}),
    }


def function_url_address(settings: StageSettings) -> Json:
    """The public URL, which AWS ends with a slash; that of CloudFront where it stands before it."""
    return distribution_address() if settings.domain else get_att(names.URL_ID, "FunctionUrl")


def _permission(grant: Json) -> Json:
    return {
        "Type": "AWS::Lambda::Permission",
        "Properties": {"FunctionName": ref(names.ALIAS_ID), "Principal": "*", **grant},
    }
