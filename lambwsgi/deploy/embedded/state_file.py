"""The file by which commands in other terminals find a running embedded AWS. `aws.place` reads it."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from lambwsgi.deploy.aws.place import STATE_FILE, find_place
from lambwsgi.deploy.errors import DeployError, NotRunningError
from lambwsgi.settings.model import StageSettings


def refuse_second(settings: StageSettings, directory: Path) -> None:
    """Raise DeployError while another embedded AWS runs for the folder. One that was killed is no hindrance."""
    try:
        place = find_place(settings, directory)
    except NotRunningError:
        return
    raise DeployError(
        f"an embedded AWS runs for {directory.resolve()} already, at {place.url}; stop it with Ctrl-C in its terminal,"
        f" or remove {directory / STATE_FILE} if it is none of yours"
    )


@contextmanager
def state_file(directory: Path, *, endpoint: str, url: str) -> Iterator[None]:
    """The file, for as long as the block lasts. Readers see all of it or nothing. Raises DeployError."""
    path = directory / STATE_FILE
    partial = path.with_suffix(f".{os.getpid()}")
    told = json.dumps({"endpoint": endpoint, "url": url, "pid": os.getpid()}, indent=2) + "\n"
    try:
        path.parent.mkdir(exist_ok=True)
        partial.write_text(told, "utf-8")
        os.replace(partial, path)
    except OSError as error:
        raise DeployError(
            f"{path} cannot be written, so commands in other terminals would not find the stage: {error};"
            " let the project's folder be written to"
        ) from error
    try:
        yield
    finally:
        path.unlink(missing_ok=True)
        with suppress(OSError):  # other things may lie in the folder
            path.parent.rmdir()
