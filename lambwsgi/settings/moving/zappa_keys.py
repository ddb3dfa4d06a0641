"""Zappa's settings and what becomes of each.

Source: Zappa's README, 'Advanced Settings', of 2026 and of earlier years, since old files are the ones that move.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from lambwsgi.settings.applications import find_applications, read_sources
from lambwsgi.settings.moving.rules import (
    Fate,
    Old,
    Outcome,
    Rule,
    application,
    missing,
    needless,
    needless_if,
    runtime,
    statements,
    switch,
    taken,
    text_map,
    variables,
    versions_kept,
)

# What `zappa init` writes, for its packages to stay out; none of them goes in unless the project lists it.
_NEVER_IN = ("boto3", "botocore", "dateutil", "s3transfer", "concurrent")

_OTHER_EVENTS = "only HTTP requests and warm-ups reach a lambwsgi function; give this a function of its own"
_DOMAIN = "map the domain to the gateway yourself, see 'Switching over' in docs/from-zappa.md"
_ASYNC = "there are no asynchronous tasks; send a message to SQS, and let a function of its own take it"
_ACCESS = "let the application decide who may enter, or deploy from `lambwsgi template` with it added"
_ROLE = "add it to the role of the stack, from `lambwsgi template`; lambwsgi's role may write its log only"
_NETWORK = "add it to the output of `lambwsgi template`, and deploy that"
_LOG = "the gateway has no log of its own; `access_log` writes a line for each request"
_CACHE = "put CloudFront in front, which caches by the headers that the application sends"


def gateway_of(stage: Mapping[str, Any]) -> str:
    """The gateway that Zappa would have made; of several the API, since that is the one with the stage in its path."""
    if stage.get("apigateway_enabled", stage.get("use_apigateway", True)):
        return "http_api" if stage.get("apigateway_version") == "v2" else "rest_api"
    return "function_url"


def _gateway(_value: Any, old: Old) -> Outcome:
    gateway = gateway_of(old.stage)
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
    "exception_handler": missing("report errors from the application, by its framework's error handler or a WSGI"
                                 " middleware; the log has every traceback"),
    "websocket_handler_module": missing("WebSocket APIs are not supported; keep that function with Zappa"),
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
    "lambda_description": missing("the tags lambwsgi:project and lambwsgi:stage tell what the function is; use `tags`"),
    # the function
    "runtime": taken("runtime", runtime),
    "architecture": taken("architecture", lambda value: value[0] if isinstance(value, list) else value),
    "memory_size": taken("memory_mb", int),
    "timeout_seconds": taken("timeout_seconds", int),
    "ephemeral_storage": taken("ephemeral_storage_mb", lambda value: value["Size"], otherwise=_NETWORK),
    "lambda_concurrency": taken("reserved_concurrency", otherwise=_NETWORK),
    "provisioned_concurrency": taken("provisioned_concurrency", lambda value: {"environments": int(value)}),
    "num_retained_versions": taken("keep_versions", versions_kept),
    "layers": taken("layers", otherwise="list the packages among the dependencies of the project"),
    "snap_start": taken("snapstart", _snapstart),
    "vpc_config": taken("vpc", _vpc, otherwise=_NETWORK),
    "efs_config": missing("make an access point and name it under `efs`, or add it to `lambwsgi template`"),
    "dead_letter_arn": taken("dead_letters", otherwise="only HTTP requests come, and those have their answers"),
    "xray_tracing": taken("tracing", otherwise=_NETWORK),
    "aws_kms_key_arn": taken("kms_key", otherwise=_NETWORK),
    # variables
    "environment_variables": variables,
    "aws_environment_variables": variables,
    "remote_env": missing("read the file when the application starts, or write its variables under `environment`"),
    "remote_env_bucket": missing("see remote_env"),
    "remote_env_file": missing("see remote_env"),
    # the artifact
    "exclude": _exclude,
    "exclude_glob": _exclude_glob,
    "use_precompiled_packages": needless("wheels are always chosen for Lambda, never for this machine"),
    "slim_handler": needless("there is one artifact, of what the project lists; 250 MB unzipped fit"),
    "include": needless("all packages are on the path; libraries that the slim handler loaded are found there"),
    "prebuild_script": missing("give a command that runs it as the hook `before_package`"),
    "callbacks": missing("give commands that run them as `hooks`, which are for a shell"),
    "delete_local_zip": needless("the artifact lies in .lambwsgi, which git is told to ignore"),
    "delete_s3_zip": needless("an artifact in S3 is named by its digest and never sent twice"),
    "s3_bucket": needless("lambwsgi makes a bucket for artifacts; `bucket` would name one of your own"),
    # the gateway
    "apigateway_enabled": _gateway,
    "use_apigateway": _gateway,
    "apigateway_version": _gateway,
    "function_url_enabled": _gateway,
    "alb_enabled": missing("deploy from `lambwsgi template` behind the load balancer; the handler knows its events"),
    "alb_vpc_config": missing("see alb_enabled"),
    "apigateway_lambda_qualifier": needless("requests always go to the alias `live`"),
    "apigateway_description": missing("use `tags`"),
    "endpoint_configuration": needless_if([["REGIONAL"]], "APIs are regional",
                                          "APIs are regional; put CloudFront in front for the edge, and a private API"
                                          " into the output of `lambwsgi template`"),
    "apigateway_policy": missing(_ACCESS),
    "api_key_required": switch("api_key", True, otherwise=_ACCESS),
    "api_key": missing("the key gets a new value; give that to those who call"),
    "iam_authorization": switch("auth", "iam", otherwise=_ACCESS),
    "authorizer": missing(_ACCESS),
    "cognito": missing(_OTHER_EVENTS),
    "cors": missing("let the application answer, as Flask-Cors and django-cors-headers do"),
    "binary_support": needless("binary responses need no setting"),
    "additional_text_mimetypes": needless("what is text is seen by its media type and its bytes"),
    "payload_compression": taken("compress"),
    "payload_minimum_compression_size": needless("what is too short to gain is left alone"),
    "cache_cluster_enabled": missing(_CACHE),
    "cache_cluster_size": missing("see cache_cluster_enabled"),
    "cache_cluster_ttl": missing("see cache_cluster_enabled"),
    "cache_cluster_encrypted": missing("see cache_cluster_enabled"),
    "cloudwatch_log_level": missing(_LOG),
    "cloudwatch_data_trace": missing(_LOG),
    "cloudwatch_metrics_enabled": missing(_LOG),
    "context_header_mappings": missing("the application finds them in environ['lambwsgi.request_context']"),
    "touch": needless_if([True], "`smoke_path` is asked after each deploy", "give `lambwsgi deploy` --no-smoke"),
    "touch_path": _touch_path,
    "function_url_config": missing("a Function URL is open to all; let the application answer for CORS and for who may"
                                   " enter"),
    "function_url_domains": missing(_DOMAIN),
    "function_url_cloudfront_config": missing("put CloudFront in front yourself"),
    # the domain
    "domain": missing(_DOMAIN),
    "base_path": taken("base_path", lambda value: f"/{str(value).strip('/')}"),
    "certificate": missing(_DOMAIN),
    "certificate_key": missing(_DOMAIN),
    "certificate_chain": missing(_DOMAIN),
    "certificate_arn": missing(_DOMAIN),
    "lets_encrypt_key": missing(_DOMAIN),
    "lets_encrypt_expression": missing(_DOMAIN),
    "route53_enabled": needless("DNS is left alone"),
    # permissions
    "manage_roles": needless_if([True], "the stack has a role of its own", "name the role under `role`, if any"),
    "role_name": missing("lambwsgi's role has a name of its own; what it is to allow has to be added to it"),
    "role_arn": taken("role", otherwise=_ROLE),
    "assume_policy": missing(_ROLE),
    "attach_policy": missing("what the file allows has to be added to the role; lambwsgi's may write its log only"),
    "extra_permissions": taken("statements", statements, otherwise=_ROLE),
    # events
    "events": missing(_OTHER_EVENTS),
    "bot_events": missing(_OTHER_EVENTS),
    "keep_warm": _keep_warm,
    "keep_warm_expression": _warm_expression,
    # tasks
    "async_source": missing(_ASYNC),
    "async_resources": missing(_ASYNC),
    "async_response_table": missing(_ASYNC),
    "async_response_table_read_capacity": missing(_ASYNC),
    "async_response_table_write_capacity": missing(_ASYNC),
    # development
    "aws_endpoint_urls": needless("AWS's own variables AWS_ENDPOINT_URL do it"),
}  # fmt: skip
