"""The inspector beside `lambwsgi local`, as people run it."""

from __future__ import annotations

import json
import re
import socket
import time
import urllib.request
from pathlib import Path
from typing import Any

import pytest

from tests.cli.test_local import fetch_until, local

APP = """\
def app(environ, start_response):
    start_response("200 OK", [("Content-Type", "text/plain")])
    return [b"first"]
"""
ADDRESS = re.compile(r"What goes through it can be seen at (http://127\.0\.0\.1:\d+/)\n")


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A project of one file."""
    (tmp_path / "shop.py").write_text(APP, "utf-8")
    return tmp_path


def inspector_of(project: Path) -> str:
    """The address that was told; fails after thirty seconds."""
    deadline = time.monotonic() + 30
    while True:
        told = (project / "errors.txt").read_text("utf-8")
        if found := ADDRESS.search(told):
            return found[1]
        assert time.monotonic() < deadline, told
        time.sleep(0.05)


def records(inspector: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads(fetch_until(f"{inspector}records", "["))
    return found


def port_of(url: str) -> int:
    return int(url.rstrip("/").rpartition(":")[2])


def test_it_lists_what_went_through_and_sends_it_again(project: Path) -> None:
    with local(project, "--app", "shop:app", "--port", "0", "--no-reload") as process:
        assert process.stdout is not None
        url = process.stdout.readline().strip()
        fetch_until(f"{url}one", "first")
        inspector = inspector_of(project)
        urllib.request.urlopen(f"{inspector}records/1/replay", data=b"", timeout=30).close()
        seen = records(inspector)

    assert port_of(inspector) != port_of(url)
    assert [(each["path"], each["origin"], each["gateway"]) for each in seen] == [
        ("/one", "request", "function_url"),
        ("/one", "replay", "function_url"),
    ]
    assert seen[0]["cold"]
    assert seen[0]["init_ms"] > 0


def test_its_list_and_its_address_outlive_a_reload(project: Path) -> None:
    with local(project, "--app", "shop:app", "--port", "0") as process:
        assert process.stdout is not None
        url = process.stdout.readline().strip()
        fetch_until(f"{url}one", "first")
        inspector = inspector_of(project)
        (project / "shop.py").write_text(APP.replace("first", "second"), "utf-8")
        fetch_until(f"{url}two", "second")
        seen = records(inspector)

    told = (project / "errors.txt").read_text("utf-8")
    paths = [each["path"] for each in seen]
    assert len(ADDRESS.findall(told)) == 1
    assert (paths[0], paths[-1]) == ("/one", "/two")
    assert [each["number"] for each in seen] == list(range(1, len(seen) + 1))
    assert [each["path"] for each in seen if each["cold"]] == ["/one", "/two"]


def test_the_applications_own_port_knows_nothing_of_it(project: Path) -> None:
    with local(project, "--app", "shop:app", "--port", "0", "--no-reload") as process:
        assert process.stdout is not None
        url = process.stdout.readline().strip()

        assert fetch_until(f"{url}records", "first") == "first"


def test_it_listens_on_loopback_only_wherever_the_application_does(project: Path) -> None:
    options = ("--app", "shop:app", "--host", "0.0.0.0", "--port", "0", "--no-reload")
    with local(project, *options):
        inspector = inspector_of(project)
        fetch_until(f"{inspector}records", "[")
        with socket.socket() as other, pytest.raises(ConnectionRefusedError):
            # Every address of 127.0.0.0/8 is this machine; the inspector is at one of them.
            other.connect(("127.0.0.2", port_of(inspector)))


def test_its_port_can_be_chosen_and_a_taken_one_is_said(project: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        options = ("--app", "shop:app", "--port", "0", "--no-reload", "--inspect-port", str(port))
        with local(project, *options) as process:
            assert process.wait(30) == 1
        told = (project / "errors.txt").read_text("utf-8")
    with local(project, *options):
        chosen = inspector_of(project)

    assert f"error: port {port} on 127.0.0.1 cannot be used for the inspector" in told
    assert port_of(chosen) == port


def test_it_can_be_left_out(project: Path) -> None:
    with local(project, "--app", "shop:app", "--port", "0", "--no-reload", "--no-inspect") as process:
        assert process.stdout is not None
        fetch_until(process.stdout.readline().strip(), "first")

    assert "can be seen at" not in (project / "errors.txt").read_text("utf-8")


def test_an_application_that_cannot_be_imported_leaves_the_inspector_up(project: Path) -> None:
    (project / "shop.py").write_text("import nothing_of_that_name\n", "utf-8")
    with local(project, "--app", "shop:app", "--port", "0"):
        inspector = inspector_of(project)

        assert records(inspector) == []
