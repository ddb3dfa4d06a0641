"""What each gateway lacks, and what to do about it: told when the settings are read."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from lambwsgi.adapter.gateways.table import STREAMING

if TYPE_CHECKING:
    from lambwsgi.settings.model import StageSettings

_ASKED = ("streaming", "cors", "domain", "gateway_log", "throttle", "api_key")
_STREAMING = " or ".join(sorted(STREAMING))
# By gateway, what it cannot do; `auth` by the way that is asked for.
LACKS: Mapping[str, Mapping[str, str]] = {
    "function_url": {
        "auth.jwt": "a function URL checks no tokens; choose http_api as `gateway`, or check them in the application",
        "auth.cognito": "a function URL knows no user pools; choose http_api with `jwt`, or rest_api",
        "auth.authorizer": "a function URL asks no authorizer; choose http_api or rest_api as `gateway`",
        "domain": "a function URL has no other name; choose http_api or rest_api, or put CloudFront in front of it",
        "gateway_log": "a function URL writes no log; `access_log` has a line for each request to the function",
        "throttle": "a function URL lets through ten times `reserved_concurrency` a second; set that instead",
        "api_key": "a function URL knows no API keys; choose rest_api as `gateway`",
    },
    "http_api": {
        "streaming": f"`http_api` waits for the whole response and cannot stream; choose {_STREAMING} as `gateway`,"
        " or leave this out",
        "auth.cognito": "an HTTP API takes a user pool as `jwt`, with the issuer"
        " https://cognito-idp.REGION.amazonaws.com/POOL and the ids of its clients as audience",
        "api_key": "an HTTP API knows no API keys; choose rest_api as `gateway`",
    },
    "rest_api": {
        "auth.jwt": "a REST API checks tokens of `cognito` only; choose http_api as `gateway`, or an `authorizer`",
        "cors": "a REST API passes the application's own headers on; let flask-cors or django-cors-headers set them",
    },
}


def lacks(stage: StageSettings) -> list[tuple[str, str]]:
    """What is asked of the stage's gateway in vain: the setting, and the reason."""
    known = LACKS[stage.gateway.value]
    asked = {
        name: getattr(stage, name) for name in ("streaming", "cors", "domain", "gateway_log", "throttle", "api_key")
    }
    found = [(name, known[name]) for name, value in asked.items() if value and name in known]
    way = f"auth.{stage.auth.way}" if stage.auth else ""
    return [*found, ("auth", known[way])] if way in known else found
