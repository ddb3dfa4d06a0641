"""The types of a stage's resources in Terraform's words: a table, and what a property without an entry is called.

Names in quotation marks that no AWS type has are the parts that Terraform has as resources of their own.
Source: documentation of the provider hashicorp/aws, version 6.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

_WORDS = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")


@dataclass(frozen=True, slots=True)
class Kind:
    """One type of Terraform's: `words` are names that do not follow from CloudFormation's, None what is left out."""

    name: str
    # What `Ref` and `Fn::GetAtt` give.
    ref: str = "id"
    attributes: Mapping[str, str] = field(default_factory=dict)
    words: Mapping[str, str | None] = field(default_factory=dict)
    # Arguments that CloudFormation does not need, and properties whose own properties stand in their place.
    added: Mapping[str, Any] = field(default_factory=dict)
    spread: frozenset[str] = frozenset()

    def word(self, name: str) -> str | None:
        """What the property is called, at whatever depth it stands."""
        return self.words[name] if name in self.words else snake_case(name)


def snake_case(name: str) -> str:
    """`memory_size` for `MemorySize`."""
    return _WORDS.sub("_", name).lower()


_CODE = frozenset({"Code", "Content"})
_FUNCTION_ATTRIBUTES = {"Arn": "arn", "Version": "version"}

KINDS: Mapping[str, Kind] = {
    "AWS::ApiGateway::ApiKey": Kind("aws_api_gateway_api_key"),
    "AWS::ApiGateway::Authorizer": Kind("aws_api_gateway_authorizer", words={"ProviderARNs": "provider_arns"}),
    "AWS::ApiGateway::Deployment": Kind(
        "aws_api_gateway_deployment", added={"lifecycle": {"create_before_destroy": True}}
    ),
    "AWS::ApiGateway::Method": Kind(
        "aws_api_gateway_method", attributes={"HttpMethod": "http_method"}, words={"AuthorizationType": "authorization"}
    ),
    "Integration": Kind("aws_api_gateway_integration", words={"TimeoutInMillis": "timeout_milliseconds"}),
    "AWS::ApiGateway::Resource": Kind("aws_api_gateway_resource"),
    "AWS::ApiGateway::RestApi": Kind("aws_api_gateway_rest_api", attributes={"RootResourceId": "root_resource_id"}),
    "AWS::ApiGateway::Stage": Kind(
        "aws_api_gateway_stage", ref="stage_name", words={"AccessLogSetting": "access_log_settings"}
    ),
    "MethodSettings": Kind("aws_api_gateway_method_settings"),
    "AWS::ApiGateway::UsagePlan": Kind("aws_api_gateway_usage_plan", words={"Quota": "quota_settings"}),
    "AWS::ApiGateway::UsagePlanKey": Kind("aws_api_gateway_usage_plan_key"),
    "AWS::ApiGatewayV2::Api": Kind("aws_apigatewayv2_api", attributes={"ApiEndpoint": "api_endpoint"}),
    "AWS::ApiGatewayV2::ApiMapping": Kind("aws_apigatewayv2_api_mapping"),
    "AWS::ApiGatewayV2::Authorizer": Kind("aws_apigatewayv2_authorizer", words={"IdentitySource": "identity_sources"}),
    "AWS::ApiGatewayV2::DomainName": Kind(
        "aws_apigatewayv2_domain_name",
        ref="domain_name",
        attributes={
            "RegionalDomainName": "domain_name_configuration[0].target_domain_name",
            "RegionalHostedZoneId": "domain_name_configuration[0].hosted_zone_id",
        },
        words={"DomainNameConfigurations": "domain_name_configuration"},
    ),
    "AWS::ApiGatewayV2::Integration": Kind(
        "aws_apigatewayv2_integration", words={"TimeoutInMillis": "timeout_milliseconds"}
    ),
    "AWS::ApiGatewayV2::Route": Kind("aws_apigatewayv2_route"),
    "AWS::ApiGatewayV2::Stage": Kind("aws_apigatewayv2_stage", ref="name", words={"StageName": "name"}),
    "AWS::ApplicationAutoScaling::ScalableTarget": Kind(
        "aws_appautoscaling_target", attributes={"ResourceId": "resource_id"}
    ),
    "ScheduledAction": Kind("aws_appautoscaling_scheduled_action", words={"ScheduledActionName": "name"}),
    "AWS::CloudFront::Distribution": Kind(
        "aws_cloudfront_distribution",
        attributes={"DomainName": "domain_name"},
        words={"IPV6Enabled": "is_ipv6_enabled", "Id": "origin_id", "Origins": "origin"},
        added={"restrictions": {"geo_restriction": {"restriction_type": "none"}}},
        spread=frozenset({"DistributionConfig"}),
    ),
    "AWS::CloudFront::OriginAccessControl": Kind(
        "aws_cloudfront_origin_access_control", spread=frozenset({"OriginAccessControlConfig"})
    ),
    "AWS::ElasticLoadBalancingV2::ListenerRule": Kind(
        "aws_lb_listener_rule",
        words={
            "Actions": "action",
            "Conditions": "condition",
            "Field": None,
            "HostHeaderConfig": "host_header",
            "PathPatternConfig": "path_pattern",
        },
    ),
    "AWS::ElasticLoadBalancingV2::TargetGroup": Kind("aws_lb_target_group", ref="arn"),
    "TargetGroupAttachment": Kind("aws_lb_target_group_attachment"),
    "AWS::IAM::Role": Kind(
        "aws_iam_role",
        ref="name",
        attributes={"Arn": "arn"},
        words={"AssumeRolePolicyDocument": "assume_role_policy"},
    ),
    "RolePolicy": Kind("aws_iam_role_policy", words={"PolicyName": "name", "PolicyDocument": "policy"}),
    "AWS::Lambda::Alias": Kind("aws_lambda_alias", ref="arn", attributes={"Name": "name"}),
    "ProvisionedConcurrency": Kind("aws_lambda_provisioned_concurrency_config"),
    "AWS::Lambda::Function": Kind(
        "aws_lambda_function",
        ref="function_name",
        attributes=_FUNCTION_ATTRIBUTES,
        words={"FileSystemConfigs": "file_system_config"},
        added={"publish": True},
        spread=_CODE,
    ),
    "AWS::Lambda::LayerVersion": Kind(
        "aws_lambda_layer_version", ref="arn", added={"skip_destroy": True}, spread=_CODE
    ),
    "AWS::Lambda::Permission": Kind("aws_lambda_permission"),
    "AWS::Lambda::Url": Kind(
        "aws_lambda_function_url",
        attributes={"FunctionUrl": "function_url"},
        words={"AuthType": "authorization_type", "TargetFunctionArn": "function_name"},
    ),
    "AWS::Logs::LogGroup": Kind(
        "aws_cloudwatch_log_group", ref="name", attributes={"Arn": "arn"}, words={"LogGroupName": "name"}
    ),
    "AWS::Route53::RecordSet": Kind(
        "aws_route53_record", words={"AliasTarget": "alias", "DNSName": "name", "HostedZoneId": "zone_id"}
    ),
    "AWS::Scheduler::Schedule": Kind("aws_scheduler_schedule"),
}
