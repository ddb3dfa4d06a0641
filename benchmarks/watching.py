"""From save to served: `lambwsgi deploy local --watch`, a module that is saved, and the first answer that is of it.

The applications are those that packing is measured with. The site is asked every 50 ms, so a figure is up to that much
too large. No peer deploys on save to an AWS on this machine, so there is none beside it.
"""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path

from benchmarks.packaging import PROJECTS
from benchmarks.report import Record, Result, Table, spread

_ROUNDS, _QUICK_ROUNDS = 15, 3
_EVERY_SECONDS = 0.05
_LONGEST_SECONDS = 60.0
# Between two saves: what the round before leaves behind is over.
_PAUSE_SECONDS = 2.0


def measure(*, quick: bool = False) -> Result:
    """Both projects, one after the other."""
    rounds = _QUICK_ROUNDS if quick else _ROUNDS
    records: list[Record] = []
    for name, (source, requires) in PROJECTS.items():
        seconds = list(_saves(source, requires, rounds))
        records.append({"app": name, "seconds": {**spread(seconds, unit=1), "maximum": max(seconds)}})
    return Result("watching", records, [_table(records)])


def _saves(source: str, requires: tuple[str, ...], rounds: int) -> Iterator[float]:
    """The seconds from each save to the answer that is of it; the first save fills caches."""
    with tempfile.TemporaryDirectory(prefix="lambwsgi-watching-") as folder:
        project = Path(folder)
        _write_project(project, source, requires)
        command = [sys.executable, "-m", "lambwsgi.cli", "deploy", "local", "--watch"]
        process = subprocess.Popen(command, cwd=project, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
        try:
            url = process.stdout.readline().strip() if process.stdout else ""
            for number in range(-1, rounds):
                time.sleep(_PAUSE_SECONDS)
                seconds = _save(project / "app.py", source, number, url)
                if number >= 0:
                    yield seconds
        finally:
            process.send_signal(signal.SIGINT)
            process.communicate(timeout=60)


def _write_project(project: Path, source: str, requires: tuple[str, ...]) -> None:
    settings = {"project": "benchmark", "base": {"app": "app:app"}, "stages": {"dev": {}}}
    (project / "app.py").write_text(source, "utf-8")
    (project / "requirements.txt").write_text("\n".join([*requires, ""]), "utf-8")
    (project / "lambwsgi.yml").write_text(json.dumps(settings), "utf-8")


def _save(module: Path, source: str, number: int, url: str) -> float:
    wanted = f"hello {number}"
    began = time.perf_counter()
    module.write_text(source.replace("'hello'", repr(wanted)).replace('"hello"', repr(wanted)), "utf-8")
    while time.perf_counter() - began < _LONGEST_SECONDS:
        with urllib.request.urlopen(url, timeout=30) as answer:
            if answer.read().decode() == wanted:
                return time.perf_counter() - began
        time.sleep(_EVERY_SECONDS)
    raise TimeoutError(f"{wanted!r} is not served after {_LONGEST_SECONDS:.0f} s")


def _table(records: list[Record]) -> Table:
    rows = [
        [record["app"], *(f"{record['seconds'][name]:.2f}" for name in ("median", "minimum", "maximum"))]
        for record in records
    ]
    return Table(
        "From save to served by deploy local --watch, s", ["application", "median", "minimum", "maximum"], rows
    )
