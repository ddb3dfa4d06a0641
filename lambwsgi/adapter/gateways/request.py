"""The meta-variables of a request beside its headers: how they come about is the same for all gateways.

Source of their meaning: RFC 3875, section 4.1, and PEP 3333, 'environ Variables'.
"""

from __future__ import annotations

from lambwsgi.adapter.body import read_body
from lambwsgi.adapter.memo import Memo
from lambwsgi.adapter.paths import native

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

_METHODS_WITH_BODY = frozenset({"POST", "PUT", "PATCH"})
_DEFAULT_PORTS = {"http": "80", "https": "443"}
# Sent by the test function of the API Gateway console in place of an address.
_NO_ADDRESS = "test-invoke-source-ip"


def set_target(variables: dict[str, str], method: str, raw_path: str, parts: tuple[str, str], query: str) -> None:
    """What is asked for; `parts` are SCRIPT_NAME and PATH_INFO, `raw_path` the whole path as the client spelled it."""
    script_name, path_info = parts
    variables["REQUEST_METHOD"] = method
    variables["SCRIPT_NAME"] = script_name
    # Both may not be empty at once.
    variables["PATH_INFO"] = path_info or ("" if script_name else "/")
    variables["QUERY_STRING"] = query
    variables["REQUEST_URI"] = f"{raw_path}?{query}" if query else raw_path


def set_server(variables: dict[str, str], scheme: str, domain: str | None, protocol: str = "HTTP/1.1") -> str:
    """Who was asked, and the scheme, which is returned; `scheme` and `domain` serve where no header tells."""
    forwarded = variables.get("HTTP_X_FORWARDED_PROTO")
    if forwarded is not None and forwarded != scheme:
        scheme = scheme_of(forwarded, scheme)
    name, port = _SERVERS[variables.get("HTTP_HOST") or domain or "lambda"]
    variables["SERVER_NAME"] = name
    variables["SERVER_PORT"] = port or _forwarded_port(variables) or _DEFAULT_PORTS[scheme]
    variables["SERVER_PROTOCOL"] = protocol
    return scheme


def set_client(variables: dict[str, str], address: Any, user: str | None) -> None:
    """Who asks; the address is empty where the gateway does not know it."""
    variables["REMOTE_ADDR"] = address if isinstance(address, str) and address != _NO_ADDRESS else ""
    if user:
        variables["REMOTE_USER"] = user


def set_content(variables: dict[str, str], body: Any, *, is_base64: Any) -> bytes:
    """The body's bytes, and their number: what the client announced may be that of an encoded body."""
    data = read_body(body, is_base64=is_base64 is True) if body else b""
    if data or "CONTENT_LENGTH" in variables or variables["REQUEST_METHOD"] in _METHODS_WITH_BODY:
        variables["CONTENT_LENGTH"] = str(len(data))
    return data


def scheme_of(forwarded: str, default: str) -> str:
    """`http` or `https` from what the outermost proxy wrote, if it wrote one of them."""
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
    port = variables.get("HTTP_X_FORWARDED_PORT", "")
    if not port.isdecimal():
        port = port.partition(",")[0].strip()
    return port if port.isdecimal() else ""


def set_forwarded_client(variables: dict[str, str], trusted_hops: int) -> None:
    """Who asks by X-Forwarded-For: the entry that the outermost trusted proxy wrote, counted from the right.

    With client port preservation on, a load balancer writes `1.2.3.4:5678` or `[::1]:5678`.
    """
    hops = [hop.strip() for hop in variables.get("HTTP_X_FORWARDED_FOR", "").split(",") if hop.strip()]
    hop = hops[-min(trusted_hops, len(hops))] if hops else ""
    port = ""
    if hop.startswith("["):
        hop, _, port = hop[1:].partition("]")
    elif hop.count(":") == 1:
        hop, _, port = hop.partition(":")
    variables["REMOTE_ADDR"] = hop
    if port:
        variables["REMOTE_PORT"] = port.removeprefix(":")


def first_text(*candidates: Any) -> str | None:
    """The first candidate that is a text with something in it, as a native string."""
    for candidate in candidates:
        if isinstance(candidate, str) and candidate:
            return native(candidate)
    return None
