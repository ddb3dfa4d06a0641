"""The keys of a serverless.yml and what becomes of each.

Source: Serverless Framework's 'serverless.yml reference' for AWS; the READMEs of serverless-wsgi,
serverless-python-requirements, serverless-plugin-warmup, serverless-prune-plugin and serverless-domain-manager.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from lambwsgi.settings.moving.fronts import function_url, together
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
from lambwsgi.settings.moving.serverless_front import DOMAIN, FILE_SYSTEM, NESTED

_TEMPLATE = "add it to the output of `lambwsgi template`, and deploy that"
_ACCESS = "let the application decide who may enter, or say by `auth` who may; see docs/gateways.md"
_ROLE = "write what it allows under `permissions` or `statements`, or name a `role` of your own"
_DEPLOYS = "lambwsgi deploys by CloudFormation change sets, with nothing to set"
_IMAGE = "`package: image` makes one, without a Dockerfile"
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
    return Outcome(Fate.BY_HAND, _ROLE)


def _app(value: Any, old: Old) -> Outcome:
    outcome = taken("app", application)(value, old)
    if outcome.fate is not Fate.TAKEN or not (old.directory / "manage.py").is_file():
        return outcome
    words = f"{outcome.words}; commands: manage, as `sls wsgi manage` is allowed to all"
    return Outcome(Fate.TAKEN, words, {**outcome.settings, "commands": ["manage"]})


def _function_url(value: Any, old: Old) -> Outcome:
    if is_off(value):
        return Outcome(Fate.NEEDLESS, "it is off")
    gateway = Outcome(Fate.TAKEN, "gateway: function_url", {"gateway": "function_url"})
    if old.gateway != "function_url" or not isinstance(value, Mapping):
        return gateway
    return together([gateway, function_url(value, old)])


def _traced(value: Any) -> bool:
    return bool(value.get("lambda") if isinstance(value, Mapping) else value)


def _requirements(value: Any, _old: Old) -> Outcome:
    """The plugin's own options are about how pip is called, which uv need not be told."""
    name = value.get("fileName") if isinstance(value, Mapping) else None
    if name:
        return Outcome(Fate.TAKEN, f"requirements: {name}; the rest is not needed", {"requirements": str(name)})
    return Outcome(Fate.NEEDLESS, "uv chooses wheels for Lambda, without Docker")


def _prune(value: Any, old: Old) -> Outcome:
    """`prune: {automatic: true, number: 3}` of serverless-prune-plugin, which does nothing unless told to."""
    wanted = value if isinstance(value, Mapping) else {}
    if wanted.get("automatic") and wanted.get("number"):
        return taken("keep_versions", versions_kept)(wanted["number"], old)
    return Outcome(Fate.NEEDLESS, "old versions go by `keep_versions`, at each deploy")


def _package(value: Any, _old: Old) -> Outcome:
    """`patterns`, and the `exclude` and `include` of earlier versions."""
    if not isinstance(value, Mapping):
        return Outcome(Fate.BY_HAND, "a map was expected; write `include` and `exclude`")
    patterns = [*value.get("patterns", []), *(f"!{each}" for each in value.get("exclude", []))]
    if not _ALL.isdisjoint(patterns):
        advice = "an artifact begins with what .gitignore lets in; write what is not to go in under `exclude`"
        return Outcome(Fate.BY_HAND, advice)
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
    "memorySize": taken("memory_mb", number),
    "timeout": taken("timeout_seconds", number),
    "environment": variables,
    "tags": taken("tags", text_map),
    "vpc": taken("vpc", _vpc, otherwise=_TEMPLATE),
    "layers": taken("layers", otherwise="list the packages among the dependencies of the project"),
    "kmsKeyArn": taken("kms_key", otherwise=_TEMPLATE),
    "logRetentionInDays": taken("log_retention_days", number),
    "versionFunction": needless("each deploy publishes a version"),
    "logs": by_hand("`access_log` writes a line for each request into the function's log, `log_format` says how"),
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
    "iamManagedPolicies": by_hand(_ROLE),
    "rolePermissionsBoundary": by_hand(_ROLE),
    "httpApi": by_hand("a map was expected; see docs/gateways.md"),
    "apiGateway": by_hand("a map was expected; see docs/gateways.md"),
    "alb": by_hand("a map was expected; see docs/gateways.md"),
    "apiKeys": NESTED["apiGateway"]["apiKeys"],
    "usagePlan": NESTED["apiGateway"]["usagePlan"],
    "resourcePolicy": NESTED["apiGateway"]["resourcePolicy"],
    "endpointType": needless_if(["REGIONAL", "regional"], "APIs are regional",
                                "APIs are regional; put CloudFront in front for the edge"),
    "websocketsApiName": by_hand("WebSocket APIs are not supported; keep that function where it is"),
    "websocketsApiRouteSelectionExpression": by_hand("see websocketsApiName"),
    "deploymentBucket": needless("lambwsgi makes a bucket for artifacts; `bucket` would name one of your own"),
    "deploymentPrefix": needless("artifacts are named by project and digest"),
    "deploymentMethod": needless(_DEPLOYS),
    "cfnRole": by_hand("let who deploys assume that role, by `profile`"),
    "notificationArns": by_hand(_TEMPLATE),
    "rollbackConfiguration": needless("a version that does not answer well never serves"),
    "disableRollback": needless(_DEPLOYS),
    "stackParameters": by_hand(_TEMPLATE),
    "stackPolicy": by_hand(_TEMPLATE),
    "versionFunctions": needless("each deploy publishes a version"),
    "lambdaHashingVersion": needless(_DEPLOYS),
    "s3": by_hand(OTHER_EVENTS),
    "eventBridge": by_hand(OTHER_EVENTS),
    "ecr": by_hand(_IMAGE),
    "vpcEndpointIds": by_hand(_TEMPLATE),
    "build": needless(_RUNS_HERE),
}  # fmt: skip

FUNCTION: Mapping[str, Rule] = {
    **_BOTH,
    "handler": needless("lambwsgi brings its handler"),
    "url": _function_url,
    "name": needless("a function is named PROJECT-STAGE"),
    "description": by_hand("use `tags`"),
    "ephemeralStorageSize": taken("ephemeral_storage_mb", otherwise=_TEMPLATE),
    "reservedConcurrency": taken("reserved_concurrency", otherwise=_TEMPLATE),
    "provisionedConcurrency": taken("provisioned_concurrency", lambda value: {"environments": int(value)}),
    "snapStart": taken("snapstart", bool),
    "tracing": taken("tracing", lambda value: value in (True, "Active", "active"), otherwise=_TEMPLATE),
    "onError": taken("dead_letters", otherwise="only HTTP requests come, and those have their answers"),
    "destinations": by_hand("only HTTP requests come, and those have their answers"),
    "role": taken("role", otherwise=_ROLE),
    "iamRoleStatements": _STATEMENTS,
    "fileSystemConfig": FILE_SYSTEM,
    "package": _package,
    "dependsOn": by_hand(_TEMPLATE),
    "condition": by_hand(_TEMPLATE),
    "disableLogs": by_hand("a function has its log; `access_log: false` keeps requests out of it"),
    "maximumRetryAttempts": needless("only HTTP requests come, which nobody repeats"),
    "maximumEventAge": needless("only HTTP requests come, which nobody repeats"),
    "warmup": needless("stages are kept warm by default"),
    "image": by_hand(_IMAGE),
}  # fmt: skip

WSGI: Mapping[str, Rule] = {
    "app": _app,
    "packRequirements": needless("what the project lists always goes in"),
    "pipArgs": by_hand("uv resolves; what pip was told belongs in the requirements file"),
    "pythonBin": needless("the artifact is for the `runtime`, whatever Python is here"),
    "textMimeTypes": needless("what is text is seen by its media type and its bytes"),
    "handler": needless("lambwsgi brings its handler"),
}

CUSTOM: Mapping[str, Rule] = {
    "pythonRequirements": _requirements,
    "warmup": needless("stages are kept warm by default; `warm` says how"),
    "customDomain": DOMAIN,
    "customDomains": DOMAIN,
    "apiGatewayCaching": by_hand("put CloudFront in front, which caches by the headers that the application sends"),
    "serverless-offline": needless(_RUNS_HERE),
    "splitStacks": needless(_DEPLOYS),
    "prune": _prune,
    "dotenv": by_hand("write the variables under `environment`"),
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
    "useDotenv": by_hand("write the variables under `environment`; a .env file never goes into the artifact"),
    "console": needless("there is no account but that of AWS"),
    "plugins": needless("each plugin's settings are told by themselves; lambwsgi has none"),
    "package": _package,
    "params": needless("their values stand where they were used"),
    "stages": needless("their values stand where they were used"),
    "layers": by_hand("list the packages among the dependencies of the project"),
    "resources": by_hand("keep them in a stack of their own, or add them to the output of `lambwsgi template`"),
    "outputs": by_hand("`lambwsgi status` and `lambwsgi url` tell what there is"),
    "build": needless(_RUNS_HERE),
}
