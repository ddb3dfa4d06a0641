"""The two nouns in the middle: a request and a response, free of any gateway.

Text is held as PEP 3333 holds it: a native string whose code points are bytes (latin-1). Plain classes, because one of
each is made per request: building a frozen dataclass takes three times as long, and importing `dataclasses` or `typing`
longer than importing all of this package.
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from typing import Any

Header = tuple[str, str]


class HttpRequest:
    """One HTTP request as the application is to see it.

    `raw_target` is the request target untouched where the gateway shows it (percent-encoded, with `?query`), the stage
    prefix included. `script_name` and `path_info` are percent-decoded; together they spell the whole path.
    `variables` are the headers under the names that RFC 3875, section 4.1.18, gives them, each name once; those that
    must not reach an application are not among them. `remote_addr` is empty where the gateway does not know it.
    """

    __slots__ = (
        "authorizer",
        "body",
        "method",
        "path_info",
        "protocol",
        "query_string",
        "raw_target",
        "remote_addr",
        "remote_port",
        "remote_user",
        "request_context",
        "request_id",
        "scheme",
        "script_name",
        "server_name",
        "server_port",
        "variables",
    )

    def __init__(  # noqa: PLR0917 - by position, which takes less than half the time
        self,
        method: str,
        raw_target: str,
        script_name: str,
        path_info: str,
        query_string: str,
        variables: dict[str, str],
        body: bytes,
        scheme: str,
        server_name: str,
        server_port: str,
        protocol: str,
        remote_addr: str,
        remote_port: str,
        remote_user: str | None,
        request_id: str,
        authorizer: Mapping[str, Any] | None,
        request_context: Mapping[str, Any] | None,
    ) -> None:
        self.method = method
        self.raw_target = raw_target
        self.script_name = script_name
        self.path_info = path_info
        self.query_string = query_string
        self.variables = variables
        self.body = body
        self.scheme = scheme
        self.server_name = server_name
        self.server_port = server_port
        self.protocol = protocol
        self.remote_addr = remote_addr
        self.remote_port = remote_port
        self.remote_user = remote_user
        self.request_id = request_id
        self.authorizer = authorizer
        self.request_context = request_context


class HttpResponse:
    """One HTTP response: status code, reason phrase, header pairs in their order, body."""

    __slots__ = ("body", "headers", "reason", "status")

    def __init__(self, status: int, reason: str, headers: Sequence[Header], body: bytes) -> None:
        self.status = status
        self.reason = reason
        self.headers = headers
        self.body = body

    def with_headers(self, headers: Sequence[Header]) -> HttpResponse:
        """The same response with other headers."""
        return HttpResponse(self.status, self.reason, headers, self.body)
