"""Which gateway made an event. A gateway is a module of this package, imported when the first of its events comes.

A function serves one gateway as a rule, so the others need not take their time at INIT.
"""

from __future__ import annotations

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


def detect(event: Any) -> str | None:  # noqa: PLR0911 - a table of what is what
    """The name of the gateway that made the event; None where none is known to, for a guess would be wrong."""
    if not isinstance(event, dict):
        return None
    context = event.get("requestContext")
    if not isinstance(context, dict):
        context = _NOTHING
    # `version` alone says nothing: VPC Lattice has it too, and an authorizer's event, which has a `type` besides.
    version = event.get("version")
    if version == "2.0" and "type" not in event and isinstance(context.get("http"), dict):
        # A CDN in front of a Function URL keeps the domain name of the request context.
        domain = context.get("domainName")
        return "function_url" if isinstance(domain, str) and ".lambda-url." in domain else "http_api"
    # A load balancer's events have payload 1.0's form, but a context of their own; an authorizer's name what it guards.
    if "httpMethod" in event and "methodArn" not in event:
        if "elb" in context:
            return "alb"
        if "resource" in event or "path" in event:
            if version is None:
                return "rest_api"
            if version == "1.0":
                return "http_api_v1"
    if "serviceNetworkArn" in context or "serviceArn" in context:
        return "lattice_v2"
    if "raw_path" in event and "method" in event:
        return "lattice_v1"
    return _edge(event)


_NOTHING: Mapping[str, Any] = {}


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

# Those that can pass a response on while it is made. Source: Lambda developer guide, 'Response streaming'; API Gateway
# developer guide, 'Stream the integration response'.
STREAMING = frozenset({"function_url", "rest_api"})

LOADED: dict[str, Gateway] = {}


def load(name: str) -> Gateway:
    """The gateway of that name."""
    gateway = LOADED.get(name)
    if gateway is None:
        from importlib import import_module  # noqa: PLC0415 - once for each gateway

        gateway = LOADED[name] = import_module(f"lambwsgi.adapter.gateways.{name}")
    return gateway


def describe(event: Any) -> str:
    """Why an event is not served, with the keys that were seen."""
    if not isinstance(event, dict):
        return f"the event is a {type(event).__name__}; a JSON object from a gateway was expected"
    if "methodArn" in event or "routeArn" in event:
        return "the event asks an authorizer for a decision, not an application for a page; give it its own function"
    context = event.get("requestContext")
    if isinstance(context, dict) and "connectionId" in context:
        return "the event is of a WebSocket API, which WSGI cannot serve; use a REST API, an HTTP API or a Function URL"
    keys = ", ".join(sorted(map(str, event))) or "none"
    return f"the event is not an HTTP request of a known gateway ({', '.join(NAMES)}); its keys are: {keys}"
