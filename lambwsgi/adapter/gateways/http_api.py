"""API Gateway HTTP API with payload 2.0: the path arrives decoded, and with the stage unless that is `$default`."""

from __future__ import annotations

from lambwsgi.adapter.gateways import payload_v2
from lambwsgi.adapter.gateways.base import Event, Gateway
from lambwsgi.adapter.gateways.prefix import add_base_path, is_custom_domain, prefix_before_route
from lambwsgi.adapter.limits import SYNC_PAYLOAD_BYTES
from lambwsgi.adapter.message import HttpRequest
from lambwsgi.adapter.options import HandlerOptions
from lambwsgi.adapter.paths import decode_path, encode_path, native, split_prefix

_DEFAULT_STAGE = "$default"


def matches(event: Event) -> bool:
    """Whether the event is a payload 2.0 request that did not come by a Function URL."""
    return payload_v2.is_request(event)


def read_event(event: Event, options: HandlerOptions) -> HttpRequest:
    """The request. `rawPath` is decoded by the gateway, so it is never decoded again; `%2F` is lost there."""
    path = event.get("rawPath") or "/"
    encoded = _arrives_encoded(event, path)
    decode = decode_path if encoded else native
    prefix = _prefix_of(event, path)
    script_name, path_info = add_base_path(decode(prefix), decode(path[len(prefix) :]), options.base_path)
    return payload_v2.read_request(
        event,
        script_name=script_name,
        path_info=path_info or ("" if script_name else "/"),
        raw_path=path if encoded else encode_path(path),
    )


def _arrives_encoded(event: Event, path: str) -> bool:
    """Whether an event that does not say where it comes from has an encoded path: then its decoded twin differs."""
    context = event["requestContext"]
    twin = context["http"].get("path")
    return not context.get("domainName") and isinstance(twin, str) and twin.rstrip("/") != path.rstrip("/")


def _prefix_of(event: Event, path: str) -> str:
    """The stage on the API's own domain; on a custom domain what stands before the route, where the route tells."""
    context = event["requestContext"]
    if is_custom_domain(context):
        _, space, template = (event.get("routeKey") or "").partition(" ")
        return prefix_before_route(path, template, event.get("pathParameters")) if space else ""
    stage = context.get("stage") or _DEFAULT_STAGE
    cut = None if stage == _DEFAULT_STAGE else split_prefix(path, f"/{stage}")
    return cut[0] if cut else ""


GATEWAY = Gateway(
    name="http_api",
    matches=matches,
    read_event=read_event,
    write_result=payload_v2.write_result,
    response_limit_bytes=SYNC_PAYLOAD_BYTES,
)
