"""What each gateway lacks, and what to do about it: told when the settings are read."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from lambwsgi.adapter.gateways.table import STREAMING

if TYPE_CHECKING:
    from lambwsgi.settings.model import StageSettings

_ASKED = ("load_balancer", "streaming", "cors", "domain", "gateway_log", "throttle", "api_key")
_STREAMING = " or ".join(sorted(STREAMING))
_NO_LISTENER = "goes with `gateway: alb` only; leave it out, or choose that"
# By gateway, what it cannot do; `auth` by the way that is asked for.
LACKS: Mapping[str, Mapping[str, str]] = {
    "function_url": {
        "load_balancer": _NO_LISTENER,
        "auth.jwt": "a function URL checks no tokens; choose http_api as `gateway`, or check them in the application",
        "auth.cognito": "a function URL knows no user pools; choose http_api with `jwt`, or rest_api",
        "auth.authorizer": "a function URL asks no authorizer; choose http_api or rest_api as `gateway`",
        "gateway_log": "a function URL writes no log; `access_log` has a line for each request to the function",
        "throttle": "a function URL lets through ten times `reserved_concurrency` a second; set that instead",
        "api_key": "a function URL knows no API keys; choose rest_api as `gateway`",
    },
    "http_api": {
        "load_balancer": _NO_LISTENER,
        "streaming": f"`http_api` waits for the whole response and cannot stream; choose {_STREAMING} as `gateway`,"
        " or leave this out",
        "auth.cognito": "an HTTP API takes a user pool as `jwt`, with the issuer"
        " https://cognito-idp.REGION.amazonaws.com/POOL and the ids of its clients as audience",
        "api_key": "an HTTP API knows no API keys; choose rest_api as `gateway`",
    },
    "rest_api": {
        "load_balancer": _NO_LISTENER,
        "auth.jwt": "a REST API checks tokens of `cognito` only; choose http_api as `gateway`, or an `authorizer`",
        "cors": "a REST API passes the application's own headers on; let flask-cors or django-cors-headers set them",
    },
    "alb": {
        "streaming": f"a load balancer waits for the whole response; choose {_STREAMING}, or leave this out",
        "auth.iam": "a load balancer checks no signatures; choose another `gateway`",
        "auth.jwt": "a load balancer checks tokens by its listener, which is not lambwsgi's; add it there",
        "auth.cognito": "a load balancer knows user pools by its listener, which is not lambwsgi's; add it there",
        "auth.authorizer": "a load balancer asks no authorizer; choose http_api or rest_api as `gateway`",
        "cors": "a load balancer adds no headers of CORS; let flask-cors or django-cors-headers set them",
        "domain": "a load balancer has its names already; give them as `hosts` of `load_balancer`",
        "gateway_log": "a load balancer writes its log to S3, as its owner sets it up",
        "throttle": "a load balancer lets all requests through; `reserved_concurrency` is the function's own limit",
        "api_key": "a load balancer knows no API keys; choose rest_api as `gateway`",
    },
}


def lacks(stage: StageSettings) -> list[tuple[str, str]]:
    """What is asked of the stage's gateway in vain: the setting, and the reason."""
    known = LACKS[stage.gateway.value]
    found = [(name, known[name]) for name in _ASKED if name in known and getattr(stage, name)]
    if stage.gateway.value == "alb" and stage.load_balancer is None:
        found.append(("gateway", "needs `load_balancer` with `listener`, `priority` and `hosts`"))
    way = f"auth.{stage.auth.way}" if stage.auth else ""
    return [*found, ("auth", known[way])] if way in known else found
