"""The places to serve at, and the server in the background."""

from __future__ import annotations

import urllib.request
from collections.abc import Callable

import pytest

from lambwsgi.local.errors import LocalError, PortInUseError
from lambwsgi.local.server import BackgroundServer, Place, free_place


def test_an_address_of_another_machine_is_refused() -> None:
    with pytest.raises(LocalError, match=r"no\.such\.host\.invalid"):
        free_place(Place("no.such.host.invalid", 0))


@pytest.mark.parametrize(
    ("place", "stage", "url"),
    [
        pytest.param(Place("127.0.0.1", 8000), "", "http://127.0.0.1:8000/", id="no stage"),
        pytest.param(Place("127.0.0.1", 8000), "dev", "http://127.0.0.1:8000/dev/", id="a stage"),
        pytest.param(Place("::1", 80), "", "http://[::1]:80/", id="an IPv6 address"),
    ],
)
def test_the_url_is_one_to_click_on(place: Place, stage: str, url: str) -> None:
    assert place.url_of(stage) == url


def test_a_background_server_serves_until_it_is_closed() -> None:
    def app(_environ: object, start_response: Callable[..., object]) -> list[bytes]:
        start_response("200 OK", [("Content-Type", "text/plain")])
        return [b"here"]

    server = BackgroundServer(app, Place("127.0.0.1", 0))
    with urllib.request.urlopen(server.place.url_of(""), timeout=30) as response:
        answer = response.read()
    with pytest.raises(PortInUseError):
        free_place(server.place)
    server.close()

    assert answer == b"here"
    assert free_place(server.place) == server.place
