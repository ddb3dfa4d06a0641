"""The two nouns in the middle: a request and a response, free of any gateway and of WSGI.

Text is held as PEP 3333 holds it: a native string whose code points are bytes (latin-1). Named tuples, because one
of each is made per request and a frozen dataclass costs three times as much to build.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any, NamedTuple

Header = tuple[str, str]


class HttpRequest(NamedTuple):
    """One HTTP request as the client sent it.

    `raw_target` is the request target untouched where the gateway shows it (percent-encoded, with `?query`), the stage
    prefix included. `script_name` and `path_info` are percent-decoded; together they spell the whole path.
    `headers` are pairs in order with lower-case names; `cookie` occurs at most once.
    """

    method: str
    raw_target: str
    script_name: str
    path_info: str
    query_string: str
    headers: Collection[Header]
    body: bytes
    scheme: str
    server_name: str
    server_port: str
    protocol: str
    remote_addr: str
    request_id: str
    remote_port: str = ""
    remote_user: str | None = None
    authorizer: Mapping[str, Any] | None = None
    request_context: Mapping[str, Any] | None = None


class HttpResponse(NamedTuple):
    """One HTTP response: status code, reason phrase, header pairs in the order the application gave them, body."""

    status: int
    reason: str
    headers: Sequence[Header]
    body: bytes
