"""A name of one's own for an API of either kind: domain, mapping of the base path, and record."""

from __future__ import annotations

from typing import Any

from lambwsgi.deploy import names
from lambwsgi.deploy.template.intrinsics import Json, Resources, get_att, ref
from lambwsgi.settings.front import Domain
from lambwsgi.settings.model import StageSettings

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
    return {**made, "DomainMapping": mapping, **_records(domain)}


def domain_outputs(settings: StageSettings, own_address: Json | str) -> Json:
    """Outputs beside the public address: the gateway's own, and what a record of DNS has to point at."""
    domain = settings.domain
    if domain is None:
        return {}
    outputs: Json = {}
    if domain.default_endpoint:
        outputs[names.GATEWAY_URL_OUTPUT] = {"Description": "The gateway's own address", "Value": own_address}
    if domain.certificate and not domain.zone:
        target = get_att(_DOMAIN_ID, "RegionalDomainName")
        outputs["DomainTarget"] = {"Description": f"What {domain.name} has to point at, by CNAME", "Value": target}
    return outputs


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


def _records(domain: Domain) -> Resources:
    """A record for each kind of address; none where the zone is kept elsewhere."""
    if domain.zone is None:
        return {}
    six = {"DomainRecordIpv6": _record(domain, "AAAA")} if domain.ipv6 else {}
    return {"DomainRecord": _record(domain, "A"), **six}


def _record(domain: Domain, kind: str) -> Json:
    return {
        "Type": "AWS::Route53::RecordSet",
        "Properties": {
            "HostedZoneId": domain.zone,
            "Name": domain.name,
            "Type": kind,
            "AliasTarget": {
                "DNSName": get_att(_DOMAIN_ID, "RegionalDomainName"),
                "HostedZoneId": get_att(_DOMAIN_ID, "RegionalHostedZoneId"),
            },
        },
    }
