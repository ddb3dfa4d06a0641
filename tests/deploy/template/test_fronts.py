"""Gateways with all that they can have, deployed to the embedded AWS."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from lambwsgi.deploy.aws.calls import Aws
from lambwsgi.deploy.rollout import release
from lambwsgi.deploy.rollout.dialogue import Dialogue
from lambwsgi.package.artifact import Artifact
from lambwsgi.settings.model import StageSettings
from tests.deploy.template.test_template import FRONTS

pytestmark = pytest.mark.embedded


@pytest.fixture
def deploy(
    aws: Aws, settings: StageSettings, make_artifact: Callable[..., Artifact], dialogue: Dialogue
) -> Callable[..., dict[str, str]]:
    """Deploys a stage with that front; gives the outputs of its stack."""

    def run(front: dict[str, Any]) -> dict[str, str]:
        stage = StageSettings.model_validate({**settings.model_dump(), **front})
        release.deploy(aws, stage, make_artifact("hello"), replace(dialogue, visit=None))
        stack = aws.stack(stage.function_name)
        assert stack is not None
        return dict(stack.outputs)

    return run


def test_a_signed_function_url_and_its_cors_are_there(
    aws: Aws, settings: StageSettings, deploy: Callable[..., dict[str, str]]
) -> None:
    deploy(FRONTS["function_url_signed"])

    found = aws.functions.get_function_url_config(FunctionName=settings.function_name, Qualifier="live")
    assert found["AuthType"] == "AWS_IAM"
    assert found["Cors"]["AllowOrigins"] == ["https://example.org", "https://www.example.org"]


def test_a_function_url_behind_cloudfront_is_closed_and_its_domain_leads_there(
    aws: Aws, settings: StageSettings, deploy: Callable[..., dict[str, str]]
) -> None:
    zone = aws.client("route53").create_hosted_zone(Name="example.org", CallerReference="2")["HostedZone"]["Id"]
    front = FRONTS["function_url_behind_cloudfront"]
    domain = {**front["domain"], "zone": zone.rpartition("/")[2]}

    outputs = deploy({**front, "domain": domain, "streaming": False})

    assert outputs["Url"] == "https://api.example.org/"
    url = aws.functions.get_function_url_config(FunctionName=settings.function_name, Qualifier="live")
    assert url["AuthType"] == "AWS_IAM"
    [distribution] = [
        each
        for each in aws.client("cloudfront").list_distributions()["DistributionList"]["Items"]
        if each["Comment"] == settings.function_name
    ]
    [origin] = distribution["Origins"]["Items"]
    assert url["FunctionUrl"] == f"https://{origin['DomainName']}/"
    assert outputs["GatewayUrl"] == f"https://{distribution['DomainName']}/"
    access = aws.client("cloudfront").get_origin_access_control(Id=origin["OriginAccessControlId"])
    assert access["OriginAccessControl"]["OriginAccessControlConfig"]["SigningBehavior"] == "always"
    records = aws.client("route53").list_resource_record_sets(HostedZoneId=zone)["ResourceRecordSets"]
    targets = {each["Type"]: each["AliasTarget"]["DNSName"].rstrip(".") for each in records if "AliasTarget" in each}
    assert targets == dict.fromkeys(("A", "AAAA"), distribution["DomainName"])


def test_an_http_api_has_domain_record_authorizer_and_log(aws: Aws, deploy: Callable[..., dict[str, str]]) -> None:
    zone = aws.client("route53").create_hosted_zone(Name="example.org", CallerReference="1")["HostedZone"]["Id"]
    front = FRONTS["http_api_jwt"]
    domain = {**front["domain"], "zone": zone.rpartition("/")[2]}

    outputs = deploy({**front, "domain": domain})

    assert outputs["Url"] == "https://api.example.org/shop/v1/"
    api_id = outputs["GatewayUrl"].partition("://")[2].partition(".")[0]
    apis = aws.client("apigatewayv2")
    [mapping] = apis.get_api_mappings(DomainName="api.example.org")["Items"]
    assert (mapping["ApiId"], mapping["ApiMappingKey"]) == (api_id, "shop/v1")
    [authorizer] = apis.get_authorizers(ApiId=api_id)["Items"]
    assert authorizer["JwtConfiguration"] == {"Audience": ["shop"], "Issuer": "https://id.example.org/"}
    [stage] = apis.get_stages(ApiId=api_id)["Items"]
    assert "vendedlogs" in stage["AccessLogSettings"]["DestinationArn"]
    records = aws.client("route53").list_resource_record_sets(HostedZoneId=zone)["ResourceRecordSets"]
    assert {each["Type"] for each in records if each["Name"] == "api.example.org."} == {"A", "AAAA"}


def test_a_rest_api_has_key_and_authorizer(aws: Aws, deploy: Callable[..., dict[str, str]]) -> None:
    front = {name: value for name, value in FRONTS["rest_api_cognito"].items() if name != "domain"}

    outputs = deploy(front)

    api_id = outputs["Url"].partition("://")[2].partition(".")[0]
    apis = aws.client("apigateway")
    [authorizer] = apis.get_authorizers(restApiId=api_id)["items"]
    assert authorizer["type"] == "COGNITO_USER_POOLS"
    root = next(each for each in apis.get_resources(restApiId=api_id)["items"] if each["path"] == "/")
    method = apis.get_method(restApiId=api_id, resourceId=root["id"], httpMethod="ANY")
    assert (method["apiKeyRequired"], method["authorizerId"]) == (True, authorizer["id"])
    [plan] = [each for each in apis.get_usage_plans()["items"] if each["apiStages"][0]["apiId"] == api_id]
    assert plan["quota"] == {"limit": 10_000, "period": "MONTH"}


def test_a_load_balancer_forwards_to_a_group_with_headers_of_many_values(
    aws: Aws, deploy: Callable[..., dict[str, str]]
) -> None:
    balancers = aws.client("elbv2")
    balancer = balancers.create_load_balancer(Name="web", Subnets=["subnet-0", "subnet-1"])["LoadBalancers"][0]
    fallback = {"Type": "fixed-response", "FixedResponseConfig": {"StatusCode": "404"}}
    listener = balancers.create_listener(
        LoadBalancerArn=balancer["LoadBalancerArn"], Protocol="HTTP", Port=80, DefaultActions=[fallback]
    )["Listeners"][0]["ListenerArn"]
    front = FRONTS["alb"]

    outputs = deploy({**front, "load_balancer": {**front["load_balancer"], "listener": listener}})

    assert outputs["Url"] == "https://www.example.org/shop/"
    rules = balancers.describe_rules(ListenerArn=listener)["Rules"]
    group = next(each for each in rules if each["Priority"] == "10")["Actions"][0]["TargetGroupArn"]
    attributes = balancers.describe_target_group_attributes(TargetGroupArn=group)["Attributes"]
    assert {"Key": "lambda.multi_value_headers.enabled", "Value": "true"} in attributes


def test_a_site_that_only_clients_with_certificates_reach_is_not_asked(
    aws: Aws, settings: StageSettings, make_artifact: Callable[..., Artifact], dialogue: Dialogue
) -> None:
    stage = StageSettings.model_validate({**settings.model_dump(), **FRONTS["http_api_mutual_tls"]})

    def refused(url: str) -> Any:
        raise AssertionError(url)

    deployed = release.deploy(aws, stage, make_artifact("hello"), replace(dialogue, visit=refused))

    assert deployed is not None
    assert (deployed.url, deployed.answer) == ("https://partners.example.org/", None)
