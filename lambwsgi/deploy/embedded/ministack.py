"""The embedded AWS: ministack, started as a process of ours on a free loopback port, and gone when we are."""

from __future__ import annotations

import importlib.util
import os
import socket
import tempfile
import time
import urllib.request
from collections.abc import Mapping
from pathlib import Path

from lambwsgi.deploy.errors import DeployError
from lambwsgi.local.process import Child, Command

_HOST = "127.0.0.1"
_START_SECONDS = 30.0


class Ministack:
    """The server. All it keeps is in memory or in a folder that goes with it; it answers once `wait` returns."""

    def __init__(self, port: int, variables: Mapping[str, str]) -> None:
        """`variables` are added to its environment, which has nothing of ours. Raises DeployError without ministack."""
        if importlib.util.find_spec("ministack") is None:
            raise DeployError("the embedded AWS is not installed; its extra brings it: pip install 'lambwsgi[local]'")
        self._folder = tempfile.TemporaryDirectory(prefix="lambwsgi-aws-", ignore_cleanup_errors=True)
        self._log = Path(self._folder.name, "ministack.log")
        self._port = port
        with self._log.open("wb") as log:
            self._process = Child(self._command(variables), log.fileno())

    def is_running(self) -> bool:
        """Whether the server still runs."""
        return self._process.is_running()

    def wait(self) -> None:
        """Wait until it answers. Raises DeployError, with the end of its log, when it does not."""
        deadline = time.monotonic() + _START_SECONDS
        while time.monotonic() < deadline and self._process.is_running():
            if self._is_up():
                return
            time.sleep(0.05)
        told = self._log.read_text("utf-8", "replace")[-2000:].strip()
        raise DeployError(f"the embedded AWS did not start on {endpoint(self._port)}; it says:\n{told}")

    def close(self) -> None:
        """Stop it and remove what it kept."""
        self._process.kill()
        self._folder.cleanup()

    def _command(self, variables: Mapping[str, str]) -> Command:
        folder = self._folder.name
        environment = {
            "PATH": os.defpath,
            "HOME": folder,
            "TMPDIR": folder,
            "BIND_HOST": _HOST,
            "GATEWAY_PORT": str(self._port),
            # As a name, since it makes host names such as ID.execute-api.localhost of it.
            "MINISTACK_HOST": "localhost",
            "SFTP_ENABLED": "0",
            "IOT_MTLS_ENABLED": "0",
            "PERSIST_STATE": "0",
            "STATE_DIR": f"{folder}/state",
            "S3_DATA_DIR": f"{folder}/s3",
            **variables,
        }
        return Command("ministack", [], Path(folder), environment)

    def _is_up(self) -> bool:
        try:
            with urllib.request.urlopen(f"{endpoint(self._port)}/_ministack/health", timeout=2):  # noqa: S310 - loopback
                return True
        except OSError:
            return False


def endpoint(port: int) -> str:
    """What boto3 calls `endpoint_url`."""
    return f"http://{_HOST}:{port}"


def free_port() -> int:
    """A port that nobody listens on at this moment."""
    with socket.create_server((_HOST, 0)) as probe:
        port: int = probe.getsockname()[1]
    return port
