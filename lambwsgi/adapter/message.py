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

    `variables` are the meta-variables of RFC 3875, section 4.1, the headers among them, each name once, and
    REQUEST_URI, the target untouched where the gateway shows it. What must not reach an application is not among them.
    `authorizer` and `context` are what the gateway says of the request, as it says it.
    """

    __slots__ = ("authorizer", "body", "context", "request_id", "scheme", "variables")

    def __init__(  # noqa: PLR0917 - by position, which takes less than half the time
        self,
        variables: dict[str, str],
        body: bytes,
        scheme: str,
        request_id: str | None,
        authorizer: Mapping[str, Any] | None,
        context: Mapping[str, Any] | None,
    ) -> None:
        self.variables = variables
        self.body = body
        self.scheme = scheme
        self.request_id = request_id
        self.authorizer = authorizer
        self.context = context


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
