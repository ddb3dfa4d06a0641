"""What an application answers, free of any gateway and of WSGI.

A plain class, because one is made per request: building a frozen dataclass takes three times as long, and importing
`dataclasses` or `typing` longer than importing all of this package.
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

Header = tuple[str, str]


class HttpResponse:
    """One HTTP response: status code, reason phrase, header pairs in their order, body.

    Text is held as PEP 3333 holds it: a native string whose code points are bytes (latin-1). `fields` are the headers
    once more where they are known to be plain: by lower-case name, each name once, each value printable ASCII.
    """

    __slots__ = ("body", "fields", "headers", "reason", "status")

    def __init__(
        self, status: int, reason: str, headers: Sequence[Header], body: bytes, fields: dict[str, str] | None = None
    ) -> None:
        self.status = status
        self.reason = reason
        self.headers = headers
        self.body = body
        self.fields = fields

    def with_headers(self, headers: Sequence[Header]) -> HttpResponse:
        """The same response with other headers."""
        return HttpResponse(self.status, self.reason, headers, self.body)

    def by_name(self) -> dict[str, str]:
        """The headers by lower-case name; of several under one name, the last."""
        return self.fields or {name.lower(): value for name, value in self.headers}
