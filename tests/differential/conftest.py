"""Two servers that people trust, in processes of their own, one pair for each test process."""

from __future__ import annotations

import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

HERE = Path(__file__).parent
COMMANDS: dict[str, Callable[[int], list[str]]] = {
    "gunicorn": lambda number: [
        *("-m", "gunicorn", "--bind", f"fd://{number}", "--no-control-socket", "applications:application")
    ],
    "waitress": lambda number: ["applications.py", str(number)],
}


@contextmanager
def serving(arguments: Callable[[int], list[str]], output: Path) -> Iterator[int]:
    """The port of a server. Its socket listens before it starts, so that nobody needs to wait or to guess a port."""
    with output.open("wb") as log, socket.create_server(("127.0.0.1", 0)) as listener:
        port: int = listener.getsockname()[1]
        process = subprocess.Popen(
            [sys.executable, *arguments(listener.fileno())],
            cwd=HERE,
            env={"PYTHONDONTWRITEBYTECODE": "1", "HOME": str(output.parent), "TMPDIR": str(output.parent)},
            pass_fds=[listener.fileno()],
            stdout=log,
            stderr=subprocess.STDOUT,
        )
    try:
        yield port
    finally:
        process.terminate()
        process.wait(timeout=20)


@pytest.fixture(scope="session")
def ports(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, int]]:
    """The ports of gunicorn and waitress by name."""
    home = tmp_path_factory.mktemp("servers")
    with (
        serving(COMMANDS["gunicorn"], home / "gunicorn.txt") as gunicorn,
        serving(COMMANDS["waitress"], home / "waitress.txt") as waitress,
    ):
        yield {"gunicorn": gunicorn, "waitress": waitress}
