"""The examples as they are served: by `lambwsgi local`, or deployed to the embedded AWS."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

EXAMPLES = Path(__file__).parents[2] / "examples"
COMMAND = [sys.executable, "-m", "lambwsgi.cli"]
LOCAL = ("local", "--port", "0", "--no-inspect")
DEPLOY_LOCAL = ("deploy", "local")


@dataclass(frozen=True)
class Site:
    """An example that is served, and the folder to run commands in."""

    url: str
    folder: Path
    database: Path

    def run(self, *words: str, **variables: str) -> subprocess.CompletedProcess[str]:
        """A `lambwsgi` command about the stage `local`."""
        return self._run([*COMMAND, *words], variables)

    def manage(self, *words: str, **variables: str) -> subprocess.CompletedProcess[str]:
        """A command of Django's, on this side of the gateway."""
        return self._run([sys.executable, "manage.py", *words], {"NOTES_DATABASE": str(self.database), **variables})

    def _run(self, command: list[str], variables: dict[str, str]) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            command, cwd=self.folder, env=os.environ | variables, capture_output=True, text=True, check=False
        )


@contextmanager
def served(name: str, folder: Path, words: tuple[str, ...], **variables: str) -> Iterator[Site]:
    """The example in a folder of its own, served until the block is left."""
    project = folder / name
    shutil.copytree(EXAMPLES / name, project, ignore=shutil.ignore_patterns("__pycache__", ".lambwsgi", "*.sqlite3"))
    settings = project / "lambwsgi.yml"
    # A database of this test's own: without a sandbox, environments share the /tmp of this machine.
    database = Path(f"/tmp/notes-{os.getpid()}.sqlite3")
    settings.write_text(settings.read_text().replace("/tmp/notes.sqlite3", str(database)))
    with (folder / "errors.txt").open("w") as errors:
        process = subprocess.Popen(
            [*COMMAND, *words],
            cwd=project,
            env=os.environ | variables,
            stdout=subprocess.PIPE,
            stderr=errors,
            text=True,
        )
        assert process.stdout
        try:
            url = process.stdout.readline().strip()
            assert url.startswith("http://127.0.0.1:"), (folder / "errors.txt").read_text()
            yield Site(url, project, database)
        finally:
            database.unlink(missing_ok=True)
            process.send_signal(signal.SIGINT)
            process.communicate(timeout=30)
    assert process.returncode == 0
    assert not (project / ".lambwsgi" / "local.json").exists()
