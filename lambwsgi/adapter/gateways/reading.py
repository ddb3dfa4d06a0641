"""How events become environs: what the gateways have in common. Headers, body, server and client.

Source of the variables' meaning: RFC 3875, section 4.1, and PEP 3333, 'environ Variables'.
"""

from __future__ import annotations

from binascii import Error as Base64Error
from binascii import a2b_base64
from io import BytesIO

from lambwsgi.adapter.errors import BadRequestError
from lambwsgi.adapter.head import TOKEN_CHARACTERS
from lambwsgi.adapter.text import Memo, native
from lambwsgi.adapter.wsgi import BLANK_ENVIRON

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

    from lambwsgi.adapter.wsgi import Environ

# Not passed on: the gateway has undone a transfer coding, and `Proxy` must not look like the variable of the same name
# (httpoxy, CVE-2016-5385).
_NOT_PASSED_ON = frozenset({"transfer-encoding", "proxy"})
# PEP 3333, 'environ Variables': these two have names of their own.
_WITHOUT_PREFIX = frozenset({"content-type", "content-length"})
_METHODS_WITH_BODY = frozenset({"POST", "PUT", "PATCH"})
_METHODS = frozenset({"GET", "HEAD", "DELETE", "OPTIONS", *_METHODS_WITH_BODY})
DEFAULT_PORTS = {"http": "80", "https": "443"}
# Sent by the test function of the API Gateway console in place of an address.
_NO_ADDRESS = "test-invoke-source-ip"
_URL_SAFE = str.maketrans("-_", "+/")

# Names that came before; a plain dict, since this is where a request spends most of its time.
_KNOWN: dict[str, str] = {}
_KNOWN_MOST = 1024


def variable_of(name: str) -> str:
    """The variable of a header in any case, empty where the header is not passed on.

    A name with an underscore would take the variable of the name with a hyphen, so it is dropped, as by nginx and
    gunicorn.
    """
    variable = _KNOWN.get(name)
    if variable is None:
        key = name.lower()
        variable = "" if key in _NOT_PASSED_ON or "_" in key else key.upper().replace("-", "_")
        if variable and key not in _WITHOUT_PREFIX:
            variable = f"HTTP_{variable}"
        if len(_KNOWN) < _KNOWN_MOST:
            _KNOWN[name] = variable
    return variable


_BLANK_LENGTH = len(BLANK_ENVIRON)


def single_headers(headers: Mapping[str, Any] | None) -> Environ:
    """An environ that has the headers of a map of strings. A null value is a header that is not there."""
    if not headers:
        return BLANK_ENVIRON.copy()
    environ = BLANK_ENVIRON.copy()
    try:
        for name, value in headers.items():
            environ[_KNOWN[name]] = value
        # Each header has become a variable of its own, and all of them are native strings already.
        is_whole = len(environ) == _BLANK_LENGTH + len(headers) and "" not in environ
        if is_whole and "".join(headers.values()).isascii():
            return environ
    except (KeyError, TypeError):
        pass  # a name not met before, a value that is no string
    return _joined_headers(headers)


def multi_headers(headers: Mapping[str, Any]) -> Environ:
    """An environ that has the headers of a map of lists."""
    environ = BLANK_ENVIRON.copy()
    try:
        for name, values in headers.items():
            try:
                # The one value, as nearly always.
                (environ[_KNOWN[name]],) = values
            except ValueError:
                if values.__class__ is not list or not values:
                    return _joined_headers(headers)
                key = _KNOWN[name]
                environ[key] = _glue(key).join(values)
        # Each header has become a variable of its own, and all of them are native strings already.
        is_whole = len(environ) == _BLANK_LENGTH + len(headers) and "" not in environ
        if is_whole and "".join(list(environ.values())[_BLANK_LENGTH:]).isascii():
            return environ
    except (KeyError, TypeError):
        pass  # a name not met before, a value that is no string
    return _joined_headers(headers)


def _glue(key: str) -> str:
    """What stands between the values of a header: RFC 9110, section 5.3; RFC 6265, section 5.4."""
    return "; " if key == "HTTP_COOKIE" else ","


def _joined_headers(headers: Mapping[str, Any]) -> Environ:
    """The same of whatever is made of headers: strings, lists, null, names that differ in case only."""
    environ = BLANK_ENVIRON.copy()
    for name, values in headers.items():
        key = variable_of(name)
        before = [environ[key]] if key in environ else []
        texts = before + [native(str(value)) for value in as_list(values) if value is not None]
        if key and texts:
            environ[key] = _glue(key).join(texts)
    return environ


def query_pairs(parameters: Mapping[str, Any]) -> list[tuple[str, Any]]:
    """Names and values of a map of lists, in its order; a name without a list has one null value."""
    return [(name, value) for name, values in parameters.items() for value in as_list(values) or [None]]


def as_list(values: Any) -> list[Any]:
    """A list for what should be one: some emulators send a lone value, or null."""
    if values is None:
        return []
    return values if isinstance(values, list) else [values]


def complete(  # noqa: PLR0917 - names at each call would cost every request a tenth of its time here
    environ: Environ,
    method: Any,
    target: tuple[str, str, str],
    query: str,
    scheme: str,
    domain: Any,
    protocol: Any,
    address: Any,
    body: Any,
    is_base64: Any,
) -> None:
    """Add to the headers of an environ what else the event tells of the request.

    `target` is the whole path as the client spelled it, then SCRIPT_NAME and PATH_INFO; `scheme` and `domain` serve
    where no header tells. Raises BadRequestError for a method that is none and for a body that is broken.
    """
    if method.__class__ is not str or method not in _METHODS:
        _check_method(method)
    raw_path, script_name, path_info = target
    environ["REQUEST_METHOD"] = method
    if script_name:
        environ["SCRIPT_NAME"] = script_name
        environ["PATH_INFO"] = path_info
    else:
        # PEP 3333: both may not be empty at once.
        environ["PATH_INFO"] = path_info or "/"
    environ["QUERY_STRING"] = query
    environ["REQUEST_URI"] = environ["RAW_URI"] = f"{raw_path}?{query}" if query else raw_path
    forwarded = environ.get("HTTP_X_FORWARDED_PROTO")
    if forwarded is not None and forwarded != scheme:
        scheme = scheme_of(forwarded, scheme)
    environ["wsgi.url_scheme"] = scheme
    host = environ.get("HTTP_HOST") or (native(domain) if isinstance(domain, str) else "")
    environ["SERVER_NAME"], port = SERVERS[host or "lambda"]
    environ["SERVER_PORT"] = port or _PORTS[environ.get("HTTP_X_FORWARDED_PORT", "")] or DEFAULT_PORTS[scheme]
    if protocol is not None and protocol != "HTTP/1.1":
        environ["SERVER_PROTOCOL"] = _protocol_of(protocol)
    if address.__class__ is str and address != _NO_ADDRESS:
        environ["REMOTE_ADDR"] = address if address.isascii() else native(address)
    data = read_body(body, is_base64=is_base64 is True) if body else b""
    environ["wsgi.input"] = BytesIO(data)
    if data or method in _METHODS_WITH_BODY or "CONTENT_LENGTH" in environ:
        # What the client announced may be the length of an encoded body.
        environ["CONTENT_LENGTH"] = str(len(data))


def _protocol_of(protocol: Any) -> str:
    is_protocol = isinstance(protocol, str) and protocol.startswith("HTTP/") and protocol.isascii()
    return protocol if is_protocol else "HTTP/1.1"


def _check_method(method: Any) -> None:
    if not (isinstance(method, str) and method and TOKEN_CHARACTERS.issuperset(method)):
        raise BadRequestError(f"the event has the method {method!r}; a name such as 'GET' was expected")


def set_authorizer(environ: Environ, authorizer: Mapping[str, Any] | None, user: str | None) -> None:
    """What an authorizer found out, and who it says is asking."""
    environ["lambwsgi.authorizer"] = authorizer
    if user:
        environ["REMOTE_USER"] = user


def scheme_of(forwarded: str, default: str) -> str:
    """`http` or `https` from what the outermost proxy wrote, if it wrote one of them."""
    scheme = forwarded.partition(",")[0].strip().lower()
    return scheme if scheme in DEFAULT_PORTS else default


def _split_host(host: str) -> tuple[str, str]:
    """SERVER_NAME, never empty, and the port if there is one. IPv6 keeps its brackets (RFC 3875, section 4.1.14)."""
    name, colon, port = host.rpartition(":")
    if colon and (port.isdecimal() or not port) and (":" not in name or name.endswith("]")):
        return name or "lambda", port
    return host, ""


SERVERS = Memo(_split_host)


def _port_of(forwarded: str) -> str:
    """The port that the outermost proxy wrote, empty if it wrote none."""
    port = forwarded.partition(",")[0].strip()
    return port if port.isdecimal() else ""


_PORTS = Memo(_port_of)


def forwarded_address(environ: Environ, trusted_hops: int) -> str:
    """The client by X-Forwarded-For: the entry that the outermost trusted proxy wrote, counted from the right.

    With client port preservation on, a load balancer writes `1.2.3.4:5678` or `[::1]:5678`; the port is set then.
    """
    hop: str = environ.get("HTTP_X_FORWARDED_FOR", "")
    if "," in hop:
        hops = [one.strip() for one in hop.split(",") if one.strip()]
        hop = hops[-min(trusted_hops, len(hops))] if hops else ""
    hop = hop.strip()
    port = ""
    if hop.startswith("["):
        hop, _, port = hop[1:].partition("]")
    elif hop.count(":") == 1:
        hop, _, port = hop.partition(":")
    if port:
        environ["REMOTE_PORT"] = port.removeprefix(":")
    return hop


def first_text(*candidates: Any) -> str | None:
    """The first candidate that is a text with something in it, as a native string."""
    for candidate in candidates:
        if isinstance(candidate, str) and candidate:
            return native(candidate)
    return None


def read_body(body: Any, *, is_base64: bool) -> bytes:
    """The bytes of an event's body. A missing body is empty; an object, as a direct invocation sends it, is JSON.

    Raises BadRequestError for base64 that is none; the URL-safe alphabet and missing padding are understood.
    """
    if not body:
        return b""
    if not isinstance(body, str):
        import json  # noqa: PLC0415 - a direct invocation only; a gateway sends text

        body = json.dumps(body)
    return _decode_base64(body) if is_base64 else body.encode("utf-8", "surrogatepass")


def _decode_base64(text: str) -> bytes:
    try:
        return a2b_base64(text, strict_mode=True)
    except ValueError:
        pass
    compact = "".join(text.split()).translate(_URL_SAFE).rstrip("=")
    try:
        return a2b_base64(compact + "=" * (-len(compact) % 4), strict_mode=True)
    except (Base64Error, ValueError) as error:
        raise BadRequestError(f"the body is marked as base64 but is none: {error}") from error
