"""The note that a running embedded AWS leaves in the project, `.lambwsgi/local.json`, for commands elsewhere."""

from __future__ import annotations

import json
import os
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Running:
    """Where the embedded AWS answers, where the application does, and the process that runs both."""

    endpoint: str
    url: str
    pid: int


def read_running(directory: Path) -> Running | None:
    """What runs for the project in the folder; None when nothing does. The note of a run that was killed is removed."""
    path = note_path(directory)
    try:
        running = Running(**json.loads(path.read_text("utf-8")))
    except FileNotFoundError:
        return None
    except (ValueError, TypeError):
        remove_note(directory)
        return None
    if not _is_alive(running.pid):
        remove_note(directory)
        return None
    return running


def write_note(directory: Path, running: Running) -> None:
    """Leave the note; readers see all of it or nothing."""
    path = note_path(directory)
    path.parent.mkdir(exist_ok=True)
    partial = path.with_suffix(f".{running.pid}")
    partial.write_text(json.dumps(asdict(running), indent=2) + "\n", "utf-8")
    os.replace(partial, path)


def remove_note(directory: Path) -> None:
    """Take the note away, and its folder when nothing else is in it."""
    path = note_path(directory)
    path.unlink(missing_ok=True)
    with suppress(OSError):
        path.parent.rmdir()


def note_path(directory: Path) -> Path:
    """Where the note lies."""
    return directory / ".lambwsgi" / "local.json"


def _is_alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True
