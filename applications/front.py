"""What stands before an application: a server, or `lambwsgi local` with one of its gateways."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

_START_SECONDS = 60
_STAGE = "dev"
_PATHS = (str(Path(__file__).parent / "apps"),)


@dataclass(frozen=True, slots=True)
class Front:
    """A way to an application; `gateway` is empty for waitress, which the others are compared with."""

    gateway: str = ""
    streaming: bool = False
    base_path: str = ""

    @property
    def name(self) -> str:
        """How the table calls it."""
        parts = [self.gateway or "waitress"]
        parts += ["streaming"] if self.streaming else []
        return " ".join([*parts, self.base_path]).strip()

    @property
    def path(self) -> str:
        """The path below which the application is, without a slash at its end."""
        return f"/{_STAGE}" if self.gateway == "rest_api" else self.base_path

    @property
    def plain(self) -> Front:
        """The same without a gateway."""
        return Front(base_path=self.path)

    def command(self, target: str, place: Path, port: int) -> list[str]:
        """What serves the application; `place` is the folder in which it runs."""
        if not self.gateway:
            options = [f"--listen=127.0.0.1:{port}", *([f"--url-prefix={self.base_path}"] if self.base_path else [])]
            return [sys.executable, "-m", "waitress", *options, target]
        stage = {"app": target, "streaming": self.streaming, "warm": False}
        if self.base_path:
            stage["base_path"] = self.base_path
        settings = place / "lambwsgi.yml"
        settings.write_text(json.dumps({"project": "applications", "stages": {_STAGE: stage}}))
        options = ["--settings", str(settings), "--gateway", self.gateway, "--port", str(port)]
        return [sys.executable, "-m", "lambwsgi.cli", "local", _STAGE, *options, "--no-reload", "--no-inspect"]


FRONTS = (
    *map(Front, ("function_url", "http_api", "http_api_v1", "rest_api", "alb", "alb_multi_value")),
    *map(Front, ("lattice_v1", "lattice_v2", "edge_viewer", "edge_origin")),
    Front("function_url", streaming=True),
    Front("rest_api", streaming=True),
    Front("function_url", base_path="/shop/api"),
)


@contextmanager
def served(front: Front, target: str, place: Path, variables: Mapping[str, str]) -> Iterator[str]:
    """The application's URL, without a slash at its end, for as long as it is served."""
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = probe.getsockname()[1]
    environment = {**os.environ, **variables, "PYTHONPATH": os.pathsep.join((*_PATHS, str(place / "data")))}
    with (place / "server.log").open("wb") as log:
        server = subprocess.Popen(
            front.command(target, place, port), cwd=place, env=environment, stdout=log, stderr=subprocess.STDOUT
        )
        try:
            _wait(server, port, place / "server.log")
            yield f"http://127.0.0.1:{port}{front.path}"
        finally:
            server.terminate()
            server.wait()


def _wait(server: subprocess.Popen[bytes], port: int, log: Path) -> None:
    end = time.monotonic() + _START_SECONDS
    while time.monotonic() < end and server.poll() is None:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except OSError:
            time.sleep(0.1)
        else:
            return
    raise SystemExit(f"{' '.join(map(str, server.args))} does not listen:\n{log.read_text()[-4000:]}")  # type: ignore[arg-type]
