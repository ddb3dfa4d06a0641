"""API Gateway HTTP API, payload 2.0: the path arrives decoded, and with the stage unless that is `$default`."""

from __future__ import annotations

from lambwsgi.adapter.gateways import payload_v2
from lambwsgi.adapter.gateways.reading import add_base_path, is_custom_domain, prefix_before_route
from lambwsgi.adapter.limits import SYNC_PAYLOAD_BYTES
from lambwsgi.adapter.text import clean_path, decode_path, encode_path, native, split_prefix

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from lambwsgi.adapter.gateways.table import Event
    from lambwsgi.adapter.options import HandlerOptions
    from lambwsgi.adapter.wsgi import Environ

RESPONSE_LIMIT_BYTES = SYNC_PAYLOAD_BYTES
_DEFAULT_STAGE = "$default"


def read_event(event: Event, options: HandlerOptions) -> Environ:
    """The environ. `rawPath` is decoded by the gateway, so it is never decoded again; `%2F` is lost there."""
    path = event.get("rawPath") or "/"
    context = event["requestContext"]
    if not context.get("domainName") and _arrives_encoded(context, path):
        parts = add_base_path("", decode_path(path), options.base_path)
        return payload_v2.read_request(event, clean_path(path), parts)
    parts = split_decoded_path(event, context, path, event.get("routeKey"), options)
    return payload_v2.read_request(event, encode_path(path), parts)


def _arrives_encoded(context: dict[str, Any], path: str) -> bool:
    """Whether an event that does not say where it comes from has an encoded path: then its decoded twin differs."""
    twin = context["http"].get("path")
    return isinstance(twin, str) and twin.rstrip("/") != path.rstrip("/")


def split_decoded_path(
    event: Event, context: dict[str, Any], path: str, route: str | None, options: HandlerOptions
) -> tuple[str, str]:
    """SCRIPT_NAME and PATH_INFO of a path that arrives decoded.

    On the API's own domain the stage goes to SCRIPT_NAME; on a custom domain what stands before the route, which is
    `METHOD /path/{parameter}` or only its path.
    """
    stage = context.get("stage") or _DEFAULT_STAGE
    prefix = ""
    if is_custom_domain(context.get("domainName")):
        template = (route or "").rpartition(" ")[2]
        prefix = prefix_before_route(path, template, event.get("pathParameters"))
    elif stage != _DEFAULT_STAGE:
        cut = split_prefix(path, f"/{stage}")
        prefix = cut[0] if cut else ""
    parts = (native(prefix), native(path[len(prefix) :])) if prefix else ("", native(path))
    return add_base_path(*parts, options.base_path) if options.base_path else parts


write_result = payload_v2.write_result
