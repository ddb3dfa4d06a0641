"""API Gateway HTTP API, payload 2.0: the path arrives decoded, and with the stage unless that is `$default`."""

from __future__ import annotations

from lambwsgi.adapter.gateways import payload_v2
from lambwsgi.adapter.gateways.targets import (
    DEFAULT_DOMAIN_MARK,
    add_base_path,
    encoded_target,
    is_custom_domain,
    prefix_before_route,
)
from lambwsgi.adapter.limits import SYNC_PAYLOAD_BYTES
from lambwsgi.adapter.text import encode_path, native, split_prefix

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from lambwsgi.adapter.gateways.table import Event
    from lambwsgi.adapter.options import HandlerOptions

RESPONSE_LIMIT_BYTES = SYNC_PAYLOAD_BYTES
_DEFAULT_STAGE = "$default"


def _read_target(path: str, options: HandlerOptions, context: dict[str, Any], event: Event) -> tuple[str, str, str]:
    """The path is decoded by the gateway, so it is never decoded again; `%2F` is lost there."""
    domain = context.get("domainName")
    if not domain:
        if _arrives_encoded(context, path):
            return encoded_target(path, options)
    elif DEFAULT_DOMAIN_MARK in domain and context.get("stage") == _DEFAULT_STAGE and not options.base_path:
        # Nearly all requests: the path is the application's, and often is spelled in one way only.
        is_plain = path.isascii() and path.replace("/", "").isalnum()
        return (path, "", path) if is_plain else (encode_path(path), "", native(path))
    return decoded_target(event, context, path, event.get("routeKey"), options)


def _arrives_encoded(context: dict[str, Any], path: str) -> bool:
    """Whether an event that does not say where it comes from has an encoded path: then its decoded twin differs."""
    twin = context["http"].get("path")
    return isinstance(twin, str) and twin.rstrip("/") != path.rstrip("/")


def decoded_target(
    event: Event, context: dict[str, Any], path: str, route: str | None, options: HandlerOptions
) -> tuple[str, str, str]:
    """A path that arrives decoded: as the client may have spelled it, SCRIPT_NAME and PATH_INFO.

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
    parts = add_base_path(native(prefix), native(path[len(prefix) :]), options.base_path)
    return (encode_path(path), *parts)


read_event = payload_v2.reader(_read_target)
write_result = payload_v2.write_result
