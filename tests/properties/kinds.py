"""How the events of the gateways are told apart, by AWS's documents. Knows no adapter."""

from __future__ import annotations

from typing import Any


def kind_of(event: Any) -> str | None:
    """The gateway whose answer this event wants, or None for an event that is no request."""
    if not isinstance(event, dict):
        return None
    context = event.get("requestContext")
    context = context if isinstance(context, dict) else {}
    if event.get("version") == "2.0" and isinstance(context.get("http"), dict) and "type" not in event:
        return "payload_2"
    if "httpMethod" in event and "methodArn" not in event and (kind := _kind_of_v1(event, context)):
        return kind
    if "serviceNetworkArn" in context or "serviceArn" in context:
        return "lattice_v2"
    if "raw_path" in event and "method" in event:
        return "lattice_v1"
    return _kind_of_edge(event)


def _kind_of_v1(event: dict[str, Any], context: dict[str, Any]) -> str | None:
    if "elb" in context:
        return "alb" if event.get("multiValueHeaders") is None else "alb_multi_value"
    if "resource" not in event and "path" not in event:
        return None
    return {None: "rest_api", "1.0": "http_api_v1"}.get(event.get("version")) if _plain(event) else None


def _plain(event: dict[str, Any]) -> bool:
    version = event.get("version")
    return version is None or isinstance(version, str)


def _kind_of_edge(event: dict[str, Any]) -> str | None:
    try:
        cloudfront = event["Records"][0]["cf"]
        wanted = "request" in cloudfront and cloudfront["config"]["eventType"] in ("viewer-request", "origin-request")
    except (KeyError, IndexError, TypeError):
        return None
    return "edge" if wanted else None
