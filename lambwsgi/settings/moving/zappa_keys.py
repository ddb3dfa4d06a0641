"""Zappa's settings and what becomes of each.

Source: Zappa's README, 'Advanced Settings', of 2026 and of earlier years, since old files are the ones that move.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from lambwsgi.settings.applications import find_applications
from lambwsgi.settings.moving.fronts import CORS, auth, fronted, function_url
from lambwsgi.settings.moving.rules import (
    OTHER_EVENTS,
    Fate,
    Old,
    Outcome,
    Rule,
    application,
    by_hand,
    is_off,
    needless,
    needless_if,
    number,
    runtime,
    statements,
    taken,
    text_map,
    variables,
    versions_kept,
)
from lambwsgi.settings.python_files import read_sources

# What `zappa init` writes, for its packages to stay out; none of them goes in unless the project lists it.
_NEVER_IN = ("boto3", "botocore", "dateutil", "s3transfer", "concurrent")

_DOMAIN = (
    "when you switch over, take its mapping from Zappa's API and write `domain: {name: NAME}`, with `base_path` where"
    " it has one; see 'Switching over' in docs/from-zappa.md"
)
_CERTIFICATE = "the domain keeps its certificate; `domain: {name: NAME, certificate: ARN}` makes a new one"
_BALANCER = (
    "lambwsgi makes no load balancer, but adds its rule to one that is there: `gateway: alb` with `load_balancer`, see"
    " docs/gateways.md"
)
_ASYNC = "there are no asynchronous tasks; send a message to SQS, and let a function of its own take it"
_ACCESS = "let the application decide who may enter, or say by `auth` who may; see docs/gateways.md"
_ROLE = "write what it allows under `permissions` or `statements`, or name a `role` of your own"
_NETWORK = "add it to the output of `lambwsgi template`, and deploy that"
_CACHE = "put CloudFront in front, which caches by the headers that the application sends"


def gateway_of(stage: Mapping[str, Any]) -> str:
    """The gateway that Zappa would have made; of several the API, since that is the one with the stage in its path."""
    if stage.get("apigateway_enabled", stage.get("use_apigateway", True)):
        return "http_api" if stage.get("apigateway_version") == "v2" else "rest_api"
    return "function_url"


def _gateway(_value: Any, old: Old) -> Outcome:
    gateway = old.gateway
    both = gateway != "function_url" and old.stage.get("function_url_enabled")
    remark = "; a stage has one gateway, so give the Function URL a stage of its own" if both else ""
    return Outcome(Fate.TAKEN, f"gateway: {gateway}{remark}", {"gateway": gateway})


def _django(value: Any, old: Old) -> Outcome:
    found = [each for each in find_applications(read_sources(old.directory)) if each.kind == "django"]
    app = found[0].app if found else f"{str(value).partition('.')[0]}.wsgi:application"
    guessed = "" if found else ", which is a guess: no manage.py was found"
    return Outcome(
        Fate.TAKEN,
        f"app: {app}{guessed}; environment: DJANGO_SETTINGS_MODULE; commands: manage",
        {"app": app, "environment": {"DJANGO_SETTINGS_MODULE": str(value)}, "commands": ["manage"]},
    )


def _exclude(value: Any, _old: Old) -> Outcome:
    patterns = [str(each) for each in value if str(each).rstrip("*") not in _NEVER_IN]
    if not patterns:
        return Outcome(Fate.NEEDLESS, "what the project does not list never goes in")
    return Outcome(Fate.TAKEN, f"exclude: {', '.join(patterns)}", {"exclude": patterns})


def _exclude_glob(value: Any, old: Old) -> Outcome:
    """Zappa's globs begin at the project's folder; a pattern of .gitignore does so after a slash."""
    return _exclude([each if each.rstrip("*") in _NEVER_IN else f"/{each.lstrip('/')}" for each in value], old)


def _warm_expression(value: Any, old: Old) -> Outcome:
    if not old.stage.get("keep_warm", True):
        return Outcome(Fate.NEEDLESS, "keep_warm is off")
    return Outcome(Fate.TAKEN, f"warm: {value}", {"warm": {"schedule": str(value)}})


def _touch_path(value: Any, _old: Old) -> Outcome:
    path = f"/{str(value).lstrip('/')}"
    return Outcome(Fate.TAKEN, f"smoke_path: {path}", {"smoke_path": path})


def _keep_warm(value: Any, _old: Old) -> Outcome:
    if value:
        return Outcome(Fate.NEEDLESS, "stages are kept warm by default")
    return Outcome(Fate.TAKEN, "warm: false", {"warm": False})


def _authorizer(value: Any, old: Old) -> Outcome:
    """A function of another project by its ARN, or user pools; Zappa's own function does not come along."""
    if is_off(value):
        return Outcome(Fate.NEEDLESS, "it is off")
    if not isinstance(value, Mapping):
        return Outcome(Fate.BY_HAND, _ACCESS)
    if value.get("provider_arns"):
        return auth({"cognito": {"pools": list(value["provider_arns"])}}, old)
    if not value.get("arn"):
        return Outcome(
            Fate.BY_HAND, "deploy it as a function of its own, and write `auth: {authorizer: {function: ARN}}`"
        )
    settings = {"function": value["arn"], "cache_seconds": int(value.get("result_ttl", 300))}
    settings["headers"] = [value.get("token_header", "Authorization")]
    remark = "; it gets the request with its headers, and no `authorizationToken`"
    if value.get("validation_expression"):
        remark += "; validation_expression is left out, so let it check that itself"
    return auth({"authorizer": settings}, old, remark)


def _iam(value: Any, old: Old) -> Outcome:
    return Outcome(Fate.NEEDLESS, "it is off") if is_off(value) else auth("iam", old)


def _url_config(value: Any, old: Old) -> Outcome:
    if old.gateway != "function_url":
        return Outcome(Fate.NEEDLESS, f"the gateway is {old.gateway}, not the function URL")
    return function_url(value, old)


def _efs(value: Any, _old: Old) -> Outcome:
    advice = "make an access point and write `efs: {access_point: ARN, path: /mnt/NAME}`"
    return Outcome(Fate.NEEDLESS, "it is off") if is_off(value) else Outcome(Fate.BY_HAND, advice)


def _vpc(value: Any) -> dict[str, Any]:
    return {"subnets": value["SubnetIds"], "security_groups": value["SecurityGroupIds"]}


def _snapstart(value: Any) -> bool:
    return value not in (False, "None")


RULES: Mapping[str, Rule] = {
    # the application
    "app_function": taken("app", application),
    "app_type": needless_if(["wsgi"], "WSGI is what lambwsgi runs", "ASGI is not supported; stay where you are, or"
                            " use an adapter for ASGI such as mangum"),
    "django_settings": _django,
    "exception_handler": by_hand("report errors from the application, by its framework's error handler or a WSGI"
                                 " middleware; the log has every traceback"),
    "websocket_handler_module": by_hand("WebSocket APIs are not supported; keep that function with Zappa"),
    "lambda_handler": needless_if(["handler.lambda_handler"], "lambwsgi brings its handler",
                                  "lambwsgi brings its handler; wrap the WSGI application instead"),
    "settings_file": needless("lambwsgi.yml is the only file of settings"),
    "debug": needless("a traceback goes to the log and never to the client"),
    "log_level": needless("the application's own logging decides; lambwsgi leaves the root logger alone"),
    # the stage
    "extends": needless("what the stages share stands in `base`, what differs in each of them"),
    "aws_region": taken("region"),
    "profile_name": taken("profile"),
    "tags": taken("tags", text_map),
    "lambda_description": by_hand("the tags lambwsgi:project and lambwsgi:stage tell what the function is; use `tags`"),
    # the function
    "runtime": taken("runtime", runtime),
    "architecture": taken("architecture", lambda value: value[0] if isinstance(value, list) else value),
    "memory_size": taken("memory_mb", number),
    "timeout_seconds": taken("timeout_seconds", number),
    "ephemeral_storage": taken("ephemeral_storage_mb", lambda value: value["Size"], otherwise=_NETWORK),
    "lambda_concurrency": taken("reserved_concurrency", otherwise=_NETWORK),
    "provisioned_concurrency": taken("provisioned_concurrency", lambda value: {"environments": int(value)}),
    "num_retained_versions": taken("keep_versions", versions_kept),
    "layers": taken("layers", otherwise="list the packages among the dependencies of the project"),
    "snap_start": taken("snapstart", _snapstart),
    "vpc_config": taken("vpc", _vpc, otherwise=_NETWORK),
    "efs_config": _efs,
    "dead_letter_arn": taken("dead_letters", otherwise="only HTTP requests come, and those have their answers"),
    "xray_tracing": taken("tracing", otherwise=_NETWORK),
    "aws_kms_key_arn": taken("kms_key", otherwise=_NETWORK),
    # variables
    "environment_variables": variables,
    "aws_environment_variables": variables,
    "remote_env": by_hand("read the file when the application starts, or write its variables under `environment`"),
    "remote_env_bucket": by_hand("see remote_env"),
    "remote_env_file": by_hand("see remote_env"),
    # the artifact
    "exclude": _exclude,
    "exclude_glob": _exclude_glob,
    "use_precompiled_packages": needless("wheels are always chosen for Lambda, never for this machine"),
    "slim_handler": needless("there is one artifact, of what the project lists; 250 MB unzipped fit"),
    "include": needless("all packages are on the path; libraries that the slim handler loaded are found there"),
    "prebuild_script": by_hand("give a command that runs it as the hook `before_package`"),
    "callbacks": by_hand("give commands that run them as `hooks`, which are for a shell"),
    "delete_local_zip": needless("the artifact lies in .lambwsgi, which git is told to ignore"),
    "delete_s3_zip": needless("an artifact in S3 is named by its digest and never sent twice"),
    "s3_bucket": needless("lambwsgi makes a bucket for artifacts; `bucket` would name one of your own"),
    # the gateway
    "apigateway_enabled": _gateway,
    "use_apigateway": _gateway,
    "apigateway_version": _gateway,
    "function_url_enabled": _gateway,
    "alb_enabled": by_hand(_BALANCER),
    "alb_vpc_config": by_hand("see alb_enabled"),
    "apigateway_lambda_qualifier": needless("requests always go to the alias `live`"),
    "apigateway_description": by_hand("use `tags`"),
    "endpoint_configuration": needless_if([["REGIONAL"]], "APIs are regional",
                                          "APIs are regional; put CloudFront in front for the edge, and a private API"
                                          " into the output of `lambwsgi template`"),
    "apigateway_policy": by_hand(_ACCESS),
    "api_key_required": fronted("api_key", bool),
    "api_key": by_hand("the key gets a new value; give that to those who call"),
    "iam_authorization": _iam,
    "authorizer": _authorizer,
    "cognito": by_hand(OTHER_EVENTS),
    "cors": CORS,
    "binary_support": needless("binary responses need no setting"),
    "additional_text_mimetypes": needless("what is text is seen by its media type and its bytes"),
    "payload_compression": taken("compress"),
    "payload_minimum_compression_size": needless("what is too short to gain is left alone"),
    "cache_cluster_enabled": by_hand(_CACHE),
    "cache_cluster_size": by_hand("see cache_cluster_enabled"),
    "cache_cluster_ttl": by_hand("see cache_cluster_enabled"),
    "cache_cluster_encrypted": by_hand("see cache_cluster_enabled"),
    "cloudwatch_log_level": fronted("gateway_log", lambda _level: True),
    "cloudwatch_data_trace": by_hand("no log has bodies; `gateway_log` has a line for each request, `access_log` too"),
    "cloudwatch_metrics_enabled": needless("the API has metrics of its own; `gateway_log` has each request"),
    "context_header_mappings": by_hand("the application finds them in environ['lambwsgi.request_context']"),
    "touch": needless_if([True], "`smoke_path` is asked after each deploy", "give `lambwsgi deploy` --no-smoke"),
    "touch_path": _touch_path,
    "function_url_config": _url_config,
    "function_url_domains": by_hand("a function URL has no other name here; choose another `gateway`, or put CloudFront"
                                    " in front"),
    "function_url_cloudfront_config": by_hand("put CloudFront in front yourself"),
    # the domain
    "domain": by_hand(_DOMAIN),
    "base_path": taken("base_path", lambda value: f"/{str(value).strip('/')}"),
    "certificate": by_hand(_CERTIFICATE),
    "certificate_key": by_hand(_CERTIFICATE),
    "certificate_chain": by_hand(_CERTIFICATE),
    "certificate_arn": by_hand(_CERTIFICATE),
    "lets_encrypt_key": by_hand("ask ACM for a certificate, which renews itself"),
    "lets_encrypt_expression": by_hand("ask ACM for a certificate, which renews itself"),
    "route53_enabled": needless("the domain keeps its record; `zone` of `domain` makes a new one"),
    # permissions
    "manage_roles": needless_if([True], "the stack has a role of its own", "name the role under `role`, if any"),
    "role_name": by_hand(_ROLE),
    "role_arn": taken("role", otherwise=_ROLE),
    "assume_policy": by_hand(_ROLE),
    "attach_policy": by_hand(_ROLE),
    "extra_permissions": taken("statements", statements, otherwise=_ROLE),
    # events
    "events": by_hand(OTHER_EVENTS),
    "bot_events": by_hand(OTHER_EVENTS),
    "keep_warm": _keep_warm,
    "keep_warm_expression": _warm_expression,
    # tasks
    "async_source": by_hand(_ASYNC),
    "async_resources": by_hand(_ASYNC),
    "async_response_table": by_hand(_ASYNC),
    "async_response_table_read_capacity": by_hand(_ASYNC),
    "async_response_table_write_capacity": by_hand(_ASYNC),
    # development
    "aws_endpoint_urls": needless("AWS's own variables AWS_ENDPOINT_URL do it"),
}  # fmt: skip
