"""All gateways in order of decisiveness, and how the gateway of an event is found."""

from __future__ import annotations

from lambwsgi.adapter.errors import EventError
from lambwsgi.adapter.gateways import alb, edge, function_url, http_api, lattice, rest_api

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from lambwsgi.adapter.gateways.base import Gateway

# Each tells its own events from all others', so the order is only that of how often they come.
GATEWAYS = (
    function_url.GATEWAY,
    http_api.GATEWAY,
    rest_api.GATEWAY,
    alb.GATEWAY,
    http_api.GATEWAY_V1,
    lattice.GATEWAY_V2,
    lattice.GATEWAY_V1,
    edge.VIEWER,
    edge.ORIGIN,
)
BY_NAME = {gateway.name: gateway for gateway in GATEWAYS}


def detect(event: Any) -> Gateway:
    """The gateway that made the event. Raises EventError, which names what was seen, rather than guess."""
    if isinstance(event, dict):
        for gateway in GATEWAYS:
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
    known = ", ".join(gateway.name for gateway in GATEWAYS)
    return f"the event is not an HTTP request of a known gateway ({known}); its keys are: {keys}"
