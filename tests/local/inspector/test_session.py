"""Where the inspector listens."""

from __future__ import annotations

import socket

import pytest

from lambwsgi.local.errors import LocalError
from lambwsgi.local.inspector.session import listen


def test_without_a_wish_it_is_the_port_behind_the_applications() -> None:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        free = probe.getsockname()[1]
    with listen(None, app_port=free - 1) as listener:
        assert listener.getsockname() == ("127.0.0.1", free)


def test_where_that_is_taken_it_is_any_that_is_free() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with listen(None, app_port=port - 1) as listener:
            assert listener.getsockname()[1] != port


def test_behind_the_last_port_it_is_any_that_is_free() -> None:
    with listen(None, app_port=65_535) as listener:
        assert listener.getsockname()[1] > 0


def test_a_port_that_was_asked_for_is_that_one_or_an_error() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(LocalError, match=rf"port {port} on 127\.0\.0\.1 .* --inspect-port"):
            listen(port, app_port=8000)
