"""All gateways, and how the gateway of an event is found."""

from __future__ import annotations

from lambwsgi.adapter.errors import EventError
from lambwsgi.adapter.gateways import alb, function_url, http_api, rest_api

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from lambwsgi.adapter.gateways.base import Gateway

# Each tells its own events from all others', but for the first, which the second would take for its own.
_COMMON = (function_url.GATEWAY, http_api.GATEWAY, rest_api.GATEWAY, alb.GATEWAY, http_api.GATEWAY_V1)


def _rare() -> tuple[Gateway, ...]:
    """The gateways that few functions serve, imported when an event of none of the others has come."""
    from lambwsgi.adapter.gateways import edge, lattice  # noqa: PLC0415 - spares INIT a tenth of its imports

    return (lattice.GATEWAY_V2, lattice.GATEWAY_V1, edge.VIEWER, edge.ORIGIN)


def all_gateways() -> dict[str, Gateway]:
    """Every gateway by its name."""
    return {gateway.name: gateway for gateway in (*_COMMON, *_rare())}


def detect(event: Any) -> Gateway:
    """The gateway that made the event. Raises EventError, which names what was seen, rather than guess."""
    if isinstance(event, dict):
        for gateway in _COMMON:
            if gateway.matches(event):
                return gateway
        for gateway in _rare():
            if gateway.matches(event):
                return gateway
    raise EventError(_describe(event))


def _describe(event: Any) -> str:
    if not isinstance(event, dict):
        return f"the event is a {type(event).__name__}; a JSON object from a gateway was expected"
    if "methodArn" in event or "routeArn" in event:
        return "the event asks an authorizer for a decision, not an application for a page; give it its own function"
    if "connectionId" in (event.get("requestContext") or {}):
        return "the event is of a WebSocket API, which WSGI cannot serve; use a REST API, an HTTP API or a Function URL"
    keys = ", ".join(sorted(map(str, event))) or "none"
    return f"the event is not an HTTP request of a known gateway ({', '.join(all_gateways())}); its keys are: {keys}"
