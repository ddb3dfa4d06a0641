"""What a client sees behind a gateway and not behind waitress, and why that must be."""

from __future__ import annotations

import re
from dataclasses import dataclass

ANY = r"."
REMAPPING = r"function_url|rest_api"
HTTP_API = r"http_api"
PAYLOAD_1 = r"http_api_v1|rest_api"


@dataclass(frozen=True, slots=True)
class Known:
    """Both `fronts` and `seen` are patterns that begin the name of a front and of what is seen there."""

    application: str
    fronts: str
    seen: str
    reason: str


CHALLENGE = "gateway: it renames WWW-Authenticate, so no client learns how to log in (docs/gateways.md, 'Passwords')"
LENGTH = "gateway: it counts the body itself, and a HEAD has none"
LARGE = "gateway: no event above 6 MB reaches a function, and no body above 1 MB behind a load balancer or CloudFront"
SMALL = "gateway: no response above 40 KB passes at the viewer"
CUT = "gateway: it decodes the path and cuts it at a `?`"
MAP = "gateway: the query comes as a map, of which order and spelling are lost"
TYPE = "gateway: it invents a Content-Type where there is none"
COLLAPSED = "gateway: of a query's repeated name, and of a repeated header, one value is left"

KNOWN = (
    Known(
        "webdav", ANY, r"litmus basic delete_fragment", "waitress drops the fragment of a target, which none may have"
    ),
    Known("webdav", ANY, r"If-Range after gzip", "handler: a coded body has a weak ETag, which If-Range never matches"),
    Known("webdav", ANY, r"HEAD length", LENGTH),
    Known("webdav", REMAPPING, r"challenge", CHALLENGE),
    Known("webdav", HTTP_API, r"(PROPFIND|GET|DELETE) a\?b", CUT),
    Known(
        "webdav",
        HTTP_API,
        r"listing with",
        "gateway: what was made of `a?b.txt` before, where the path is cut, is left",
    ),
    Known("webdav", r"alb|edge", r"(PUT|GET) 2 MB", LARGE),
    Known("webdav", r"edge_viewer", r"(PUT|GET) 700 KB", LARGE),
    Known("webdav", r"edge_viewer", r"GET of what came chunked", LARGE),
    Known("calendars", REMAPPING, r"challenge|caldav finds out", CHALLENGE),
    Known("packages", REMAPPING, r"challenge", CHALLENGE),
    Known("packages", ANY, r".*huge", LARGE),
    Known("packages", r"alb|edge", r".*large", LARGE),
    Known(
        "packages", r"edge_viewer", r".*middle|GET /", "gateway: a package does not pass in 40 KB, so no page has it"
    ),
    Known("cms", r"edge_viewer", r"style sheet", SMALL),
    Known("echo", ANY, r"length of a HEAD", LENGTH),
    Known(
        "echo", ANY, r"GET /response-headers\?X-A", "gateway: a header is text, sent as UTF-8; waitress sends Latin-1"
    ),
    Known("echo", r"http_api|rest_api|function_url", r"GET /(status/|basic-auth)|GET .*If-(None-Match|Modified)", TYPE),
    Known("echo", REMAPPING, r"GET /(bearer|digest-auth)|/digest-auth", CHALLENGE),
    Known("echo", HTTP_API, r"GET /anything/a%3Fb", CUT),
    Known("echo", rf"{PAYLOAD_1}|lattice_v2", r"GET /anything\?", MAP),
    Known("echo", r"alb_multi_value", r"GET /anything\?(flag|&&a|a=1&b)", MAP),
    Known("echo", r"alb(?!_)", r"GET /anything\?|GET /response-headers\?Set-Cookie", COLLAPSED),
    Known("echo", r"alb", r"TRACE", "gateway: a load balancer answers TRACE itself"),
    Known("echo", r"edge_viewer", r"GET /image/jpeg", SMALL),
)


def why(application: str, front: str, seen: str) -> str | None:
    """The reason that is known for that difference, or None."""
    for known in KNOWN:
        if known.application == application and re.match(known.fronts, front) and re.match(known.seen, seen):
            return known.reason
    return None
