from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from lambwsgi.deploy.aws.place import find_place
from lambwsgi.deploy.embedded.state_file import state_file
from lambwsgi.deploy.errors import DeployError, NotRunningError
from lambwsgi.settings.model import StageSettings

LOCAL = StageSettings(project="shop", stage="local", app="shop.wsgi:app")


@pytest.fixture
def port() -> Iterator[int]:
    """A port of this machine that somebody listens on."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield server.getsockname()[1]


def leave_note(directory: Path, pid: int, port: int) -> None:
    (directory / ".lambwsgi").mkdir()
    told = {"endpoint": f"http://127.0.0.1:{port}", "url": "http://127.0.0.1:8000/", "pid": pid}
    (directory / ".lambwsgi" / "local.json").write_text(json.dumps(told))


def test_the_stage_local_is_where_the_note_says(tmp_path: Path, port: int) -> None:
    leave_note(tmp_path, os.getpid(), port)

    place = find_place(LOCAL, tmp_path)

    assert (place.aws.endpoint_url, place.url) == (f"http://127.0.0.1:{port}", "http://127.0.0.1:8000/")


def test_without_a_note_nothing_runs(tmp_path: Path) -> None:
    with pytest.raises(NotRunningError, match="lambwsgi deploy local"):
        find_place(LOCAL, tmp_path)


def test_a_note_whose_process_is_another_by_now_means_nothing(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
    leave_note(tmp_path, os.getpid(), port)

    with pytest.raises(NotRunningError):
        find_place(LOCAL, tmp_path)


def test_a_note_of_a_process_that_is_gone_means_nothing(tmp_path: Path, port: int) -> None:
    with subprocess.Popen([sys.executable, "-c", ""]) as process:
        process.wait()
    leave_note(tmp_path, process.pid, port)

    with pytest.raises(NotRunningError):
        find_place(LOCAL, tmp_path)


@pytest.mark.parametrize("text", ["", "[]", '{"endpoint": "http://127.0.0.1:1"}', "{half"])
def test_a_note_that_cannot_be_read_means_nothing(tmp_path: Path, text: str) -> None:
    (tmp_path / ".lambwsgi").mkdir()
    (tmp_path / ".lambwsgi" / "local.json").write_text(text)

    with pytest.raises(NotRunningError):
        find_place(LOCAL, tmp_path)


def test_any_other_stage_is_in_the_cloud(tmp_path: Path) -> None:
    place = find_place(LOCAL.model_copy(update={"stage": "dev", "region": "eu-west-1"}), tmp_path)

    assert (place.aws.endpoint_url, place.aws.region, place.url) == (None, "eu-west-1", None)


def test_a_folder_that_cannot_be_written_to_is_told(tmp_path: Path) -> None:
    (tmp_path / ".lambwsgi").write_text("a file where the folder would be", "utf-8")

    with (
        pytest.raises(DeployError, match="let the project's folder be written to"),
        state_file(tmp_path, endpoint="http://127.0.0.1:1", url="http://127.0.0.1:2"),
    ):
        pass
