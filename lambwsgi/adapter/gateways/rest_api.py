"""API Gateway REST API (proxy integration, payload 1.0): the path arrives encoded and without the stage."""

from __future__ import annotations

from lambwsgi.adapter.gateways import payload_v1
from lambwsgi.adapter.gateways.targets import add_base_path, is_custom_domain, prefix_before_route
from lambwsgi.adapter.limits import SYNC_PAYLOAD_BYTES
from lambwsgi.adapter.text import clean_path, decode_path

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from lambwsgi.adapter.gateways.table import Event, ProxyResult
    from lambwsgi.adapter.message import HttpResponse
    from lambwsgi.adapter.options import HandlerOptions
    from lambwsgi.adapter.wsgi import Environ

RESPONSE_LIMIT_BYTES = SYNC_PAYLOAD_BYTES


def read_event(event: Event, options: HandlerOptions) -> Environ:
    """The environ. The stage, which `requestContext.path` has and `path` has not, becomes SCRIPT_NAME."""
    context: dict[str, Any] = event.get("requestContext") or {}
    path = event.get("path") or "/"
    whole_path = context.get("path") or path
    prefix, app_path = _split(event, context, path, whole_path)
    script_name, path_info = add_base_path(decode_path(prefix), decode_path(app_path), options.base_path)
    return payload_v1.read_request(event, (clean_path(prefix + app_path), script_name, path_info))


def _split(event: Event, context: dict[str, Any], path: str, whole_path: str) -> tuple[str, str]:
    """What precedes the application's path, and that path, both as encoded as they came.

    On the API's own domain `requestContext.path` is `path` with the stage before it. On a custom domain both are the
    same and may begin with the base path mapping: then it is what stands before the route.
    """
    if whole_path != path:
        tail = path.rstrip("/")
        stage_path = whole_path.rstrip("/")
        return (stage_path[: len(stage_path) - len(tail)], path) if stage_path.endswith(tail) else ("", path)
    if is_custom_domain(context.get("domainName")):
        prefix = prefix_before_route(path, event.get("resource") or "", event.get("pathParameters"))
        return prefix, path[len(prefix) :]
    return "", path


def write_result(response: HttpResponse, event: Event) -> ProxyResult:
    """The proxy result of payload 1.0, without the length: the gateway would pass it on under another name.

    Source: API Gateway developer guide, 'Amazon API Gateway important notes', remapped headers.
    """
    result = payload_v1.write_result(response, event)
    if "content-length" in response.by_name():
        headers = result["multiValueHeaders"]
        for name in [name for name in headers if name.lower() == "content-length"]:
            del headers[name]
    return result
