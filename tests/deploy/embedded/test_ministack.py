"""The process of the embedded AWS."""

from __future__ import annotations

import socket

import pytest
import requests

from lambwsgi.deploy.embedded.ministack import Ministack, endpoint, free_port
from lambwsgi.deploy.errors import DeployError

pytestmark = pytest.mark.embedded


def test_it_answers_on_loopback_until_it_is_closed() -> None:
    port = free_port()
    ministack = Ministack(port, {})
    try:
        ministack.wait()
        healthy = requests.get(f"{endpoint(port)}/_ministack/health", timeout=10)
    finally:
        ministack.close()

    assert healthy.status_code == 200
    assert not ministack.is_running()
    with pytest.raises(requests.ConnectionError):
        requests.get(endpoint(port), timeout=10)


def test_it_listens_on_loopback_only() -> None:
    port = free_port()
    ministack = Ministack(port, {})
    try:
        ministack.wait()
        # Another loopback address stands for every other interface.
        with pytest.raises(ConnectionRefusedError):
            socket.create_connection(("127.0.0.2", port), timeout=10)
    finally:
        ministack.close()


def test_one_that_cannot_start_says_why() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        ministack = Ministack(taken.getsockname()[1], {})
        try:
            with pytest.raises(DeployError, match="the embedded AWS did not start on http://127"):
                ministack.wait()
        finally:
            ministack.close()
