"""How the paths of events become SCRIPT_NAME and PATH_INFO: what the gateways have in common."""

from __future__ import annotations

from lambwsgi.adapter.text import clean_path, decode_path, split_prefix

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

    from lambwsgi.adapter.options import HandlerOptions

DEFAULT_DOMAIN_MARK = ".execute-api."


def encoded_target(
    raw_path: str, options: HandlerOptions, _context: object = None, _event: object = None
) -> tuple[str, str, str]:
    """A path that arrives percent-encoded: as the client spelled it, SCRIPT_NAME and PATH_INFO.

    It tells all of itself; what else there is of the event is for readers of other paths.
    """
    base_path = options.base_path
    if not base_path and raw_path.isascii() and raw_path.isprintable() and "%" not in raw_path and " " not in raw_path:
        return raw_path, "", raw_path
    return (clean_path(raw_path), *add_base_path("", decode_path(raw_path), base_path))


def add_base_path(script_name: str, path_info: str, base_path: str) -> tuple[str, str]:
    """SCRIPT_NAME and PATH_INFO after the base path, if the path begins with it, has gone from one to the other."""
    if base_path:
        cut = split_prefix(path_info, decode_path(base_path))
        if cut is not None:
            return script_name + cut[0], cut[1]
    return script_name, path_info


def is_custom_domain(domain: str | None) -> bool:
    """Whether an API was reached by a name of its owner's and not by the one that API Gateway gives it."""
    return domain is not None and domain != "" and DEFAULT_DOMAIN_MARK not in domain


def prefix_before_route(path: str, template: str, parameters: Mapping[str, Any] | None) -> str:
    """What stands in `path` before its route, empty if nothing does or the event does not tell.

    The route's template, filled with the path parameters, must be the end of the path. A greedy parameter loses its
    trailing slash on the way, so slashes at the end do not count. All in the coding in which the gateway gives them.
    """
    if not template.startswith("/"):
        return ""
    route = "/".join(_fill(segment, parameters or {}) for segment in template.split("/")).rstrip("/")
    bare = path.rstrip("/")
    return bare[: len(bare) - len(route)] if bare.endswith(route) else ""


def _fill(segment: str, parameters: Mapping[str, Any]) -> str:
    """A segment of a route, `{name}` and `{name+}` replaced by their values where those are known."""
    if segment[:1] != "{":
        return segment
    return str(parameters.get(segment.strip("{+}"), segment))
