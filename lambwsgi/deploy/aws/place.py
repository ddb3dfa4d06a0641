"""Where a stage lives: in the cloud, or, for the stage `local`, in the embedded AWS that runs on this machine."""

from __future__ import annotations

import json
import os
import socket
import sys
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from lambwsgi.deploy.aws.calls import Aws
from lambwsgi.deploy.errors import NotRunningError
from lambwsgi.settings.model import StageSettings
from lambwsgi.settings.project import LOCAL

# Written by `lambwsgi deploy local` for as long as it runs: endpoint, url and pid.
STATE_FILE = Path(".lambwsgi", "local.json")
_PATIENCE_SECONDS = 2.0  # on this machine


@dataclass(frozen=True, slots=True)
class Place:
    """An AWS to talk to. `url` is the site's address where the one that the stack tells leads nowhere."""

    aws: Aws
    url: str | None = None


def find_place(settings: StageSettings, directory: Path) -> Place:
    """Where the stage lives. Raises NotRunningError for `local` while no embedded AWS runs for the folder."""
    if settings.stage != LOCAL:
        return Place(Aws(region=settings.region, profile=settings.profile))
    try:
        state = json.loads((directory / STATE_FILE).read_text(encoding="utf-8"))
        endpoint, url, pid = str(state["endpoint"]), str(state["url"]), int(state["pid"])
    except (FileNotFoundError, ValueError, KeyError, TypeError) as error:
        raise _not_running(directory) from error
    if not (_is_alive(pid) and _answers(endpoint)):
        raise _not_running(directory)
    return Place(Aws(region=settings.region, endpoint_url=endpoint), url)


def _not_running(directory: Path) -> NotRunningError:
    return NotRunningError(
        f"no embedded AWS runs for {directory.resolve()}: start it with `lambwsgi deploy local` in another terminal"
    )


def _answers(endpoint: str) -> bool:
    """Whether somebody listens there: after a crash, another program may have the number of the process."""
    address = urlsplit(endpoint)
    try:
        with socket.create_connection((address.hostname or "", address.port or 80), timeout=_PATIENCE_SECONDS):
            return True
    except (OSError, ValueError):
        return False


def _is_alive(pid: int) -> bool:
    if sys.platform == "win32":  # where signal 0 would end the process
        return True
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True
