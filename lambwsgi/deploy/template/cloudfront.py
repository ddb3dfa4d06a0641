"""CloudFront before a function URL, which has no other way to a name of one's own: distribution, access and records."""

from __future__ import annotations

from lambwsgi.deploy import names
from lambwsgi.deploy.template.intrinsics import Json, Resources, get_att, ref, sub, tag_list
from lambwsgi.deploy.template.records import record_resources
from lambwsgi.settings.front import Domain
from lambwsgi.settings.model import StageSettings

# The longest that CloudFront waits for the origin. Source: CloudFront API reference, 'CustomOriginConfig'.
TIMEOUT_SECONDS = 120

# AWS's own policies: cache nothing; pass all on but the host, by which Lambda finds the function.
# Source: CloudFront developer guide, 'Use managed cache policies', 'Use managed origin request policies'.
_CACHING_DISABLED = "4135ea2d-6df8-44a3-9df3-4b5a84be39ad"
_ALL_BUT_HOST = "b689b0a8-53d0-40ab-baf2-38738e2966ac"
# Of all distributions. Source: Route 53 API reference, 'AliasTarget'.
_HOSTED_ZONE = "Z2FDTNDATAQYW2"
_METHODS = ["DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT"]
_ACCESS_ID = "OriginAccess"
_NAME_LONGEST = 64
_REGION_LONGEST = len("ap-northeast-1")


def distribution_resources(settings: StageSettings) -> Resources:
    """The distribution, what lets it ask a URL that is closed to all others, and records; nothing without a domain."""
    domain = settings.domain
    if domain is None:
        return {}
    return {
        **(_access(settings) if is_closed(settings) else {}),
        names.DISTRIBUTION_ID: {
            "Type": "AWS::CloudFront::Distribution",
            "Properties": {
                "DistributionConfig": _configuration(settings, domain),
                "Tags": tag_list(names.tags(settings)),
            },
        },
        **(_permissions() if is_closed(settings) else {}),
        **record_resources(domain, get_att(names.DISTRIBUTION_ID, "DomainName"), _HOSTED_ZONE),
    }


def is_closed(settings: StageSettings) -> bool:
    """Whether the function URL answers nobody but CloudFront."""
    return settings.domain is not None and not settings.domain.default_endpoint


def distribution_address() -> Json:
    """The distribution's own address, which answers before the records have spread."""
    return sub(f"https://${{{names.DISTRIBUTION_ID}.DomainName}}/")


def _configuration(settings: StageSettings, domain: Domain) -> Json:
    return {
        "Aliases": [domain.name],
        "Comment": settings.function_name,
        "Enabled": True,
        "HttpVersion": "http2and3",
        "IPV6Enabled": domain.ipv6,
        "Origins": [_origin(settings)],
        "DefaultCacheBehavior": {
            "AllowedMethods": _METHODS,
            "CachePolicyId": _CACHING_DISABLED,
            # The handler does it.
            "Compress": False,
            "OriginRequestPolicyId": _ALL_BUT_HOST,
            "TargetOriginId": names.URL_ID,
            "ViewerProtocolPolicy": "redirect-to-https",
        },
        "ViewerCertificate": {
            "AcmCertificateArn": domain.certificate,
            "MinimumProtocolVersion": "TLSv1.2_2021",
            "SslSupportMethod": "sni-only",
        },
    }


def _origin(settings: StageSettings) -> Json:
    host = {"Fn::Select": [2, {"Fn::Split": ["/", get_att(names.URL_ID, "FunctionUrl")]}]}
    return {
        "Id": names.URL_ID,
        "DomainName": host,
        "CustomOriginConfig": {
            "HTTPPort": 80,
            "HTTPSPort": 443,
            "OriginProtocolPolicy": "https-only",
            "OriginReadTimeout": min(settings.timeout_seconds, TIMEOUT_SECONDS),
            "OriginSSLProtocols": ["TLSv1.2"],
        },
        **({"OriginAccessControlId": ref(_ACCESS_ID)} if is_closed(settings) else {}),
    }


def _access(settings: StageSettings) -> Resources:
    """Its name is of the account, whatever the region."""
    name = settings.function_name[: _NAME_LONGEST - _REGION_LONGEST - 1]
    configuration = {
        "Name": sub(f"{name}-${{AWS::Region}}"),
        "OriginAccessControlOriginType": "lambda",
        "SigningBehavior": "always",
        "SigningProtocol": "sigv4",
    }
    return {
        _ACCESS_ID: {
            "Type": "AWS::CloudFront::OriginAccessControl",
            "Properties": {"OriginAccessControlConfig": configuration},
        }
    }


def _permissions() -> Resources:
    """Both that a URL needs. Source: CloudFront developer guide, 'Restrict access to a Lambda function URL origin'."""
    grants: dict[str, Json] = {
        "DistributionPermission": {"Action": "lambda:InvokeFunctionUrl", "FunctionUrlAuthType": "AWS_IAM"},
        "DistributionInvokePermission": {"Action": "lambda:InvokeFunction", "InvokedViaFunctionUrl": True},
    }
    distribution = f"arn:${{AWS::Partition}}:cloudfront::${{AWS::AccountId}}:distribution/${{{names.DISTRIBUTION_ID}}}"
    return {
        logical_id: {
            "Type": "AWS::Lambda::Permission",
            "Properties": {
                "FunctionName": ref(names.ALIAS_ID),
                "Principal": "cloudfront.amazonaws.com",
                "SourceArn": sub(distribution),
                **grant,
            },
        }
        for logical_id, grant in grants.items()
    }
