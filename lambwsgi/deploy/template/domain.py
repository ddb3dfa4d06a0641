"""A name of one's own: for an API of either kind domain, mapping of the base path and records; outputs for all."""

from __future__ import annotations

from typing import Any

from lambwsgi.deploy import names
from lambwsgi.deploy.template.intrinsics import Json, Resources, get_att, ref
from lambwsgi.deploy.template.records import record_resources
from lambwsgi.settings.front import Domain
from lambwsgi.settings.model import GatewayKind, StageSettings

_DOMAIN_ID = "Domain"


def domain_resources(settings: StageSettings, api_id: str, stage_id: str) -> Resources:
    """What leads the domain to the API's stage; nothing without a domain.

    An API Gateway domain of version 2 serves APIs of both kinds, and takes base paths of several segments.
    """
    domain = settings.domain
    if domain is None:
        return {}
    made = {_DOMAIN_ID: _domain(settings, domain)} if domain.certificate else {}
    mapping = {
        "Type": "AWS::ApiGatewayV2::ApiMapping",
        "Properties": {
            "ApiId": ref(api_id),
            "DomainName": ref(_DOMAIN_ID) if domain.certificate else domain.name,
            "Stage": ref(stage_id),
            **({"ApiMappingKey": settings.base_path.removeprefix("/")} if settings.base_path else {}),
        },
    }
    target, zone = (get_att(_DOMAIN_ID, name) for name in ("RegionalDomainName", "RegionalHostedZoneId"))
    return {**made, "DomainMapping": mapping, **record_resources(domain, target, zone)}


def domain_outputs(settings: StageSettings, own_address: Json | str) -> Json:
    """Outputs beside the public address: the gateway's own, and what a record of DNS has to point at."""
    domain = settings.domain
    if domain is None:
        return {}
    outputs: Json = {}
    if domain.default_endpoint or _is_by_cloudfront(settings):
        outputs[names.GATEWAY_URL_OUTPUT] = {"Description": "The gateway's own address", "Value": own_address}
    if domain.certificate and not domain.zone:
        what = f"What {domain.name} has to point at, by CNAME"
        outputs["DomainTarget"] = {"Description": what, "Value": _target(settings)}
    return outputs


def _is_by_cloudfront(settings: StageSettings) -> bool:
    return settings.gateway is GatewayKind.FUNCTION_URL


def _target(settings: StageSettings) -> Json:
    if _is_by_cloudfront(settings):
        return get_att(names.DISTRIBUTION_ID, "DomainName")
    return get_att(_DOMAIN_ID, "RegionalDomainName")


def domain_address(settings: StageSettings) -> str | None:
    """The public address by the domain; None without one."""
    return f"https://{settings.domain.name}{settings.base_path}/" if settings.domain else None


def endpoint_switch(settings: StageSettings) -> dict[str, Any]:
    """The property of an API that takes its own address away, where that is wanted."""
    closed = settings.domain is not None and not settings.domain.default_endpoint
    return {"DisableExecuteApiEndpoint": True} if closed else {}


def _domain(settings: StageSettings, domain: Domain) -> Json:
    trust = {"MutualTlsAuthentication": {"TruststoreUri": domain.truststore}} if domain.truststore else {}
    return {
        "Type": "AWS::ApiGatewayV2::DomainName",
        "Properties": {
            "DomainName": domain.name,
            "DomainNameConfigurations": [
                {
                    "CertificateArn": domain.certificate,
                    "EndpointType": "REGIONAL",
                    "IpAddressType": "dualstack" if domain.ipv6 else "ipv4",
                    "SecurityPolicy": "TLS_1_2",
                }
            ],
            **trust,
            "Tags": dict(sorted(names.tags(settings).items())),
        },
    }
