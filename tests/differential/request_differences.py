"""Where an application behind a gateway cannot see what it would see behind a server: each rule with its reason.

A rule turns what the server showed into what the gateway must show, so that nothing else may differ.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from urllib.parse import parse_qsl, quote, unquote, urlencode, urlsplit

from tests.differential.message import Request

Environ = dict[str, str]

PORT = re.compile(r":\d+$")

PAYLOAD_2 = ("function_url", "http_api")
API_GATEWAY = (*PAYLOAD_2, "http_api_v1", "rest_api")
LOAD_BALANCER = ("alb", "alb_multi_value")
LATTICE = ("lattice_v1", "lattice_v2")
EDGE = ("edge_viewer", "edge_origin")
BEFORE_EDGE = (*API_GATEWAY, *LOAD_BALANCER, *LATTICE)
ALL = (*BEFORE_EDGE, *EDGE)
ONE_HOP = ("connection", "expect", "proxy-authenticate", "te", "transfer-encoding", "upgrade")


@dataclass(frozen=True, slots=True)
class Difference:
    """`show` changes the environ that the server showed, for these gateways."""

    gateways: tuple[str, ...]
    show: Callable[[Environ, Request], None]
    reason: str
    source: str


def all_values(request: Request, name: str) -> list[str]:
    """The values of a header in the order in which they were sent."""
    return [value.strip(" \t") for key, value in request.headers if key.lower() == name]


def set_or_drop(environ: Environ, key: str, value: str | None) -> None:
    """Put the value, or nothing where there is none."""
    environ.pop(key, None)
    if value is not None:
        environ[key] = value


def variable(name: str) -> str:
    """The key of a header in the environ."""
    key = name.upper().replace("-", "_")
    return key if key in ("CONTENT_TYPE", "CONTENT_LENGTH") else f"HTTP_{key}"


def dropping(*names: str) -> Callable[[Environ, Request], None]:
    """A rule: these request headers do not arrive."""

    def show(environ: Environ, request: Request) -> None:
        for name in names:
            environ.pop(variable(name), None)

    return show


def raw_path(request: Request) -> str:
    """The path of the target as it was sent."""
    path = request.target.partition("?")[0]
    return (urlsplit(path).path if "://" in path and path[0] != "/" else path) or "/"


def as_uri(request: Request, query: str) -> str:
    return f"{raw_path(request)}?{query}" if query else raw_path(request)


def forwarded(environ: Environ, request: Request) -> None:
    sent = all_values(request, "x-forwarded-for")
    environ["HTTP_X_FORWARDED_FOR"] = ",".join([*sent, environ["REMOTE_ADDR"]])
    environ["HTTP_X_FORWARDED_PROTO"] = "http"
    environ["HTTP_X_FORWARDED_PORT"] = environ["SERVER_PORT"]
    environ.pop("HTTP_X_AMZN_TRACE_ID", None)


def asked_host(environ: Environ, request: Request) -> None:
    host = environ.get("HTTP_HOST", "")
    name, _, port = host.rpartition(":") if PORT.search(host) else (host, "", "")
    environ["SERVER_NAME"] = name or host
    if port:
        environ["SERVER_PORT"] = port


def forwarded_by_cloudfront(environ: Environ, request: Request) -> None:
    environ["HTTP_X_FORWARDED_FOR"] = ",".join([*all_values(request, "x-forwarded-for"), environ["REMOTE_ADDR"]])
    environ["HTTP_VIA"] = f"{request.protocol[-3:]} lambwsgi00.cloudfront.net (CloudFront)"


def told_scheme(environ: Environ, request: Request) -> None:
    environ["HTTP_CLOUDFRONT_FORWARDED_PROTO"] = "http"
    if not PORT.search(environ.get("HTTP_HOST", "")):
        environ["SERVER_PORT"] = "80"


def body_length(environ: Environ, request: Request) -> None:
    set_or_drop(environ, "CONTENT_LENGTH", str(len(request.body)) if request.body else None)
    environ.pop("HTTP_TRANSFER_ENCODING", None)


def leading_slashes(environ: Environ, request: Request) -> None:
    if raw_path(request).startswith("//"):
        environ["PATH_INFO"] = unquote(raw_path(request), "latin-1")


def raw_target(environ: Environ, request: Request) -> None:
    environ["REQUEST_URI"] = as_uri(request, environ["QUERY_STRING"])


def one_cookie_header(environ: Environ, request: Request) -> None:
    if all_values(request, "cookie"):
        environ["HTTP_COOKIE"] = "; ".join(all_values(request, "cookie"))


def cookie_list(environ: Environ, request: Request) -> None:
    sent = [part.strip() for value in all_values(request, "cookie") for part in value.split(";")]
    set_or_drop(environ, "HTTP_COOKIE", "; ".join(filter(None, sent)) or None)


def unicode_values(environ: Environ, request: Request) -> None:
    for key, value in environ.items():
        if key.startswith("HTTP_"):
            environ[key] = value.encode("latin-1").decode("utf-8", "replace").encode().decode("latin-1")


def unmarked_query(environ: Environ, request: Request) -> None:
    environ["QUERY_STRING"] = environ["QUERY_STRING"].removeprefix("?")
    raw_target(environ, request)


def decoded_path(environ: Environ, request: Request) -> None:
    path = unquote(raw_path(request), errors="replace").partition("?")[0] or "/"
    environ["PATH_INFO"] = path.encode().decode("latin-1")
    query = environ["QUERY_STRING"]
    environ["REQUEST_URI"] = quote(path, safe="/:@!$&'()*+,;=~") + (f"?{query}" if query else "")


def query_of_decoded_pairs(environ: Environ, request: Request) -> None:
    pairs = parse_qsl(environ["QUERY_STRING"], keep_blank_values=True)
    environ["QUERY_STRING"] = urlencode(_grouped(pairs))
    raw_target(environ, request)


def query_of_raw_pairs(environ: Environ, request: Request) -> None:
    environ["QUERY_STRING"] = "&".join(f"{name}={value}" for name, value in _grouped(_raw_pairs(environ)))
    raw_target(environ, request)


def query_of_last_values(environ: Environ, request: Request) -> None:
    last = dict(_raw_pairs(environ))
    environ["QUERY_STRING"] = "&".join(f"{name}={value}" for name, value in last.items())
    raw_target(environ, request)


def last_header_values(environ: Environ, request: Request) -> None:
    for name in {name.lower() for name, _ in request.headers} - {"x-forwarded-for"}:
        if variable(name) in environ and "_" not in name:
            environ[variable(name)] = all_values(request, name)[-1]


def protocol_of_today(environ: Environ, request: Request) -> None:
    environ["SERVER_PROTOCOL"] = "HTTP/1.1"


def _raw_pairs(environ: Environ) -> list[tuple[str, str]]:
    parts = (part.partition("=") for part in environ["QUERY_STRING"].split("&") if part)
    return [(name, value) for name, _, value in parts]


def _grouped(pairs: Iterable[tuple[str, str]]) -> list[tuple[str, str]]:
    values: dict[str, list[str]] = {}
    for name, value in pairs:
        values.setdefault(name, []).append(value)
    return [(name, value) for name, found in values.items() for value in found]


ELB, APIGW, LATTICE_GUIDE = "ELB, 'Lambda functions as targets'", "API Gateway, 'Important notes'", "VPC Lattice guide"
DIFFERENCES = (
    Difference(BEFORE_EDGE, forwarded, "the gateway says whom it forwards for", "ELB, 'X-Forwarded headers'"),
    Difference(
        ("edge_origin",), forwarded_by_cloudfront, "so does CloudFront, and it names itself", "CloudFront guide"
    ),
    Difference(ALL, asked_host, "no address is listened at; there is the client's Host", "RFC 9110, section 7.2"),
    Difference(EDGE, told_scheme, "a header tells the scheme", "CloudFront, 'Add CloudFront request headers'"),
    Difference(ALL, body_length, "the body arrives whole, so its length is known", "RFC 9112, section 7.1.3"),
    Difference(ALL, leading_slashes, "waitress takes `//a` for `/a`, which is another path", "RFC 3986, section 3.3"),
    Difference(ALL, raw_target, "authority, fragment and a lone `?` are not in the event", "RFC 9112, section 3.2"),
    Difference(
        tuple({*ALL} - {"lattice_v1"}),
        one_cookie_header,
        "servers join with a comma, which cookies may hold",
        "RFC 9113, section 8.2.3",
    ),
    Difference(ALL, dropping("proxy"), "httpoxy: it would become HTTP_PROXY", "CVE-2016-5385"),
    Difference(("alb",), last_header_values, "the last value of a name wins", ELB),
    Difference(ALL, unicode_values, "JSON holds Unicode, not bytes", "RFC 8259, section 8.1"),
    Difference(PAYLOAD_2, cookie_list, "each cookie stands by itself in `cookies`", "API Gateway, payload format 2.0"),
    Difference(
        (*API_GATEWAY, *LATTICE, *EDGE), dropping(*ONE_HOP), "the gateway keeps to itself what is for one hop", APIGW
    ),
    Difference(
        (*LATTICE, *EDGE), dropping("keep-alive", "trailer"), "and these too", "RFC 9110, section 7.6.1; not captured"
    ),
    Difference(
        ("rest_api",),
        dropping("content-md5", "max-forwards", "server", "trailer", "www-authenticate"),
        "a REST API keeps more to itself",
        APIGW,
    ),
    Difference(
        ("rest_api", "http_api_v1"), query_of_decoded_pairs, "the query arrives decoded, in maps", "payload format 1.0"
    ),
    Difference(("lattice_v2",), query_of_decoded_pairs, "the query arrives decoded, in a map", LATTICE_GUIDE),
    Difference(PAYLOAD_2, unmarked_query, "AWS's own table shows the query with its mark, so one is dropped", APIGW),
    Difference(("http_api", "http_api_v1"), decoded_path, "the path is decoded; `%2F` and `%3F` are lost", "captures"),
    Difference(("alb_multi_value",), query_of_raw_pairs, "the query arrives in a map of lists", ELB),
    Difference(("alb",), query_of_last_values, "the last value of a name wins", ELB),
    Difference((*LOAD_BALANCER, *LATTICE, *EDGE), protocol_of_today, "the event does not tell the protocol", ELB),
)


def expected_environ(shown: Mapping[str, str], request: Request, gateway: str) -> Environ:
    """The environ behind that gateway, by what the server showed."""
    environ = dict(shown)
    for rule in DIFFERENCES:
        if gateway in rule.gateways:
            rule.show(environ, request)
    return environ
