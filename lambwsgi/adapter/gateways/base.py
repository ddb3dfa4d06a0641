"""What a gateway is: a name and four facts about its JSON. Knows nothing of WSGI."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from typing import Any

    from lambwsgi.adapter.message import HttpRequest, HttpResponse
    from lambwsgi.adapter.options import HandlerOptions

    Event = Mapping[str, Any]
    ProxyResult = dict[str, Any]


class Gateway:
    """One event source that speaks HTTP.

    `matches` tells its events from all others; `read_event` raises `BadRequestError` for a broken request;
    `write_result` also gets the event, since some gateways want the answer in the form of the question.
    `response_limit_bytes` is the largest proxy result, as JSON, that gets through.
    """

    __slots__ = ("matches", "name", "read_event", "response_limit_bytes", "write_result")

    def __init__(
        self,
        *,
        name: str,
        matches: Callable[[Event], bool],
        read_event: Callable[[Event, HandlerOptions], HttpRequest],
        write_result: Callable[[HttpResponse, Event], ProxyResult],
        response_limit_bytes: int,
    ) -> None:
        self.name = name
        self.matches = matches
        self.read_event = read_event
        self.write_result = write_result
        self.response_limit_bytes = response_limit_bytes
