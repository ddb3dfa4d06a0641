"""What is valid and yet perhaps not meant, or has to be seen to elsewhere. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from lambwsgi.deploy.template.cloudfront import TIMEOUT_SECONDS as CLOUDFRONT_SECONDS
from lambwsgi.deploy.template.cloudfront import is_closed
from lambwsgi.deploy.template.http_api import TIMEOUT_SECONDS as HTTP_API_SECONDS
from lambwsgi.deploy.template.rest_api import patience_seconds
from lambwsgi.deploy.template.role import needed_actions
from lambwsgi.package.artifact import Artifact
from lambwsgi.settings.model import GatewayKind, StageSettings

# Packages by which an application sets the headers itself.
_SET_CORS = frozenset({"bottle-cors-plugin", "django-cors-headers", "flask-cors", "wsgicors"})
# What becomes of the application's headers. Source: API Gateway developer guide, 'Configure CORS for HTTP APIs'.
_BOTH_CORS = {
    GatewayKind.FUNCTION_URL: "where both set the headers, browsers refuse the answer; leave one of them out",
    GatewayKind.HTTP_API: "the HTTP API ignores what the application says to browsers; leave one of them out",
}


def remarks(settings: StageSettings) -> tuple[str, ...]:
    """All that is worth a remark, one line each."""
    return tuple(line for remark in _REMARKS for line in remark(settings))


def artifact_remarks(settings: StageSettings, artifact: Artifact) -> tuple[str, ...]:
    """The same about what is deployed under these settings."""
    both = sorted(_SET_CORS & {each.name for each in artifact.distributions}) if settings.cors else []
    return tuple(
        f"{name} is in the artifact, and the gateway has `cors`: {_BOTH_CORS[settings.gateway]}" for name in both
    )


def _outlasts_its_gateway(settings: StageSettings) -> Iterator[str]:
    patience = {
        GatewayKind.HTTP_API: HTTP_API_SECONDS,
        GatewayKind.REST_API: patience_seconds(settings),
    }.get(settings.gateway)
    # A second more than the gateway waits is what the default gives a REST API, and does no harm.
    if patience is not None and settings.timeout_seconds > patience + 1:
        yield (
            f"a request through {settings.gateway} is answered with an error after {patience} s, while the function"
            f" goes on for up to {settings.timeout_seconds} s; a function_url waits as long as it does"
        )


def _outlasts_cloudfront(settings: StageSettings) -> Iterator[str]:
    if _has_cloudfront(settings) and settings.timeout_seconds > CLOUDFRONT_SECONDS:
        yield (
            f"CloudFront waits {CLOUDFRONT_SECONDS} s for the first of a response and for each further part, while the"
            f" function goes on for up to {settings.timeout_seconds} s"
        )


def _signed_by_cloudfront(settings: StageSettings) -> Iterator[str]:
    # Source: CloudFront developer guide, 'Restrict access to a Lambda function URL origin'.
    if is_closed(settings) and _has_cloudfront(settings):
        yield (
            "with `default_endpoint: false` CloudFront signs each request: one with a body has to have the body's"
            " SHA-256 in the header x-amz-content-sha256, which browsers do not send with a form, and the client's own"
            " Authorization does not reach the application"
        )


def _has_cloudfront(settings: StageSettings) -> bool:
    return settings.gateway is GatewayKind.FUNCTION_URL and settings.domain is not None


def _role_is_given(settings: StageSettings) -> Iterator[str]:
    if settings.role is not None:
        yield (
            f"{settings.role} is taken as it is: lambda.amazonaws.com has to be allowed to assume it,"
            f" and it has to allow {', '.join(needed_actions(settings))}"
        )


def _log_needs_the_accounts_role(settings: StageSettings) -> Iterator[str]:
    # Source: API Gateway developer guide, 'Set up CloudWatch logging for REST APIs'.
    if settings.gateway_log and settings.gateway is GatewayKind.REST_API:
        yield (
            "a REST API writes its log by a role that API Gateway has once for the account and region;"
            " where there is none yet, deploying fails: set it under 'Settings' of API Gateway"
        )


_REMARKS: tuple[Callable[[StageSettings], Iterator[str]], ...] = (
    _outlasts_its_gateway,
    _outlasts_cloudfront,
    _signed_by_cloudfront,
    _role_is_given,
    _log_needs_the_accounts_role,
)
