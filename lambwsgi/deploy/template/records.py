"""Records of a domain in its zone of Route 53."""

from __future__ import annotations

from lambwsgi.deploy.template.intrinsics import Json, Resources
from lambwsgi.settings.front import Domain


def record_resources(domain: Domain, target: Json, target_zone: Json | str) -> Resources:
    """A record for each kind of address that leads to the target; none where the zone is kept elsewhere."""
    if domain.zone is None:
        return {}
    kinds = {"DomainRecord": "A", **({"DomainRecordIpv6": "AAAA"} if domain.ipv6 else {})}
    return {
        logical_id: {
            "Type": "AWS::Route53::RecordSet",
            "Properties": {
                "HostedZoneId": domain.zone,
                "Name": domain.name,
                "Type": kind,
                "AliasTarget": {"DNSName": target, "HostedZoneId": target_zone},
            },
        }
        for logical_id, kind in kinds.items()
    }
