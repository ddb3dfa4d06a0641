"""Templates as values. The files under tests/templates are reviewed as diffs; run this file to write them anew."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from itertools import combinations, product
from pathlib import Path
from typing import Any

import hypothesis
import hypothesis.strategies as st
import pytest

from lambwsgi.deploy.errors import TemplateError
from lambwsgi.deploy.template.intrinsics import get_att
from lambwsgi.deploy.template.permissions import describe_permissions
from lambwsgi.deploy.template.remarks import artifact_remarks, remarks
from lambwsgi.deploy.template.stage_template import build_template, template_text
from lambwsgi.deploy.template.validation import validate
from lambwsgi.package.artifact import Artifact, DistributionSize
from lambwsgi.settings.capacity import ProvisionedConcurrency, Scaling
from lambwsgi.settings.gateways import LACKS
from lambwsgi.settings.model import RETENTION_DAYS, RUNTIMES, Architecture, GatewayKind, Package, StageSettings
from lambwsgi.settings.strategy import Strategy, StrategyKind
from lambwsgi.settings.warm import Schedule, Warm

GOLDEN = Path(__file__).parents[2] / "templates"
DIGEST = "0123456789abcdef" * 4
PLAIN = StageSettings(project="shop", stage="dev", app="shop.wsgi:app")
FULL = StageSettings(
    project="shop",
    stage="prod",
    app="shop.wsgi:make_app()",
    gateway=GatewayKind.REST_API,
    runtime="python3.12",
    architecture=Architecture.ARM64,
    memory_mb=1024,
    timeout_seconds=60,
    environment={"DJANGO_SETTINGS_MODULE": "shop.settings", "CACHE": "redis"},
    warm=Warm(schedule="cron(0 8 ? * MON-FRI *)"),
    log_retention_days=90,
    base_path="/shop",
    commands=frozenset({"manage"}),
    tags={"team": "web"},
)
ACCOUNT = "eu-central-1:123456789012"
EQUIPPED = StageSettings.model_validate(
    {
        **PLAIN.model_dump(),
        "ephemeral_storage_mb": 2048,
        "vpc": {"subnets": ["subnet-0a1b2c3d", "subnet-4e5f6a7b"], "security_groups": ["sg-0a1b2c3d"], "ipv6": True},
        "efs": {
            "access_point": f"arn:aws:elasticfilesystem:{ACCOUNT}:access-point/fsap-0123456789abcdef0",
            "path": "/mnt/media",
        },
        "layers": [f"arn:aws:lambda:{ACCOUNT}:layer:fonts:3"],
        "reserved_concurrency": 20,
        "tracing": True,
        "log_format": "json",
        "log_level": "INFO",
        "dead_letters": f"arn:aws:sqs:{ACCOUNT}:failed",
        "kms_key": f"arn:aws:kms:{ACCOUNT}:key/11111111-2222-3333-4444-555555555555",
        "permissions": {"sqs-send": "jobs", "s3-read": "uploads/public/", "dynamodb": ["orders", "carts"]},
        "statements": [{"Action": "geo:SearchPlaceIndexForText", "Resource": f"arn:aws:geo:{ACCOUNT}:place-index/a"}],
    }
)
CERTIFICATE = f"arn:aws:acm:{ACCOUNT}:certificate/11111111-2222-3333-4444-555555555555"
# CloudFront takes those of one region only.
CLOUDFRONT_CERTIFICATE = CERTIFICATE.replace("eu-central-1", "us-east-1")
ORIGINS = {
    "origins": ["https://example.org", "https://www.example.org"],
    "methods": ["GET", "POST"],
    "headers": ["content-type", "x-csrftoken"],
    "credentials": True,
}
FRONTS: dict[str, dict[str, Any]] = {
    "alb": {
        "gateway": "alb",
        "base_path": "/shop",
        "load_balancer": {
            "listener": f"arn:aws:elasticloadbalancing:{ACCOUNT}:listener/app/web/0123456789abcdef/fedcba9876543210",
            "priority": 10,
            "hosts": ["www.example.org", "*.shop.example.org"],
        },
    },
    "function_url_signed": {
        "gateway": "function_url",
        "auth": "iam",
        "cors": {**ORIGINS, "expose_headers": ["x-total"]},
    },
    "function_url_domain": {
        "gateway": "function_url",
        "base_path": "/shop",
        "domain": {
            "name": "www.example.org",
            "certificate": CLOUDFRONT_CERTIFICATE,
            "zone": "Z0123456789ABC",
        },
    },
    "function_url_behind_cloudfront": {
        "gateway": "function_url",
        "domain": {
            "name": "api.example.org",
            "certificate": CLOUDFRONT_CERTIFICATE,
            "default_endpoint": False,
        },
        "streaming": True,
        "timeout_seconds": 300,
    },
    "http_api_jwt": {
        "gateway": "http_api",
        "auth": {"jwt": {"issuer": "https://id.example.org/", "audience": ["shop"], "scopes": ["read"]}},
        "cors": ORIGINS,
        "base_path": "/shop/v1",
        "domain": {"name": "api.example.org", "certificate": CERTIFICATE, "zone": "Z0123456789ABC"},
        "gateway_log": True,
        "throttle": {"rate": 100, "burst": 50},
    },
    "http_api_mutual_tls": {
        "gateway": "http_api",
        "auth": {"authorizer": {"function": f"arn:aws:lambda:{ACCOUNT}:function:may-they"}},
        "domain": {
            "name": "partners.example.org",
            "ipv6": False,
            "certificate": CERTIFICATE,
            "truststore": "s3://trust/clients.pem",
            "default_endpoint": False,
        },
    },
    "rest_api_cognito": {
        "gateway": "rest_api",
        "auth": {"cognito": {"pools": [f"arn:aws:cognito-idp:{ACCOUNT}:userpool/eu-central-1_aBcDeFgHi"]}},
        "api_key": {"quota": {"limit": 10_000, "period": "month"}},
        "base_path": "/shop",
        "domain": {"name": "api.example.org"},
        "gateway_log": True,
        "throttle": {"rate": 12.5, "burst": 50},
    },
    "rest_api_authorizer": {
        "gateway": "rest_api",
        "auth": {
            "authorizer": {
                "function": f"arn:aws:lambda:{ACCOUNT}:function:may-they",
                "headers": ["Authorization", "X-Shop"],
                "cache_seconds": 0,
            }
        },
    },
}
CASES = {
    **{name: StageSettings.model_validate({**PLAIN.model_dump(), **front}) for name, front in FRONTS.items()},
    "code_deploy": PLAIN.model_copy(
        update={
            "strategy": Strategy(
                kind=StrategyKind.LINEAR,
                percent=20,
                minutes=10,
                alarms=("shop-5xx", "arn:aws:cloudwatch:eu-central-1:123456789012:alarm:shop-slow"),
                errors=3,
                by="codedeploy",
            )
        }
    ),
    "code_deploy_at_once": PLAIN.model_copy(update={"strategy": Strategy(by="codedeploy")}),
    "equipped": EQUIPPED,
    "function_url": PLAIN,
    "given_role": PLAIN.model_copy(update={"role": "arn:aws:iam::123456789012:role/web"}),
    "http_api_not_warm": PLAIN.model_copy(update={"gateway": GatewayKind.HTTP_API, "warm": False}),
    "rest_api_with_everything": FULL,
    "provisioned_by_day": PLAIN.model_copy(
        update={
            "provisioned_concurrency": ProvisionedConcurrency(
                environments=1,
                schedules={
                    "day": Scaling(schedule="cron(0 8 ? * MON-FRI *)", timezone="Europe/Berlin", environments=5),
                    "evening": Scaling(schedule="cron(0 18 ? * MON-FRI *)", timezone="Europe/Berlin", environments=1),
                },
            )
        }
    ),
    "rest_api_that_streams": FULL.model_copy(update={"streaming": True, "timeout_seconds": 600}),
    "secrets": PLAIN.model_copy(
        update={
            "environment": {
                "DATABASE_URL": "postgres://shop:${secret:shop/db:password}@db.example.org/shop",
                "MAIL_KEY": "${ssm:/shop/mail-key:live}",
                "PRICE": "$${ssm:/is/meant/as/text}",
                "SECRET_KEY": "${ssm:/shop/secret-key}",
            },
            "secrets_kms_key": f"arn:aws:kms:{ACCOUNT}:key/11111111-2222-3333-4444-555555555555",
        }
    ),
    "snapstart": PLAIN.model_copy(update={"snapstart": True}),
    "streaming": PLAIN.model_copy(update={"streaming": True}),
    "layer": PLAIN,
    "image": PLAIN.model_copy(update={"package": Package.IMAGE, "streaming": True}),
    "warm_by_day": PLAIN.model_copy(
        update={
            "warm": Warm(
                path="/health",
                schedules={
                    "day": Schedule(
                        schedule="cron(0/4 8-18 ? * MON-FRI *)",
                        timezone="Europe/Berlin",
                        concurrency=5,
                        end=datetime(2026, 12, 24, 16, tzinfo=UTC),
                    ),
                    "night": Schedule(schedule="rate(10 minutes)", payload={"pools": ["db"]}),
                    "weekend": Schedule(enabled=False),
                },
            )
        }
    ),
}


LAYERS = {"layer": "fedcba9876543210" * 4}


def text_of(name: str) -> str:
    return template_text(build_template(CASES[name], DIGEST, LAYERS.get(name)))


def resources(settings: StageSettings, digest: str = DIGEST) -> dict[str, Any]:
    found: dict[str, Any] = build_template(settings, digest)["Resources"]
    return found


def of_type(settings: StageSettings, resource_type: str, digest: str = DIGEST) -> dict[str, Any]:
    return {name: each for name, each in resources(settings, digest).items() if each["Type"] == resource_type}


def changed(**fields: object) -> StageSettings:
    return StageSettings.model_validate({**PLAIN.model_dump(), **fields})


def test_the_layer_of_the_dependencies_counts_among_the_five_that_lambda_takes() -> None:
    arns = tuple(f"arn:aws:lambda:us-east-1:123456789012:layer:other:{number}" for number in range(1, 6))

    with pytest.raises(TemplateError, match="would have 6 layers"):
        build_template(PLAIN.model_copy(update={"layers": arns}), DIGEST, "a" * 64)
    function = build_template(PLAIN.model_copy(update={"layers": arns[:1]}), DIGEST, "a" * 64)["Resources"]["Function"]
    first, second = function["Properties"]["Layers"]
    assert (first, list(second)) == (arns[0], ["Ref"])


@pytest.mark.parametrize("name", CASES)
def test_the_template_is_the_golden_one_byte_for_byte(name: str) -> None:
    assert text_of(name) == (GOLDEN / f"{name}.json").read_text()


def test_every_golden_file_has_a_case() -> None:
    assert {path.stem for path in GOLDEN.glob("*.json")} == set(CASES)


@pytest.mark.parametrize("name", CASES)
def test_aws_schemas_have_nothing_to_say_against_the_template(name: str) -> None:
    assert validate(text_of(name)) == ()


def test_cfn_lint_has_nothing_to_say_against_the_golden_templates() -> None:
    from cfnlint.api import lint_file  # type: ignore[import-untyped]

    problems = [str(match) for path in sorted(GOLDEN.glob("*.json")) for match in lint_file(path)]

    assert problems == []


@pytest.mark.parametrize(
    "settings",
    [
        pytest.param(changed(memory_mb=1024), id="memory"),
        pytest.param(changed(timeout_seconds=31), id="timeout"),
        pytest.param(changed(runtime="python3.12"), id="runtime"),
        pytest.param(changed(architecture="arm64"), id="architecture"),
        pytest.param(changed(environment={"A1": "b"}), id="environment"),
        pytest.param(changed(base_path="/shop"), id="base path"),
        pytest.param(changed(commands=["manage"]), id="commands"),
        pytest.param(changed(ephemeral_storage_mb=1024), id="storage"),
        pytest.param(changed(tracing=True), id="tracing"),
        pytest.param(changed(log_format="json"), id="form of the log"),
    ],
)
def test_a_change_of_frozen_configuration_publishes_a_new_version(settings: StageSettings) -> None:
    assert of_type(settings, "AWS::Lambda::Version").keys() != of_type(PLAIN, "AWS::Lambda::Version").keys()


def test_new_code_publishes_a_new_version() -> None:
    before = of_type(PLAIN, "AWS::Lambda::Version")
    after = of_type(PLAIN, "AWS::Lambda::Version", "f" * 64)

    assert before.keys() != after.keys()


def test_a_layer_of_other_content_is_another_resource_and_a_new_version_of_the_function() -> None:
    before, after = (build_template(PLAIN, DIGEST, digit * 64)["Resources"] for digit in "ab")

    new = {each["Type"] for name, each in after.items() if name not in before}
    assert new == {"AWS::Lambda::LayerVersion", "AWS::Lambda::Version"}


def test_a_layer_stays_for_the_versions_that_a_rollback_goes_back_to() -> None:
    [(name, layer)] = [
        (name, each)
        for name, each in build_template(PLAIN, DIGEST, "a" * 64)["Resources"].items()
        if each["Type"] == "AWS::Lambda::LayerVersion"
    ]

    assert (layer["DeletionPolicy"], layer["UpdateReplacePolicy"]) == ("RetainExceptOnCreate", "Retain")
    assert build_template(PLAIN, DIGEST, "a" * 64)["Resources"]["Function"]["Properties"]["Layers"] == [{"Ref": name}]


@pytest.mark.parametrize(
    "settings",
    [
        pytest.param(changed(tags={"team": "web"}), id="tags"),
        pytest.param(changed(warm=False), id="keep-warm"),
        pytest.param(changed(log_retention_days=90), id="retention"),
        pytest.param(changed(reserved_concurrency=9), id="reserved concurrency"),
        pytest.param(changed(permissions={"sqs-send": ["jobs"]}), id="permissions"),
    ],
)
def test_a_change_of_what_is_not_frozen_publishes_nothing(settings: StageSettings) -> None:
    assert of_type(settings, "AWS::Lambda::Version").keys() == of_type(PLAIN, "AWS::Lambda::Version").keys()


def test_order_of_the_settings_does_not_show_in_the_template() -> None:
    one = changed(environment={"A1": "1", "B2": "2"}, tags={"a": "1", "b": "2"})
    other = changed(tags={"b": "2", "a": "1"}, environment={"B2": "2", "A1": "1"})

    assert template_text(build_template(one, DIGEST)) == template_text(build_template(other, DIGEST))


def test_handler_variables_are_set_only_where_they_differ_from_the_default() -> None:
    variables = resources(PLAIN)["Function"]["Properties"]["Environment"]["Variables"]

    assert variables == {
        "LAMBWSGI_ACCESS_LOG": "1",
        "LAMBWSGI_APP": "shop.wsgi:app",
        "LAMBWSGI_COMPRESS": "1",
        "LAMBWSGI_DEADLINE_MARGIN_SECONDS": "0.5",
        "LAMBWSGI_GATEWAY": "function_url",
    }


def test_handler_variables_and_those_of_the_stage_stand_together() -> None:
    variables = resources(FULL)["Function"]["Properties"]["Environment"]["Variables"]

    assert variables == {
        "CACHE": "redis",
        "DJANGO_SETTINGS_MODULE": "shop.settings",
        "LAMBWSGI_ACCESS_LOG": "1",
        "LAMBWSGI_APP": "shop.wsgi:make_app()",
        "LAMBWSGI_BASE_PATH": "/shop",
        "LAMBWSGI_COMMANDS": "manage",
        "LAMBWSGI_COMPRESS": "1",
        "LAMBWSGI_DEADLINE_MARGIN_SECONDS": "0.5",
        "LAMBWSGI_GATEWAY": "rest_api",
    }


def test_nobody_is_let_in_by_a_function_url_that_wants_signatures() -> None:
    found = resources(CASES["function_url_signed"])

    assert found["FunctionUrl"]["Properties"]["AuthType"] == "AWS_IAM"
    assert not [name for name, each in found.items() if each["Type"] == "AWS::Lambda::Permission"]


def test_browsers_may_ask_an_api_that_lets_nobody_in_without_a_token() -> None:
    routes = of_type(CASES["http_api_jwt"], "AWS::ApiGatewayV2::Route").values()

    assert {each["Properties"]["RouteKey"]: each["Properties"].get("AuthorizationType") for each in routes} == {
        "$default": "JWT",
        "OPTIONS /": None,
        "OPTIONS /{proxy+}": None,
    }


def test_a_rule_of_the_listener_is_for_the_hosts_and_the_base_path() -> None:
    found = resources(CASES["alb"])

    assert found["ListenerRule"]["Properties"]["Conditions"] == [
        {"Field": "host-header", "HostHeaderConfig": {"Values": ["www.example.org", "*.shop.example.org"]}},
        {"Field": "path-pattern", "PathPatternConfig": {"Values": ["/shop", "/shop/*"]}},
    ]
    assert build_template(CASES["alb"], DIGEST)["Outputs"]["Url"]["Value"] == "https://www.example.org/shop/"
    assert found["TargetGroup"]["DependsOn"] == ["LoadBalancerPermission"]


def test_the_public_address_is_the_domain_with_its_base_path() -> None:
    outputs = build_template(CASES["http_api_jwt"], DIGEST)["Outputs"]

    assert outputs["Url"]["Value"] == "https://api.example.org/shop/v1/"
    assert outputs["GatewayUrl"]["Value"] == {"Fn::Sub": "${HttpApi.ApiEndpoint}/"}
    assert resources(CASES["http_api_jwt"])["DomainMapping"]["Properties"]["ApiMappingKey"] == "shop/v1"


def test_cloudfront_hands_on_all_but_the_host_and_keeps_nothing() -> None:
    distribution = resources(CASES["function_url_domain"])["Distribution"]["Properties"]["DistributionConfig"]

    behavior, [origin] = distribution["DefaultCacheBehavior"], distribution["Origins"]
    assert distribution["Aliases"] == ["www.example.org"]
    assert (distribution["HttpVersion"], distribution["IPV6Enabled"]) == ("http2and3", True)
    assert behavior["CachePolicyId"] == "4135ea2d-6df8-44a3-9df3-4b5a84be39ad"  # CachingDisabled
    assert behavior["OriginRequestPolicyId"] == "b689b0a8-53d0-40ab-baf2-38738e2966ac"  # AllViewerExceptHostHeader
    assert origin["DomainName"] == {"Fn::Select": [2, {"Fn::Split": ["/", get_att("FunctionUrl", "FunctionUrl")]}]}
    assert "OriginAccessControlId" not in origin


def test_an_application_behind_cloudfront_is_told_the_domain() -> None:
    variables = resources(CASES["function_url_domain"])["Function"]["Properties"]["Environment"]["Variables"]

    assert variables["LAMBWSGI_HOST"] == "www.example.org"


@pytest.mark.parametrize(("name", "told"), [("function_url_domain", None), ("function_url_behind_cloudfront", "1")])
def test_cloudfronts_word_for_the_client_is_taken_where_the_function_url_is_closed(name: str, told: str | None) -> None:
    variables = resources(CASES[name])["Function"]["Properties"]["Environment"]["Variables"]

    assert variables.get("LAMBWSGI_BEHIND_CLOUDFRONT") == told


def test_a_closed_function_url_answers_cloudfront_only() -> None:
    found = resources(CASES["function_url_behind_cloudfront"])

    assert found["FunctionUrl"]["Properties"]["AuthType"] == "AWS_IAM"
    [origin] = found["Distribution"]["Properties"]["DistributionConfig"]["Origins"]
    assert origin["OriginAccessControlId"] == {"Ref": "OriginAccess"}
    permissions = [each["Properties"] for each in found.values() if each["Type"] == "AWS::Lambda::Permission"]
    assert {each["Principal"] for each in permissions} == {"cloudfront.amazonaws.com"}
    assert {each["Action"] for each in permissions} == {"lambda:InvokeFunctionUrl", "lambda:InvokeFunction"}
    assert all("distribution/${Distribution}" in each["SourceArn"]["Fn::Sub"] for each in permissions)


def test_what_cloudfront_asks_of_clients_is_remarked_where_it_signs() -> None:
    signing, waiting = (" ".join(remarks(CASES[f"function_url_{name}"])) for name in ("behind_cloudfront", "domain"))

    assert "x-amz-content-sha256" in signing
    assert "CloudFront waits 120 s" in signing
    assert waiting == ""


@pytest.mark.parametrize("region", ["eu-west-1", "ap-southeast-1"])
def test_the_name_of_cloudfronts_access_fits(region: str) -> None:
    long = {"project": "p" * 40, "stage": "s" * 20}
    stage = StageSettings.model_validate({**CASES["function_url_behind_cloudfront"].model_dump(), **long})

    name = resources(stage)["OriginAccess"]["Properties"]["OriginAccessControlConfig"]["Name"]["Fn::Sub"]

    assert len(name.replace("${AWS::Region}", region)) <= 64


def test_a_domain_without_a_zone_says_what_its_record_has_to_point_at() -> None:
    domain = {"name": "api.example.org", "certificate": CERTIFICATE}

    outputs = build_template(changed(gateway="rest_api", domain=domain), DIGEST)["Outputs"]

    assert outputs["DomainTarget"]["Value"] == {"Fn::GetAtt": ["Domain", "RegionalDomainName"]}


def test_cloudfront_is_asked_by_its_own_name_until_the_records_have_spread() -> None:
    outputs = build_template(CASES["function_url_behind_cloudfront"], DIGEST)["Outputs"]

    assert outputs["GatewayUrl"]["Value"] == {"Fn::Sub": "https://${Distribution.DomainName}/"}
    assert outputs["DomainTarget"]["Value"] == {"Fn::GetAtt": ["Distribution", "DomainName"]}
    assert outputs["Url"]["Value"] == "https://api.example.org/"


@pytest.mark.parametrize(("ipv6", "kinds"), [(True, ["A", "AAAA"]), (False, ["A"])])
def test_a_domain_has_a_record_for_each_kind_of_address_that_it_answers_at(ipv6: bool, kinds: list[str]) -> None:
    domain = {"name": "api.example.org", "certificate": CERTIFICATE, "zone": "Z0123456789ABC", "ipv6": ipv6}
    stage = changed(gateway="http_api", domain=domain)

    records = of_type(stage, "AWS::Route53::RecordSet").values()

    assert [each["Properties"]["Type"] for each in records] == kinds
    [configuration] = resources(stage)["Domain"]["Properties"]["DomainNameConfigurations"]
    assert configuration["IpAddressType"] == ("dualstack" if ipv6 else "ipv4")


def test_a_domain_that_is_there_already_gets_a_mapping_and_nothing_else() -> None:
    found = resources(CASES["rest_api_cognito"])

    assert found["DomainMapping"]["Properties"]["DomainName"] == "api.example.org"
    assert {"Domain", "DomainRecord"}.isdisjoint(found)


@pytest.mark.parametrize("name", ["http_api_jwt", "rest_api_cognito"])
def test_a_line_of_the_gateways_log_has_the_request_id_of_the_functions(name: str) -> None:
    stage = next(each for name, each in resources(CASES[name]).items() if name.endswith("ApiStage"))["Properties"]

    line = json.loads((stage.get("AccessLogSettings") or stage["AccessLogSetting"])["Format"])

    assert line["function_request_id"] == "$context.integration.requestId"
    assert line["request_id"] == "$context.requestId"


def test_a_changed_authorizer_makes_a_new_deployment_of_the_rest_api() -> None:
    one, other = (
        changed(gateway="rest_api", auth={"authorizer": {"function": f"arn:aws:lambda:{ACCOUNT}:function:{name}"}})
        for name in ("one", "other")
    )

    deployments = [of_type(stage, "AWS::ApiGateway::Deployment").keys() for stage in (one, other)]

    assert deployments[0] != deployments[1]


@pytest.mark.parametrize(
    ("gateway", "words"), [("function_url", "browsers refuse the answer"), ("http_api", "the HTTP API ignores")]
)
def test_cors_by_the_gateway_and_by_a_package_of_the_application_is_remarked(gateway: str, words: str) -> None:
    packages = (DistributionSize("flask", "3.1.0", 1), DistributionSize("flask-cors", "5.0.0", 1))
    artifact = Artifact(Path("app.zip"), DIGEST, 1, 1, packages)

    [remark] = artifact_remarks(changed(gateway=gateway, cors=ORIGINS), artifact)

    assert remark.startswith("flask-cors is in the artifact, and the gateway has `cors`: ")
    assert words in remark
    assert artifact_remarks(PLAIN, artifact) == ()


def test_code_deploy_may_what_aws_lets_it_do_with_aliases_and_a_plan_says_so() -> None:
    said = describe_permissions(build_template(CASES["code_deploy"], DIGEST))

    assert "ShiftRole may what AWS's AWSCodeDeployRoleForLambdaLimited says" in said


def test_code_deploy_moves_the_alias_whose_weights_are_then_its_own() -> None:
    template = build_template(CASES["code_deploy"], DIGEST)
    alias = template["Resources"]["LiveAlias"]

    assert "RoutingConfig" not in alias["Properties"]
    assert "NewestWeight" not in template["Parameters"]
    group = {"ApplicationName": {"Ref": "Shift"}, "DeploymentGroupName": {"Ref": "ShiftGroup"}}
    assert alias["UpdatePolicy"] == {"CodeDeployLambdaAliasUpdate": group}


def test_other_steps_are_another_configuration_of_code_deploy() -> None:
    strategies = (Strategy(kind=StrategyKind.CANARY, percent=each, by="codedeploy") for each in (10, 20))

    one, other = (
        of_type(PLAIN.model_copy(update={"strategy": each}), "AWS::CodeDeploy::DeploymentConfig") for each in strategies
    )

    assert one.keys().isdisjoint(other)


def test_failures_that_are_not_counted_and_no_alarms_leave_code_deploy_nothing_to_watch() -> None:
    strategy = Strategy(kind=StrategyKind.CANARY, errors=0, by="codedeploy")

    found = resources(PLAIN.model_copy(update={"strategy": strategy}))

    assert "AlarmConfiguration" not in found["ShiftGroup"]["Properties"]
    assert "ShiftErrors" not in found


def test_a_stage_that_is_not_kept_warm_has_neither_schedule_nor_role_for_it() -> None:
    assert {"WarmSchedule", "WarmRole"}.isdisjoint(resources(changed(warm=False)))


def test_only_a_function_that_sends_warm_ups_may_invoke_itself_and_only_its_alias() -> None:
    def policies(warm: Warm) -> list[Any]:
        found: list[Any] = resources(changed(warm=warm))["Role"]["Properties"]["Policies"]
        return found

    [own_log] = policies(Warm())
    [_, own_alias] = policies(Warm(concurrency=2))

    assert own_log["PolicyName"] == "WriteOwnLog"
    [statement] = own_alias["PolicyDocument"]["Statement"]
    assert statement["Action"] == ["lambda:InvokeFunction"]
    assert [text.rpartition("}:")[2] for text in statement["Resource"][0].values()] == ["function:shop-dev:live"]


def test_capacity_that_never_changes_is_the_aliass_own() -> None:
    found = resources(changed(provisioned_concurrency={"environments": 2}))

    assert found["LiveAlias"]["Properties"]["ProvisionedConcurrencyConfig"] == {"ProvisionedConcurrentExecutions": 2}
    assert "ProvisionedScaling" not in found


def test_schedules_that_are_all_off_leave_no_role() -> None:
    assert {"WarmSchedule", "WarmRole"}.isdisjoint(resources(changed(warm=Warm(enabled=False))))


def test_the_schedule_sends_the_payload_that_the_handler_knows() -> None:
    target = resources(PLAIN)["WarmSchedule"]["Properties"]["Target"]

    assert json.loads(target["Input"]) == {"lambwsgi": {"op": "warm"}}
    assert target["RetryPolicy"] == {"MaximumRetryAttempts": 0}


@pytest.mark.parametrize(
    ("seconds", "milliseconds"), [(5, 5_000), (30, 30_000), (31, 30_000), (900, 30_000)], ids=lambda number: f"{number}"
)
def test_an_http_api_never_waits_longer_than_it_may(seconds: int, milliseconds: int) -> None:
    stage = resources(changed(gateway="http_api", timeout_seconds=seconds))

    assert stage["HttpApiIntegration"]["Properties"]["TimeoutInMillis"] == milliseconds


@pytest.mark.parametrize(
    ("seconds", "milliseconds"), [(5, 5_000), (29, 29_000), (30, 29_000), (900, 29_000)], ids=lambda number: f"{number}"
)
def test_a_rest_api_never_waits_longer_than_it_may(seconds: int, milliseconds: int) -> None:
    methods = of_type(changed(gateway="rest_api", timeout_seconds=seconds), "AWS::ApiGateway::Method")

    assert [each["Properties"]["Integration"]["TimeoutInMillis"] for each in methods.values()] == [milliseconds] * 2


@pytest.mark.parametrize(
    ("gateway", "seconds", "told"),
    [
        ("http_api", 30, False),
        ("http_api", 60, True),
        ("rest_api", 30, False),
        ("rest_api", 31, True),
        ("function_url", 900, False),
    ],
)
def test_a_function_that_outlasts_its_gateway_is_remarked(gateway: str, seconds: int, told: bool) -> None:
    assert bool(remarks(changed(gateway=gateway, timeout_seconds=seconds))) is told


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        ({"strategy": {"kind": "canary", "errors": 0}}, "`strategy: canary` watches nothing"),
        ({"strategy": {"kind": "canary"}, "access_log": False}, "`strategy` does not see answers of 500"),
    ],
    ids=["nothing", "only what died"],
)
def test_a_shift_that_sees_little_is_remarked(settings: dict[str, Any], words: str) -> None:
    [remark] = remarks(changed(**settings))

    assert remark.startswith(words)
    assert remarks(changed(strategy="canary")) == ()


def test_a_changed_method_makes_a_new_deployment_of_the_rest_api() -> None:
    before = of_type(changed(gateway="rest_api", timeout_seconds=10), "AWS::ApiGateway::Deployment")
    after = of_type(changed(gateway="rest_api", timeout_seconds=11), "AWS::ApiGateway::Deployment")

    assert before.keys() != after.keys()


def test_new_code_leaves_the_deployment_of_the_rest_api_alone() -> None:
    stage = changed(gateway="rest_api")

    before = of_type(stage, "AWS::ApiGateway::Deployment")
    after = of_type(stage, "AWS::ApiGateway::Deployment", "f" * 64)

    assert before == after


def test_no_role_may_do_anything_to_everything_but_what_knows_no_resources() -> None:
    for settings in CASES.values():
        for role in of_type(settings, "AWS::IAM::Role").values():
            policies = role["Properties"].get("Policies", [])
            statements = [each for policy in policies for each in policy["PolicyDocument"]["Statement"]]

            assert all("*" not in action for each in statements for action in each["Action"])
            for policy in policies:
                everything = any("*" in each["Resource"] for each in policy["PolicyDocument"]["Statement"])
                assert not everything or policy["PolicyName"] in {"JoinNetwork", "Trace"}


def test_the_role_may_read_what_the_variables_refer_to_and_nothing_else() -> None:
    policies = {each["PolicyName"]: each for each in resources(CASES["secrets"])["Role"]["Properties"]["Policies"]}

    parameters, secrets, decrypt = policies["ReadSecrets"]["PolicyDocument"]["Statement"]

    assert (parameters["Action"], decrypt["Action"]) == (["ssm:GetParameters"], ["kms:Decrypt"])
    assert [each["Fn::Sub"].rpartition(":")[2] for each in parameters["Resource"]] == [
        "parameter/shop/mail-key",
        "parameter/shop/secret-key",
    ]
    assert secrets["Action"] == ["secretsmanager:GetSecretValue"]
    assert [each["Fn::Sub"].rpartition(":")[2] for each in secrets["Resource"]] == ["shop/db-??????"]


def test_a_secret_goes_into_the_template_as_a_reference() -> None:
    variables = resources(CASES["secrets"])["Function"]["Properties"]["Environment"]["Variables"]

    assert variables["MAIL_KEY"] == "${ssm:/shop/mail-key:live}"
    assert variables["LAMBWSGI_SECRETS"] == "DATABASE_URL,MAIL_KEY,SECRET_KEY"


def test_a_given_role_is_taken_and_none_is_made() -> None:
    arn = "arn:aws:iam::123456789012:role/web"
    stage = changed(role=arn, tracing=True, warm=False)

    assert "Role" not in resources(stage)
    assert resources(stage)["Function"]["Properties"]["Role"] == arn
    assert remarks(stage) == (
        f"{arn} is taken as it is: lambda.amazonaws.com has to be allowed to assume it, and it has to allow"
        " logs:CreateLogStream, logs:PutLogEvents, xray:PutTelemetryRecords, xray:PutTraceSegments",
    )


def test_the_largest_environment_still_fits_into_an_inline_template() -> None:
    settings = changed(environment={"A1": "x" * 3900})

    # 51,200 bytes. Source: CloudFormation user guide, 'Quotas'.
    assert len(template_text(build_template(settings, DIGEST)).encode()) < 51_200


def test_variables_that_only_lambwsgis_own_make_too_large_are_refused() -> None:
    with pytest.raises(TemplateError, match=r"take 4[0-9]+ bytes.*make `environment` in the settings smaller"):
        build_template(changed(environment={"A1": "x" * 4090}), DIGEST)


def test_variables_are_counted_in_bytes() -> None:
    with pytest.raises(TemplateError):
        build_template(changed(environment={"A1": "é" * 2_100}), DIGEST)


NAMES = st.from_regex(r"[a-z][a-z0-9-]{0,19}", fullmatch=True)
TEXTS = st.text(st.characters(codec="utf-8", exclude_categories=["Cc"]), max_size=30)
STAGES = st.builds(
    StageSettings,
    project=NAMES,
    stage=NAMES,
    app=st.from_regex(r"[a-z_]{1,9}(\.[a-z_]{1,9})?:[a-z_]{1,9}(\(\))?", fullmatch=True),
    gateway=st.sampled_from([kind for kind in GatewayKind if kind is not GatewayKind.ALB]),
    runtime=st.sampled_from(RUNTIMES),
    architecture=st.sampled_from(Architecture),
    memory_mb=st.integers(128, 10_240),
    timeout_seconds=st.integers(1, 900),
    environment=st.dictionaries(st.from_regex(r"[B-Z][A-Z0-9_]{1,9}", fullmatch=True), TEXTS, max_size=3).filter(
        lambda variables: not any(name.startswith(("LAMBDA_", "LAMBWSGI_")) for name in variables)
    ),
    warm=st.sampled_from([False, Warm(), Warm(schedule="rate(1 minute)"), Warm(schedule="cron(0 8 ? * MON-FRI *)")]),
    log_retention_days=st.sampled_from(RETENTION_DAYS),
    base_path=st.from_regex(r"(/[a-z0-9]{1,9}){0,2}", fullmatch=True),
    commands=st.sampled_from([frozenset(), frozenset({"manage"})]),
    tags=st.dictionaries(st.from_regex(r"[a-z]{1,9}", fullmatch=True), st.from_regex(r"[a-z0-9]*", fullmatch=True)),
)


@hypothesis.settings(max_examples=60, deadline=None)
@hypothesis.given(STAGES, st.from_regex(r"[0-9a-f]{64}", fullmatch=True))
def test_every_valid_stage_has_a_template_that_aws_schemas_accept(settings: StageSettings, digest: str) -> None:
    text = template_text(build_template(settings, digest))

    assert validate(text) == ()
    assert text == template_text(build_template(StageSettings.model_validate(settings.model_dump()), digest))


WISHES: dict[str, Any] = {
    "api_key": True,
    "cors": ORIGINS,
    "domain": {"name": "api.example.org", "certificate": CLOUDFRONT_CERTIFICATE, "zone": "Z0123456789ABC"},
    "gateway_log": True,
    "streaming": True,
    "throttle": {"rate": 100, "burst": 50},
}


@pytest.mark.parametrize("gateway", ["function_url", "http_api", "rest_api"])
def test_what_a_gateway_may_have_it_may_have_together(gateway: str) -> None:
    allowed = [name for name in WISHES if name not in LACKS[gateway]]
    auths = [None, *(front["auth"] for front in FRONTS.values() if front["gateway"] == gateway and "auth" in front)]
    sets = [names for count in range(len(allowed) + 1) for names in combinations(allowed, count)]

    for names, auth in product(sets, auths):
        if gateway == "function_url" and auth and "domain" in names:
            continue  # Signatures do not get through CloudFront.
        settings = changed(gateway=gateway, auth=auth, **{name: WISHES[name] for name in names})

        assert validate(template_text(build_template(settings, DIGEST))) == (), (names, auth)


if __name__ == "__main__":
    for name in CASES:
        (GOLDEN / f"{name}.json").write_text(text_of(name))
