"""Events made of a fuzzer's bytes: each byte is a choice, so that a fuzzer that changes bytes changes events."""

from __future__ import annotations

import copy
from collections.abc import Sequence
from typing import Any, TypeVar

from tests.properties.recorded import EVENTS, places

Chosen = TypeVar("Chosen")

VALUES: list[Any] = [
    *(None, True, False, 0, -1, 200, 1e300, 2**70, [], {}, [None], [[]], [{}], ["a", 1], {"": None}, {"a": {"a": 1}}),
    *(
        "",
        " ",
        "a",
        "/",
        "?",
        "%",
        "%zz",
        "%00",
        "%2F",
        "//a",
        "\0",
        "\r\nX: y",
        "\ud800",
        "\ufeff",
        "caf\u00e9",
        "\u0663",
    ),
    *("2.0", "1.0", "GET", "get", "HEAD", "[::1]:80", "[", "::", "a:b", ":80", "99999999999999999999", "https, http"),
    *("1.2.3.4:5", "[::1]:5", ",", " , ", ";", "a=b", "text/plain", "x" * 9000, "gzip", "====", "YQ", "Y Q = =", "-_"),
]
NAMES = [
    *(
        "",
        " ",
        "x-y",
        "X_Y",
        "Proxy",
        "Content-Length",
        "content-type",
        "Transfer-Encoding",
        "Host",
        "cookie",
        "X\r\nY",
    ),
    *(
        "x-forwarded-for",
        "x-forwarded-proto",
        "x-forwarded-port",
        "type",
        "version",
        "elb",
        "http",
        "methodArn",
        "\ud800",
    ),
]


class Choices:
    """Choices out of bytes; the first of everything when they are used up."""

    def __init__(self, data: bytes) -> None:
        self._data = iter(data)

    def number(self, below: int) -> int:
        """A number from 0 to below `below`."""
        value = next(self._data, 0)
        return (value << 8 | next(self._data, 0)) % below if below > 256 else value % below

    def one_of(self, options: Sequence[Chosen]) -> Chosen:
        """One of the options."""
        return options[self.number(len(options))]

    def text(self) -> str:
        """A text of up to eleven letters from all over Unicode, lone surrogates included."""
        return "".join(chr(self.number(0x10000)) for _ in range(self.number(12)))


def event_of(data: bytes) -> Any:
    """A recorded event with one to four things wrong in it."""
    choices = Choices(data)
    event = copy.deepcopy(choices.one_of(EVENTS))
    for _ in range(1 + choices.number(4)):
        everywhere = list(places(event))
        if everywhere:
            _mutate(choices, everywhere)
    return event


def _mutate(choices: Choices, everywhere: list[tuple[Any, Any]]) -> None:
    container, key = choices.one_of(everywhere)
    act = choices.number(6)
    if act == 0:
        del container[key]
    elif act == 1:
        container[key] = choices.text()
    elif act == 2:
        other, name = choices.one_of(everywhere)
        container[key] = copy.deepcopy(other[name])
    elif act == 3 and isinstance(container, dict):
        container[choices.one_of(NAMES)] = copy.deepcopy(choices.one_of(VALUES))
    else:
        container[key] = copy.deepcopy(choices.one_of(VALUES))
