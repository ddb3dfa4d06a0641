"""The keys of a serverless.yml and what becomes of each.

Source: Serverless Framework's 'serverless.yml reference' for AWS; the READMEs of serverless-wsgi,
serverless-python-requirements, serverless-plugin-warmup and serverless-domain-manager.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

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
    taken,
    text_map,
    variables,
)

HANDLERS = ("wsgi_handler.handler", "wsgi.handler")

_TEMPLATE = "add it to the output of `lambwsgi template`, and deploy that"
_ACCESS = "let the application decide who may enter, or deploy from `lambwsgi template` with it added"
_ROLE = "add it to the role of the stack, from `lambwsgi template`; lambwsgi's role may write its log only"
_OTHER_EVENTS = "only HTTP requests and warm-ups reach a lambwsgi function; give this a function of its own"
_DOMAIN = "map the domain to the gateway yourself, see 'Switching over' in docs/from-serverless-wsgi.md"
_CORS = "let the application answer, as Flask-Cors and django-cors-headers do"
_DEPLOYS = "lambwsgi deploys by CloudFormation change sets, with nothing to set"
_BALANCER = "deploy from `lambwsgi template` behind the load balancer; the handler knows its events"
_RUNS_HERE = "`lambwsgi local` and `lambwsgi package` need nothing to be set"


def _vpc(value: Any) -> dict[str, Any]:
    return {"subnets": value["subnetIds"], "security_groups": value["securityGroupIds"]}


def _iam(value: Any, old: Old) -> Outcome:
    """`iam: {role: ARN}` and `iam: {role: {statements: […]}}`."""
    role = value.get("role") if isinstance(value, Mapping) else None
    if isinstance(role, str):
        return taken("role", otherwise=_ROLE)(role, old)
    if isinstance(role, Mapping) and set(role) == {"statements"}:
        return _STATEMENTS(role["statements"], old)
    return Outcome(Fate.MISSING, _ROLE)


def _app(value: Any, old: Old) -> Outcome:
    outcome = taken("app", application)(value, old)
    if outcome.fate is not Fate.TAKEN or not (old.directory / "manage.py").is_file():
        return outcome
    words = f"{outcome.words}; commands: manage, as `sls wsgi manage` is allowed to all"
    return Outcome(Fate.TAKEN, words, {**outcome.settings, "commands": ["manage"]})


def _function_url(value: Any, _old: Old) -> Outcome:
    if isinstance(value, Mapping):
        return Outcome(Fate.TAKEN, f"gateway: function_url, open to all; {_ACCESS}", {"gateway": "function_url"})
    if value:
        return Outcome(Fate.TAKEN, "gateway: function_url", {"gateway": "function_url"})
    return Outcome(Fate.NEEDLESS, "it is off")


def _traced(value: Any) -> bool:
    return bool(value.get("lambda") if isinstance(value, Mapping) else value)


def _requirements(value: Any, _old: Old) -> Outcome:
    """The plugin's own options are about how pip is called, which uv need not be told."""
    name = value.get("fileName") if isinstance(value, Mapping) else None
    if name:
        return Outcome(Fate.TAKEN, f"requirements: {name}; the rest is not needed", {"requirements": str(name)})
    return Outcome(Fate.NEEDLESS, "uv chooses wheels for Lambda, without Docker")


def _package(value: Any, _old: Old) -> Outcome:
    """`patterns`, and the `exclude` and `include` of earlier versions."""
    if not isinstance(value, Mapping):
        return Outcome(Fate.MISSING, "a map was expected; write `include` and `exclude`")
    patterns = [*value.get("patterns", []), *(f"!{each}" for each in value.get("exclude", []))]
    if not _ALL.isdisjoint(patterns):
        advice = "an artifact begins with what .gitignore lets in; write what is not to go in under `exclude`"
        return Outcome(Fate.MISSING, advice)
    exclude = [_anchored(each[1:]) for each in patterns if each.startswith("!")]
    include = [_anchored(each) for each in [*patterns, *value.get("include", [])] if not each.startswith("!")]
    settings = {name: list_ for name, list_ in (("exclude", exclude), ("include", include)) if list_}
    if not settings:
        return Outcome(Fate.NEEDLESS, "an artifact has what .gitignore lets in, and the dependencies")
    words = "; ".join(f"{name}: {', '.join(list_)}" for name, list_ in settings.items())
    return Outcome(Fate.TAKEN, words, settings)


# All out, for the patterns that follow to choose from; ours begin with all in.
_ALL = frozenset({"!**", "!./**", "!**/*", "!./**/*"})


def _anchored(pattern: str) -> str:
    """Serverless's globs begin at the project's folder; a pattern of .gitignore does so after a slash."""
    return f"/{pattern.removeprefix('./').lstrip('/')}" if "**" not in pattern[:2] else pattern


_STATEMENTS = taken("statements", statements, otherwise=_ROLE)

# Both of the provider and of a function, which comes first.
_BOTH: Mapping[str, Rule] = {
    "runtime": taken("runtime", runtime),
    "architecture": taken("architecture"),
    "memorySize": taken("memory_mb", int),
    "timeout": taken("timeout_seconds", int),
    "environment": variables,
    "tags": taken("tags", text_map),
    "vpc": taken("vpc", _vpc, otherwise=_TEMPLATE),
    "layers": taken("layers", otherwise="list the packages among the dependencies of the project"),
    "kmsKeyArn": taken("kms_key", otherwise=_TEMPLATE),
    "logRetentionInDays": taken("log_retention_days", int),
    "versionFunction": needless("each deploy publishes a version"),
    "logs": missing("`access_log` writes a line for each request into the function's log"),
}

PROVIDER: Mapping[str, Rule] = {
    **_BOTH,
    "name": needless_if(["aws"], "AWS is what lambwsgi deploys to", "AWS is all that lambwsgi deploys to"),
    "stage": needless("stages stand under `stages`, and are named in each command"),
    "region": taken("region"),
    "profile": taken("profile"),
    "stackTags": taken("tags", text_map),
    "stackName": needless("a stack is named PROJECT-STAGE"),
    "apiName": needless("an API is named as its stack"),
    "tracing": taken("tracing", _traced, otherwise=_TEMPLATE),
    "iam": _iam,
    "iamRoleStatements": _STATEMENTS,
    "role": taken("role", otherwise=_ROLE),
    "iamManagedPolicies": missing(_ROLE),
    "rolePermissionsBoundary": missing(_ROLE),
    "httpApi": missing(f"{_CORS}; {_ACCESS}"),
    "apiGateway": missing(f"binary types are set already, and compression is `compress`; as to keys: {_ACCESS}"),
    "apiKeys": missing(_ACCESS),
    "usagePlan": missing(_ACCESS),
    "resourcePolicy": missing(_ACCESS),
    "endpointType": needless_if(["REGIONAL", "regional"], "APIs are regional",
                                "APIs are regional; put CloudFront in front for the edge"),
    "alb": missing(_BALANCER),
    "websocketsApiName": missing("WebSocket APIs are not supported; keep that function where it is"),
    "websocketsApiRouteSelectionExpression": missing("see websocketsApiName"),
    "deploymentBucket": needless("lambwsgi makes a bucket for artifacts; `bucket` would name one of your own"),
    "deploymentPrefix": needless("artifacts are named by project and digest"),
    "deploymentMethod": needless(_DEPLOYS),
    "cfnRole": missing("let who deploys assume that role, by `profile`"),
    "notificationArns": missing(_TEMPLATE),
    "rollbackConfiguration": needless("a version that does not answer well never serves"),
    "disableRollback": needless(_DEPLOYS),
    "stackParameters": missing(_TEMPLATE),
    "stackPolicy": missing(_TEMPLATE),
    "versionFunctions": needless("each deploy publishes a version"),
    "lambdaHashingVersion": needless(_DEPLOYS),
    "s3": missing(_OTHER_EVENTS),
    "eventBridge": missing(_OTHER_EVENTS),
    "ecr": missing("`package: image` makes one, without a Dockerfile"),
    "vpcEndpointIds": missing(_TEMPLATE),
    "build": needless(_RUNS_HERE),
}  # fmt: skip

FUNCTION: Mapping[str, Rule] = {
    **_BOTH,
    "handler": needless("lambwsgi brings its handler"),
    "url": _function_url,
    "name": needless("a function is named PROJECT-STAGE"),
    "description": missing("use `tags`"),
    "ephemeralStorageSize": taken("ephemeral_storage_mb", otherwise=_TEMPLATE),
    "reservedConcurrency": taken("reserved_concurrency", otherwise=_TEMPLATE),
    "provisionedConcurrency": taken("provisioned_concurrency", lambda value: {"environments": int(value)}),
    "snapStart": taken("snapstart", bool),
    "tracing": taken("tracing", lambda value: value in (True, "Active", "active"), otherwise=_TEMPLATE),
    "onError": taken("dead_letters", otherwise="only HTTP requests come, and those have their answers"),
    "destinations": missing("only HTTP requests come, and those have their answers"),
    "role": taken("role", otherwise=_ROLE),
    "iamRoleStatements": _STATEMENTS,
    "fileSystemConfig": missing("name the access point under `efs`, or add it to `lambwsgi template`"),
    "package": _package,
    "dependsOn": missing(_TEMPLATE),
    "condition": missing(_TEMPLATE),
    "disableLogs": missing("a function has its log; `access_log: false` keeps requests out of it"),
    "maximumRetryAttempts": needless("only HTTP requests come, which nobody repeats"),
    "maximumEventAge": needless("only HTTP requests come, which nobody repeats"),
    "warmup": needless("stages are kept warm by default"),
    "image": missing("`package: image` makes one, without a Dockerfile"),
}  # fmt: skip

WSGI: Mapping[str, Rule] = {
    "app": _app,
    "packRequirements": needless("what the project lists always goes in"),
    "pipArgs": missing("uv resolves; what pip was told belongs into the requirements file"),
    "pythonBin": needless("the artifact is for the `runtime`, whatever Python is here"),
    "textMimeTypes": needless("what is text is seen by its media type and its bytes"),
    "handler": needless("lambwsgi brings its handler"),
}

CUSTOM: Mapping[str, Rule] = {
    "pythonRequirements": _requirements,
    "warmup": needless("stages are kept warm by default; `warm` says how"),
    "customDomain": missing(_DOMAIN),
    "customDomains": missing(_DOMAIN),
    "apiGatewayCaching": missing("put CloudFront in front, which caches by the headers that the application sends"),
    "serverless-offline": needless(_RUNS_HERE),
    "splitStacks": needless(_DEPLOYS),
    "prune": needless("versions are kept for `lambwsgi rollback`, and go with the stage"),
    "dotenv": missing("write the variables under `environment`"),
}

TOP: Mapping[str, Rule] = {
    "service": needless("the project's name"),
    "org": needless("there is no account but that of AWS"),
    "app": needless("there is no account but that of AWS"),
    "tenant": needless("there is no account but that of AWS"),
    "licenseKey": needless("there is no account but that of AWS"),
    "frameworkVersion": needless("pin lambwsgi among the project's development dependencies"),
    "configValidationMode": needless("settings are always checked"),
    "variablesResolutionMode": needless("settings have no variables"),
    "unresolvedVariablesNotificationMode": needless("settings have no variables"),
    "deprecationNotificationMode": needless("settings have no variables"),
    "disabledDeprecations": needless("settings have no variables"),
    "useDotenv": missing("write the variables under `environment`; a .env file never goes into the artifact"),
    "console": needless("there is no account but that of AWS"),
    "plugins": needless("each plugin's settings are told by themselves; lambwsgi has none"),
    "package": _package,
    "params": needless("their values stand where they were used"),
    "stages": needless("their values stand where they were used"),
    "layers": missing("list the packages among the dependencies of the project"),
    "resources": missing("keep them in a stack of their own, or add them to the output of `lambwsgi template`"),
    "outputs": missing("`lambwsgi status` and `lambwsgi url` tell what there is"),
    "build": needless(_RUNS_HERE),
}

# The events of a WSGI function: its gateway, or what does not come by a gateway.
EVENTS: Mapping[str, str] = {"http": "rest_api", "httpApi": "http_api"}
_OF_AN_EVENT = frozenset({"authorizer", "private", "cors", "request", "async"})


def event(kind: str, value: Any) -> Outcome:
    """What becomes of an event of the function that runs the application."""
    gateway = EVENTS.get(kind)
    if gateway is None:
        return Outcome(Fate.MISSING, _BALANCER if kind == "alb" else _OTHER_EVENTS)
    more = sorted(_OF_AN_EVENT & set(value if isinstance(value, Mapping) else ()))
    remark = f"; {', '.join(more)}: {_CORS if more == ['cors'] else _ACCESS}" if more else ""
    return Outcome(Fate.TAKEN, f"gateway: {gateway}, which hands on all paths{remark}", {"gateway": gateway})
