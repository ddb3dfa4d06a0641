"""A rule at the listener of a load balancer that is there: it forwards to a target group whose target is the alias."""

from __future__ import annotations

from lambwsgi.deploy import names
from lambwsgi.deploy.template.intrinsics import Json, Resources, ref, tag_list
from lambwsgi.settings.front import LoadBalancer
from lambwsgi.settings.model import StageSettings

_TARGETS_ID = "TargetGroup"
_PERMISSION_ID = "LoadBalancerPermission"


def load_balancer_resources(settings: StageSettings) -> Resources:
    """Permission, target group and rule; balancer and listener belong to somebody else.

    The permission names the account, not the target group, which cannot be there before it: registering a target asks
    whether it may be invoked. Source: ELB user guide, 'Use Lambda functions as targets', permissions.
    """
    balancer = load_balancer(settings)
    return {
        _PERMISSION_ID: {
            "Type": "AWS::Lambda::Permission",
            "Properties": {
                "Action": "lambda:InvokeFunction",
                "FunctionName": ref(names.ALIAS_ID),
                "Principal": "elasticloadbalancing.amazonaws.com",
                "SourceAccount": ref("AWS::AccountId"),
            },
        },
        _TARGETS_ID: _target_group(settings),
        "ListenerRule": {
            "Type": "AWS::ElasticLoadBalancingV2::ListenerRule",
            "Properties": {
                "ListenerArn": balancer.listener,
                "Priority": balancer.priority,
                "Conditions": _conditions(settings, balancer),
                "Actions": [{"Type": "forward", "TargetGroupArn": ref(_TARGETS_ID)}],
            },
        },
    }


def load_balancer_address(settings: StageSettings) -> str:
    """The public URL by the first of the names that the rule is for."""
    balancer = load_balancer(settings)
    return f"{balancer.scheme}://{balancer.hosts[0]}{settings.base_path}/"


def load_balancer(settings: StageSettings) -> LoadBalancer:
    """The balancer of a stage whose gateway is one; the settings see to it that there is one then."""
    if settings.load_balancer is None:
        raise ValueError("a stage with `gateway: alb` has `load_balancer`")
    return settings.load_balancer


def _target_group(settings: StageSettings) -> Json:
    """Headers with many values, or a response could set one cookie only."""
    return {
        "Type": "AWS::ElasticLoadBalancingV2::TargetGroup",
        "DependsOn": [_PERMISSION_ID],
        "Properties": {
            "TargetType": "lambda",
            "Targets": [{"Id": ref(names.ALIAS_ID)}],
            "TargetGroupAttributes": [{"Key": "lambda.multi_value_headers.enabled", "Value": "true"}],
            "Tags": tag_list(names.tags(settings)),
        },
    }


def _conditions(settings: StageSettings, balancer: LoadBalancer) -> list[Json]:
    hosts = {"Field": "host-header", "HostHeaderConfig": {"Values": list(balancer.hosts)}}
    if not settings.base_path:
        return [hosts]
    paths = [settings.base_path, f"{settings.base_path}/*"]
    return [hosts, {"Field": "path-pattern", "PathPatternConfig": {"Values": paths}}]
