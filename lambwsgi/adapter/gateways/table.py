"""Which gateway made an event. A gateway is a module of this package, imported when the first of its events comes.

A function serves one gateway as a rule, so the others need not take their time at INIT.
"""

from __future__ import annotations

from lambwsgi.adapter.errors import EventError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any, Protocol

    from lambwsgi.adapter.message import HttpResponse
    from lambwsgi.adapter.options import HandlerOptions
    from lambwsgi.adapter.wsgi import Environ

    Event = Mapping[str, Any]
    ProxyResult = dict[str, Any]

    class Gateway(Protocol):
        """The shape that each gateway's module has.

        `read_event` raises BadRequestError for a broken request; `write_result` also gets the event, since some
        gateways want the answer in the form of the question. `RESPONSE_LIMIT_BYTES` is the largest result, as JSON,
        that gets through.
        """

        RESPONSE_LIMIT_BYTES: int

        def read_event(self, event: Event, options: HandlerOptions) -> Environ: ...
        def write_result(self, response: HttpResponse, event: Event) -> ProxyResult: ...


def _payload_v2(event: Event) -> str | None:
    """`version` 2.0 alone says nothing: VPC Lattice has it too, and an authorizer's event, which has a `type` besides.

    A CDN in front of a Function URL keeps the domain name of the request context.
    """
    if event.get("version") != "2.0" or "type" in event:
        return None
    context = event.get("requestContext")
    if not isinstance(context, dict) or not isinstance(context.get("http"), dict):
        return None
    domain = context.get("domainName")
    return "function_url" if isinstance(domain, str) and ".lambda-url." in domain else "http_api"


def _payload_v1(event: Event) -> str | None:
    """A load balancer's events have this form, but a context of their own; an authorizer's name what it guards."""
    if "httpMethod" not in event or "methodArn" in event:
        return None
    context = event.get("requestContext")
    if isinstance(context, dict) and "elb" in context:
        return "alb"
    if "resource" not in event and "path" not in event:
        return None
    if "version" not in event:
        return "rest_api"
    return "http_api_v1" if event["version"] == "1.0" else None


def _lattice(event: Event) -> str | None:
    context = event.get("requestContext")
    if isinstance(context, dict) and ("serviceNetworkArn" in context or "serviceArn" in context):
        return "lattice_v2"
    return "lattice_v1" if "raw_path" in event and "method" in event else None


def _edge(event: Event) -> str | None:
    """CloudFront asks before it looks into its cache (viewer) or when the cache has no answer (origin)."""
    records = event.get("Records")
    if not isinstance(records, list) or not records or not isinstance(records[0], dict):
        return None
    cloudfront = records[0].get("cf")
    if not isinstance(cloudfront, dict) or "request" not in cloudfront:
        return None
    config = cloudfront.get("config")
    kind = config.get("eventType") if isinstance(config, dict) else None
    for name, gateway in (("viewer-request", "edge_viewer"), ("origin-request", "edge_origin")):
        if kind == name:
            return gateway
    return None


_RULES = (_payload_v2, _payload_v1, _lattice, _edge)
NAMES = (
    "function_url",
    "http_api",
    "rest_api",
    "alb",
    "http_api_v1",
    "lattice_v2",
    "lattice_v1",
    "edge_viewer",
    "edge_origin",
)

_loaded: dict[str, Gateway] = {}


def load(name: str) -> Gateway:
    """The gateway of that name."""
    gateway = _loaded.get(name)
    if gateway is None:
        from importlib import import_module  # noqa: PLC0415 - once for each gateway

        gateway = _loaded[name] = import_module(f"lambwsgi.adapter.gateways.{name}")
    return gateway


def detect(event: Any) -> str:
    """The name of the gateway that made the event. Raises EventError, which names what was seen, rather than guess."""
    if isinstance(event, dict):
        for rule in _RULES:
            name = rule(event)
            if name is not None:
                return name
    raise EventError(_describe(event))


def _describe(event: Any) -> str:
    if not isinstance(event, dict):
        return f"the event is a {type(event).__name__}; a JSON object from a gateway was expected"
    if "methodArn" in event or "routeArn" in event:
        return "the event asks an authorizer for a decision, not an application for a page; give it its own function"
    context = event.get("requestContext")
    if isinstance(context, dict) and "connectionId" in context:
        return "the event is of a WebSocket API, which WSGI cannot serve; use a REST API, an HTTP API or a Function URL"
    keys = ", ".join(sorted(map(str, event))) or "none"
    return f"the event is not an HTTP request of a known gateway ({', '.join(NAMES)}); its keys are: {keys}"
