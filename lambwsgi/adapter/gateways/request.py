"""How a request is put together from what an event tells: the same for all gateways."""

from __future__ import annotations

from lambwsgi.adapter.memo import Memo
from lambwsgi.adapter.message import HttpRequest
from lambwsgi.adapter.paths import native

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

_DEFAULT_PORTS = {"http": "80", "https": "443"}
# Sent by the test function of the API Gateway console in place of an address.
_NO_ADDRESS = "test-invoke-source-ip"


class Client:
    """Who asks: the address and port as the gateway saw them, and the name that an authorizer gave."""

    __slots__ = ("address", "port", "user")

    def __init__(self, address: str, port: str = "", user: str | None = None) -> None:
        self.address = address
        self.port = port
        self.user = user


class Target:
    """What is asked for: the raw path as the client spelled it, its two decoded parts, and the query."""

    __slots__ = ("path_info", "query", "raw_path", "script_name")

    def __init__(self, raw_path: str, parts: tuple[str, str], query: str) -> None:
        self.raw_path = raw_path
        self.script_name, self.path_info = parts
        self.query = query


def make_request(
    method: str,
    target: Target,
    variables: dict[str, str],
    body: bytes,
    client: Client,
    *,
    scheme: str,
    domain: str | None = None,
    protocol: str = "HTTP/1.1",
    request_id: str = "",
    authorizer: Mapping[str, Any] | None = None,
    context: Mapping[str, Any] | None = None,
) -> HttpRequest:
    """The request. `scheme` and `domain` serve where no header tells."""
    scheme = scheme_of(variables.get("HTTP_X_FORWARDED_PROTO"), scheme)
    name, port = _SERVERS[variables.get("HTTP_HOST") or domain or "lambda"]
    query = target.query
    return HttpRequest(
        method,
        f"{target.raw_path}?{query}" if query else target.raw_path,
        target.script_name,
        # PEP 3333: both may not be empty at once.
        target.path_info or ("" if target.script_name else "/"),
        query,
        variables,
        body,
        scheme,
        name,
        port or _forwarded_port(variables) or _DEFAULT_PORTS[scheme],
        protocol,
        client.address,
        client.port,
        client.user,
        request_id,
        authorizer,
        context,
    )


def scheme_of(forwarded: str | None, default: str) -> str:
    """`http` or `https` from what the outermost proxy wrote, if it wrote one of them."""
    if forwarded is None or forwarded == default:
        return default
    scheme = forwarded.partition(",")[0].strip().lower()
    return scheme if scheme in _DEFAULT_PORTS else default


def _split_host(host: str) -> tuple[str, str]:
    """SERVER_NAME, never empty, and the port if there is one. IPv6 keeps its brackets (RFC 3875, section 4.1.14)."""
    name, colon, port = host.rpartition(":")
    if colon and port.isdecimal() and (":" not in name or name.endswith("]")):
        return name or "lambda", port
    return host, ""


_SERVERS = Memo(_split_host)


def _forwarded_port(variables: Mapping[str, str]) -> str:
    port = variables.get("HTTP_X_FORWARDED_PORT", "").partition(",")[0].strip()
    return port if port.isdecimal() else ""


def address_of(source_ip: Any) -> str:
    """REMOTE_ADDR from a request context, empty where the gateway does not know it."""
    return source_ip if isinstance(source_ip, str) and source_ip != _NO_ADDRESS else ""


def forwarded_client(variables: Mapping[str, str], trusted_hops: int, user: str | None = None) -> Client:
    """The client by X-Forwarded-For: the entry that the outermost trusted proxy wrote, counted from the right.

    With client port preservation on, a load balancer writes `1.2.3.4:5678` or `[::1]:5678`.
    """
    hops = [hop.strip() for hop in variables.get("HTTP_X_FORWARDED_FOR", "").split(",") if hop.strip()]
    if not hops:
        return Client("", "", user)
    hop = hops[-min(trusted_hops, len(hops))]
    if hop.startswith("["):
        address, _, port = hop[1:].partition("]")
        return Client(address, port.removeprefix(":"), user)
    if hop.count(":") == 1:
        address, _, port = hop.partition(":")
        return Client(address, port, user)
    return Client(hop, "", user)


def first_text(*candidates: Any) -> str | None:
    """The first candidate that is a text with something in it, as a native string."""
    for candidate in candidates:
        if isinstance(candidate, str) and candidate:
            return native(candidate)
    return None
