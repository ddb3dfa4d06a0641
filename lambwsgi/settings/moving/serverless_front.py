"""The gateway's keys of a serverless.yml: what the provider says of it, and each event of the WSGI function.

Source: Serverless Framework's documentation for AWS, 'HTTP API', 'REST API', 'Application Load Balancer'.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from lambwsgi.settings.moving.fronts import CORS, auth, fronted, together
from lambwsgi.settings.moving.rules import OTHER_EVENTS, Fate, Old, Outcome, Rule, by_hand, is_off, needless, taken

HANDLERS = ("wsgi_handler.handler", "wsgi.handler")
# The events of a WSGI function that are its gateway.
GATEWAYS: Mapping[str, str] = {"http": "rest_api", "httpApi": "http_api", "alb": "alb"}

_OWN_FUNCTION = "deploy it as a function of its own, and write `auth: {authorizer: {function: ARN}}`"
_OWN_API = "the stage gets an API of its own; let its domain lead there when you switch over"
_ONE_FOR_ALL = (
    "routes differ in it, and a stage has one answer for all paths; let the application decide, or write `auth`"
)
_KEYS = "`api_key: true` makes one key, with a new value, which who calls has to be given"


def gateway_of(functions: Mapping[str, Any]) -> str:
    """The gateway of the function that runs the application: that of its first event, else a function URL."""
    wsgi = (each for each in functions.values() if isinstance(each, Mapping) and each.get("handler") in HANDLERS)
    for kind, _ in events_of(next(wsgi, {})):
        if kind in GATEWAYS:
            return GATEWAYS[kind]
    return "function_url"


def events_of(function: Mapping[str, Any]) -> list[tuple[str, Any]]:
    """Kind and value of each event."""
    given = function.get("events") or ()
    return [next(iter(each.items())) if isinstance(each, Mapping) and each else (str(each), None) for each in given]


def event(kind: str, value: Any, old: Old, others: Sequence[Any]) -> Outcome:
    """What becomes of an event of the function that runs the application; `others` are all values of its kind."""
    if kind not in GATEWAYS:
        return Outcome(Fate.BY_HAND, OTHER_EVENTS)
    if kind == "alb":
        return _load_balancer(value)
    given = value if isinstance(value, Mapping) else {}
    outcomes = [
        Outcome(Fate.TAKEN, f"gateway: {GATEWAYS[kind]}, which hands on all paths", {"gateway": GATEWAYS[kind]})
    ]
    for name, rule in _OF_AN_EVENT.items():
        if is_off(given.get(name)):
            continue
        alike = all(isinstance(other, Mapping) and other.get(name) == given[name] for other in others)
        outcomes.append(rule(given[name], old) if alike else Outcome(Fate.BY_HAND, f"{name}: {_ONE_FOR_ALL}"))
    return together(outcomes)


def _authorizer(value: Any, old: Old) -> Outcome:
    """`aws_iam`, a name, an ARN, or a map of one of these with `type`, `scopes` and the like."""
    given = value if isinstance(value, Mapping) else {"arn" if str(value).startswith("arn:") else "name": value}
    if "aws_iam" in (given.get("name"), str(given.get("type", "")).lower()):
        return auth("iam", old)
    scopes = {"scopes": list(given["scopes"])} if given.get("scopes") else {}
    arn = str(given.get("arn", ""))
    if ":cognito-idp:" in arn:
        return auth({"cognito": {"pools": [arn], **scopes}}, old)
    if arn:
        return auth({"authorizer": _asked(arn, given)}, old)
    http_api = old.stage.get("provider", {}).get("httpApi")
    named = (http_api.get("authorizers") or {} if isinstance(http_api, Mapping) else {}).get(given.get("name"))
    return _declared(named, scopes, old) if isinstance(named, Mapping) else Outcome(Fate.BY_HAND, _OWN_FUNCTION)


def _declared(declared: Mapping[str, Any], scopes: Mapping[str, Any], old: Old) -> Outcome:
    """An authorizer of `provider.httpApi.authorizers`."""
    if declared.get("type", "jwt") == "jwt":
        audience = declared.get("audience", [])
        listed = [audience] if isinstance(audience, str) else list(audience)
        return auth({"jwt": {"issuer": declared.get("issuerUrl", ""), "audience": listed, **scopes}}, old)
    if declared.get("functionArn"):
        return auth({"authorizer": _asked(str(declared["functionArn"]), declared)}, old)
    return Outcome(Fate.BY_HAND, _OWN_FUNCTION)


def _asked(arn: str, given: Mapping[str, Any]) -> dict[str, Any]:
    sources = given.get("identitySource") or []
    listed = sources.split(",") if isinstance(sources, str) else sources
    headers = [each.strip().rpartition("request.header.")[2] for each in listed if "request.header." in each]
    cached = given.get("resultTtlInSeconds")
    settings: dict[str, Any] = {"function": arn, "headers": headers or ["Authorization"]}
    return settings if cached is None else {**settings, "cache_seconds": int(cached)}


def _load_balancer(value: Any) -> Outcome:
    given = value if isinstance(value, Mapping) else {}
    conditions = given.get("conditions") or {}
    hosts, paths = ([each] if isinstance(each, str) else each for each in map(conditions.get, ("host", "path")))
    listener = str(given.get("listenerArn", ""))
    if not listener.startswith("arn:") or not hosts:
        advice = "write `gateway: alb` and `load_balancer: {listener: ARN, priority: N, hosts: [NAME]}`"
        return Outcome(Fate.BY_HAND, advice)
    settings = {"listener": listener, "priority": int(given.get("priority", 1)), "hosts": list(hosts)}
    more = sorted((set(conditions) - {"host", "path"}) | ({"path"} if paths not in (None, ["*"], ["/*"]) else set()))
    remark = f"; the priority has to be another one while both live{'; left out: ' if more else ''}{', '.join(more)}"
    return Outcome(
        Fate.TAKEN, f"gateway: alb; load_balancer: {', '.join(settings)}{remark}",
        {"gateway": "alb", "load_balancer": settings},
    )  # fmt: skip


def _log(gateway: str) -> Rule:
    """The log of an API, where that is the gateway of the stage."""
    accept = fronted("gateway_log", lambda _value: True)

    def rule(value: Any, old: Old) -> Outcome:
        return accept(value, old) if old.gateway == gateway else Outcome(Fate.NEEDLESS, f"the gateway is {old.gateway}")

    return rule


_OF_AN_EVENT: Mapping[str, Rule] = {
    "authorizer": _authorizer,
    "private": fronted("api_key", bool),
    "cors": CORS,
    "request": by_hand("request: the application checks what it is sent"),
    "async": by_hand("async: each request is answered by the application"),
}

# Keys of the provider that are maps, each of whose keys is told of.
NESTED: Mapping[str, Mapping[str, Rule]] = {
    "httpApi": {
        "cors": CORS,
        "authorizers": needless("the one that the function's events name is taken over with these"),
        "payload": needless("the handler knows both formats"),
        "name": needless("an API is named as its stack"),
        "shouldStartNameWithService": needless("an API is named as its stack"),
        "id": by_hand(_OWN_API),
        "metrics": by_hand("`gateway_log` has a line for each request"),
        "disableDefaultEndpoint": by_hand("write `default_endpoint: false` to `domain`, once that leads to the stage"),
        "useProviderTags": needless("`tags` are on all resources"),
        "timeout": needless("it waits for as long as an HTTP API can"),
    },
    "apiGateway": {
        "apiKeys": by_hand(_KEYS),
        "usagePlan": by_hand("`throttle` limits all clients together; quotas of a key are not there"),
        "binaryMediaTypes": needless("binary responses need no setting"),
        "minimumCompressionSize": needless("`compress` is on, and leaves what is too short to gain"),
        "description": by_hand("use `tags`"),
        "metrics": by_hand("`gateway_log` has a line for each request"),
        "resourcePolicy": by_hand("say by `auth` who may call, or add the policy to the output of `lambwsgi template`"),
        "disableDefaultEndpoint": by_hand("write `default_endpoint: false` to `domain`, once that leads to the stage"),
        "restApiId": by_hand(_OWN_API),
        "restApiRootResourceId": by_hand(_OWN_API),
        "restApiResources": by_hand(_OWN_API),
        "websocketApiId": by_hand("WebSocket APIs are not supported; keep that function where it is"),
        "apiKeySourceType": by_hand("the key is read from the header `x-api-key`"),
        "shouldStartNameWithService": needless("an API is named as its stack"),
        "request": by_hand("the application checks what it is sent"),
        "timeoutInMillis": needless("a REST API waits for 29 seconds"),
    },
    "logs": {
        "restApi": _log("rest_api"),
        "httpApi": _log("http_api"),
        "websocket": by_hand("WebSocket APIs are not supported"),
        "frameworkLambda": needless("no function but the application's own is made"),
        "lambda": needless("`log_format`, `log_level` and `log_retention_days` say what is kept"),
    },
    "alb": {
        "targetGroupPrefix": needless("a target group is named by its stack"),
        "authorizers": by_hand("a load balancer checks tokens by its listener, which is not lambwsgi's; add it there"),
    },
}  # fmt: skip

# The keys of serverless-domain-manager. Source: its README, 'Configuration'.
DOMAIN = by_hand(
    "it stays with its own tool until you switch over: take its mapping from the old API, then write"
    " `domain: {name: NAME}` and, for its basePath, `base_path`; see docs/from-serverless-wsgi.md"
)
FILE_SYSTEM = taken("efs", lambda value: {"access_point": value["arn"], "path": value["localMountPath"]})
