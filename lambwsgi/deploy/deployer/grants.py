"""The calls of a deployment as grants: lambwsgi's own, and by type of resource and by property those of CloudFormation.

Resources are patterns with the names of a stage left open, which `policy` fills in.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from lambwsgi.settings.model import Package

_ROLE = "arn:{partition}:iam::{account}:role/{stack}-*"
_FUNCTION = "arn:{partition}:lambda:{region}:{account}:function:{stack}"
_VERSIONS = f"{_FUNCTION}:*"
_LAYER = "arn:{partition}:lambda:{region}:{account}:layer:{stack}"
_LAYER_VERSIONS = f"{_LAYER}:*"
# Some actions name the group, others what is in it.
_LOG_GROUP = tuple(f"arn:{{partition}}:logs:{{region}}:{{account}}:log-group:{{log_group}}{end}" for end in ("", ":*"))
_GATEWAY_LOG = tuple(
    f"arn:{{partition}}:logs:{{region}}:{{account}}:log-group:{{gateway_log}}{end}" for end in ("", ":*")
)
_GATEWAY_VERBS = tuple(f"apigateway:{verb}" for verb in ("DELETE", "GET", "PATCH", "POST", "PUT"))


@dataclass(frozen=True, slots=True)
class Grant:
    """Actions on resources, which are given as patterns of ARNs."""

    actions: tuple[str, ...]
    resources: tuple[str, ...]


def _apis(*collections: str) -> tuple[str, ...]:
    """The resources of API Gateway below these; one has an id that nobody knows before it is there."""
    return tuple(f"arn:{{partition}}:apigateway:{{region}}::/{name}*" for name in collections)


def _of(service: str, actions: str, *resources: str) -> Grant:
    return Grant(tuple(f"{service}:{action}" for action in actions.split()), resources)


# What lambwsgi itself calls, whatever the stage is made of.
OWN = (
    _of("sts", "GetCallerIdentity", "*"),
    _of(
        "cloudformation",
        "ContinueUpdateRollback CreateChangeSet DeleteChangeSet DeleteStack DescribeChangeSet DescribeStackEvents"
        " DescribeStackResourceDrifts DescribeStacks DetectStackDrift DetectStackResourceDrift ExecuteChangeSet"
        " GetTemplate ListChangeSets TagResource",
        "arn:{partition}:cloudformation:{region}:{account}:stack/{stack}/*",
        "arn:{partition}:cloudformation:{region}:{account}:changeSet/lambwsgi-*/*",
    ),
    _of(
        "lambda",
        "DeleteFunction GetAlias GetFunction GetFunctionConfiguration GetProvisionedConcurrencyConfig InvokeFunction"
        " ListAliases ListVersionsByFunction UpdateAlias UpdateFunctionCode",
        _FUNCTION,
        _VERSIONS,
    ),
    _of("logs", "FilterLogEvents", *_LOG_GROUP),
    # A detection of drift has an id and no ARN.
    _of("cloudformation", "DescribeStackDriftDetectionStatus", "*"),
    _of("lambda", "DeleteLayerVersion", _LAYER_VERSIONS),
    # Knows no resources.
    _of("lambda", "ListLayerVersions", "*"),
)

# What a shift of the requests asks for. Neither knows resources: metrics have none, and composite alarms are described
# by whoever may describe all. Source: CloudWatch API reference, 'DescribeAlarms'.
OF_ALARMS = _of("cloudwatch", "DescribeAlarms", "*")
OF_METRICS = _of("cloudwatch", "GetMetricData", "*")

# What it calls besides, by the form in which the code reaches Lambda.
OF_CODE: Mapping[Package, tuple[Grant, ...]] = {
    Package.ZIP: (
        _of(
            "s3",
            "CreateBucket ListBucket PutBucketPublicAccessBlock PutEncryptionConfiguration",
            "arn:{partition}:s3:::{bucket}",
        ),
        _of(
            "s3",
            "AbortMultipartUpload GetObject PutObject",
            "arn:{partition}:s3:::{bucket}/lambwsgi/{project}/*",
        ),
    ),
    # Get and SetRepositoryPolicy are Lambda's, which lets itself in with the credentials of who makes the function.
    # Source: Amazon ECR user guide, 'Pushing a Docker image'; Lambda developer guide, 'Amazon ECR permissions'.
    Package.IMAGE: (
        _of("ecr", "GetAuthorizationToken", "*"),
        _of(
            "ecr",
            "BatchCheckLayerAvailability BatchGetImage CompleteLayerUpload CreateRepository GetDownloadUrlForLayer"
            " GetRepositoryPolicy InitiateLayerUpload ListImages PutImage PutLifecyclePolicy SetRepositoryPolicy"
            " UploadLayerPart",
            "arn:{partition}:ecr:{region}:{account}:repository/{repository}",
        ),
    ),
}

_LOG_GROUP_ACTIONS = (
    "CreateLogGroup DeleteLogGroup DeleteRetentionPolicy ListTagsForResource PutRetentionPolicy TagResource"
    " UntagResource"
)
# The gateway's own log: made by CloudFormation, read by `lambwsgi explain`.
_OF_GATEWAY_LOG = _of("logs", f"{_LOG_GROUP_ACTIONS} FilterLogEvents", *_GATEWAY_LOG)

# What CloudFormation calls to make, change, read and remove a resource, by its type.
# Source: the handlers of the types in AWS's CloudFormation registry; the service authorization reference.
BY_TYPE: Mapping[str, tuple[Grant, ...]] = {
    "AWS::Logs::LogGroup": (
        _of("logs", _LOG_GROUP_ACTIONS, *_LOG_GROUP),
        # Has no narrower resource.
        _of("logs", "DescribeLogGroups", "arn:{partition}:logs:{region}:{account}:log-group:*"),
    ),
    "AWS::IAM::Role": (
        _of(
            "iam",
            "CreateRole DeleteRole DeleteRolePolicy GetRole GetRolePolicy ListAttachedRolePolicies ListRolePolicies"
            " PassRole PutRolePolicy TagRole UntagRole UpdateAssumeRolePolicy",
            _ROLE,
        ),
    ),
    "AWS::Lambda::Function": (
        _of(
            "lambda",
            "CreateFunction DeleteFunction GetFunction GetFunctionCodeSigningConfig GetFunctionRecursionConfig"
            " GetRuntimeManagementConfig ListTags TagResource UntagResource UpdateFunctionCode"
            " UpdateFunctionConfiguration",
            _FUNCTION,
        ),
    ),
    "AWS::Lambda::LayerVersion": (
        _of(
            "lambda",
            "DeleteLayerVersion GetLayerVersion PublishLayerVersion",
            _LAYER,
            _LAYER_VERSIONS,
        ),
    ),
    "AWS::Lambda::Version": (_of("lambda", "DeleteFunction GetFunction PublishVersion", _FUNCTION, _VERSIONS),),
    "AWS::Lambda::Alias": (
        _of(
            "lambda",
            "CreateAlias DeleteAlias DeleteProvisionedConcurrencyConfig GetAlias GetProvisionedConcurrencyConfig"
            " PutProvisionedConcurrencyConfig UpdateAlias",
            _FUNCTION,
            _VERSIONS,
        ),
    ),
    "AWS::Lambda::Permission": (_of("lambda", "AddPermission GetPolicy RemovePermission", _FUNCTION, _VERSIONS),),
    "AWS::Lambda::Url": (
        _of(
            "lambda",
            "CreateFunctionUrlConfig DeleteFunctionUrlConfig GetFunctionUrlConfig UpdateFunctionUrlConfig",
            _FUNCTION,
            _VERSIONS,
        ),
    ),
    "AWS::Scheduler::Schedule": (
        _of(
            "scheduler",
            "CreateSchedule DeleteSchedule GetSchedule UpdateSchedule",
            "arn:{partition}:scheduler:{region}:{account}:schedule/*/{stack}-*",
        ),
    ),
    "AWS::ApplicationAutoScaling::ScalableTarget": (
        # Knows no ARNs before there is a target.
        _of(
            "application-autoscaling",
            "DeleteScheduledAction DeregisterScalableTarget DescribeScalableTargets DescribeScheduledActions"
            " PutScheduledAction RegisterScalableTarget TagResource UntagResource",
            "*",
        ),
        _of(
            "iam",
            "CreateServiceLinkedRole",
            "arn:{partition}:iam::{account}:role/aws-service-role/lambda.application-autoscaling.amazonaws.com/*",
        ),
    ),
    "AWS::ElasticLoadBalancingV2::ListenerRule": (
        _of(
            "elasticloadbalancing",
            "CreateRule DeleteRule DescribeListeners DescribeRules ModifyRule SetRulePriorities",
            "*",
        ),
    ),
    "AWS::ElasticLoadBalancingV2::TargetGroup": (
        _of(
            "elasticloadbalancing",
            "AddTags CreateTargetGroup DeleteTargetGroup DeregisterTargets DescribeTargetGroupAttributes"
            " DescribeTargetGroups DescribeTargetHealth ModifyTargetGroup ModifyTargetGroupAttributes RegisterTargets"
            " RemoveTags",
            "*",
        ),
    ),
    # These know no names of the stage's own.
    "AWS::CloudFront::Distribution": (
        _of(
            "cloudfront",
            "CreateDistribution DeleteDistribution GetDistribution GetDistributionConfig ListTagsForResource"
            " TagResource UntagResource UpdateDistribution",
            "arn:{partition}:cloudfront::{account}:distribution/*",
        ),
    ),
    "AWS::CloudFront::OriginAccessControl": (
        _of(
            "cloudfront",
            "CreateOriginAccessControl DeleteOriginAccessControl GetOriginAccessControl UpdateOriginAccessControl",
            "arn:{partition}:cloudfront::{account}:origin-access-control/*",
        ),
    ),
    "AWS::Route53::RecordSet": (
        _of(
            "route53",
            "ChangeResourceRecordSets GetHostedZone ListResourceRecordSets",
            "arn:{partition}:route53:::hostedzone/*",
        ),
        _of("route53", "GetChange", "arn:{partition}:route53:::change/*"),
    ),
    "AWS::CloudWatch::Alarm": (
        _of(
            "cloudwatch",
            "DeleteAlarms DescribeAlarms ListTagsForResource PutMetricAlarm TagResource UntagResource",
            "arn:{partition}:cloudwatch:{region}:{account}:alarm:{stack}-*",
        ),
    ),
    "AWS::CodeDeploy::": (
        _of(
            "codedeploy",
            "CreateApplication CreateDeployment CreateDeploymentConfig CreateDeploymentGroup DeleteApplication"
            " DeleteDeploymentConfig DeleteDeploymentGroup GetApplication GetApplicationRevision GetDeployment"
            " GetDeploymentConfig GetDeploymentGroup ListTagsForResource RegisterApplicationRevision StopDeployment"
            " TagResource UntagResource UpdateApplication UpdateDeploymentGroup",
            "arn:{partition}:codedeploy:{region}:{account}:application:{stack}-*",
            "arn:{partition}:codedeploy:{region}:{account}:deploymentconfig:{stack}-*",
            "arn:{partition}:codedeploy:{region}:{account}:deploymentgroup:{stack}-*",
        ),
        _of(
            "codedeploy",
            "GetDeploymentConfig",
            "arn:{partition}:codedeploy:{region}:{account}:deploymentconfig:CodeDeployDefault.*",
        ),
    ),
    "AWS::ApiGateway::": (Grant(_GATEWAY_VERBS, _apis("restapis", "apikeys", "usageplans", "domainnames", "tags")),),
    "AWS::ApiGatewayV2::": (Grant(_GATEWAY_VERBS, _apis("apis", "domainnames", "tags")),),
}

# What a function's own settings need besides, by the property of the template's resource.
BY_PROPERTY: Mapping[tuple[str, str], tuple[Grant, ...]] = {
    # Knows no resources.
    ("AWS::Lambda::Function", "VpcConfig"): (_of("ec2", "DescribeSecurityGroups DescribeSubnets DescribeVpcs", "*"),),
    ("AWS::Lambda::Function", "FileSystemConfigs"): (_of("elasticfilesystem", "DescribeMountTargets", "*"),),
    ("AWS::Lambda::Function", "KmsKeyArn"): (_of("kms", "CreateGrant Decrypt DescribeKey Encrypt", "{kms_key}"),),
    ("AWS::Lambda::Function", "ReservedConcurrentExecutions"): (
        _of("lambda", "DeleteFunctionConcurrency PutFunctionConcurrency", _FUNCTION),
    ),
    ("AWS::IAM::Role", "ManagedPolicyArns"): (_of("iam", "AttachRolePolicy DetachRolePolicy", _ROLE),),
    ("AWS::ApiGateway::Stage", "AccessLogSetting"): (_OF_GATEWAY_LOG,),
    ("AWS::ApiGatewayV2::Stage", "AccessLogSettings"): (
        _OF_GATEWAY_LOG,
        # Delivery of the log. Knows no resources.
        _of(
            "logs",
            "CreateLogDelivery DeleteLogDelivery DescribeResourcePolicies GetLogDelivery ListLogDeliveries"
            " PutResourcePolicy UpdateLogDelivery",
            "*",
        ),
    ),
}
