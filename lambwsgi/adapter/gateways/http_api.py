"""API Gateway HTTP API: the path arrives decoded, and with the stage unless that is `$default`.

Payload 2.0 is its default; an integration may ask for payload 1.0, whose path is the same.
"""

from __future__ import annotations

from lambwsgi.adapter.gateways import payload_v1, payload_v2
from lambwsgi.adapter.gateways.base import Gateway
from lambwsgi.adapter.gateways.prefix import add_base_path, is_custom_domain, prefix_before_route
from lambwsgi.adapter.limits import SYNC_PAYLOAD_BYTES
from lambwsgi.adapter.paths import decode_path, encode_path, native, split_prefix

TYPE_CHECKING = False
if TYPE_CHECKING:
    from lambwsgi.adapter.gateways.base import Event
    from lambwsgi.adapter.message import HttpRequest
    from lambwsgi.adapter.options import HandlerOptions

_DEFAULT_STAGE = "$default"


def matches(event: Event) -> bool:
    """Whether the event is a payload 2.0 request. A Function URL's is one too, and is told apart before."""
    return payload_v2.is_request(event)


def matches_v1(event: Event) -> bool:
    """Whether the event is a payload 1.0 request of an HTTP API, which a REST API's lacks the version of."""
    return event.get("version") == "1.0" and payload_v1.is_request(event)


def read_event(event: Event, options: HandlerOptions) -> HttpRequest:
    """The request. `rawPath` is decoded by the gateway, so it is never decoded again; `%2F` is lost there."""
    path = event.get("rawPath") or "/"
    if _arrives_encoded(event, path):
        return payload_v2.read_request(event, path, add_base_path("", decode_path(path), options.base_path))
    _, _, template = (event.get("routeKey") or "").partition(" ")
    return payload_v2.read_request(event, encode_path(path), _split(event, path, template, options))


def read_event_v1(event: Event, options: HandlerOptions) -> HttpRequest:
    """The request of payload 1.0, whose `path` is decoded as `rawPath` is in payload 2.0."""
    path = event.get("path") or "/"
    return payload_v1.read_request(event, encode_path(path), _split(event, path, event.get("resource") or "", options))


def _arrives_encoded(event: Event, path: str) -> bool:
    """Whether an event that does not say where it comes from has an encoded path: then its decoded twin differs."""
    context = event["requestContext"]
    if context.get("domainName"):
        return False
    twin = context["http"].get("path")
    return isinstance(twin, str) and twin.rstrip("/") != path.rstrip("/")


def _split(event: Event, path: str, template: str, options: HandlerOptions) -> tuple[str, str]:
    """SCRIPT_NAME and PATH_INFO of a decoded path.

    On the API's own domain the stage goes to SCRIPT_NAME; on a custom domain what stands before the route.
    """
    context = event.get("requestContext") or {}
    if is_custom_domain(context):
        prefix = prefix_before_route(path, template, event.get("pathParameters"))
    else:
        stage = context.get("stage") or _DEFAULT_STAGE
        cut = None if stage == _DEFAULT_STAGE else split_prefix(path, f"/{stage}")
        prefix = cut[0] if cut else ""
    return add_base_path(native(prefix), native(path[len(prefix) :]), options.base_path)


GATEWAY = Gateway(
    name="http_api",
    matches=matches,
    read_event=read_event,
    write_result=payload_v2.write_result,
    response_limit_bytes=SYNC_PAYLOAD_BYTES,
)
GATEWAY_V1 = Gateway(
    name="http_api_v1",
    matches=matches_v1,
    read_event=read_event_v1,
    write_result=payload_v1.write_result,
    response_limit_bytes=SYNC_PAYLOAD_BYTES,
)
