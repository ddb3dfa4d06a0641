"""How long a package takes and what it weighs: `lambwsgi package` beside `zappa package` and pip into a folder.

The applications are a hello-world in Flask, and one in Django that imports psycopg, pillow and numpy. Each command is a
process of its own, from start to end. Wheels are in the caches of uv and pip before anything is timed. `first` is
without what lambwsgi keeps of an earlier build, `again` without any change, `new code` after a change of one module;
the others keep nothing, so for them it is always `first`. Zappa packs an environment that was made for it before, and
asks no index; pip's folder is no package yet: nothing is proven, compressed or of the project.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from uv import find_uv_bin

from benchmarks.report import Record, Result, Table, spread

_ROUNDS, _QUICK_ROUNDS = 3, 1
_FLASK = "from flask import Flask\napp = Flask(__name__)\n\n@app.get('/')\ndef hello():\n    return 'hello'\n"
_DJANGO = """
import numpy, PIL.Image, psycopg
from django.conf import settings
from django.core.wsgi import get_wsgi_application
from django.http import HttpResponse
from django.urls import path

settings.configure(ROOT_URLCONF=__name__, ALLOWED_HOSTS=["*"], SECRET_KEY="not a secret")
urlpatterns = [path("", lambda request: HttpResponse("hello"))]
app = get_wsgi_application()
"""
PROJECTS = {
    "hello-flask": (_FLASK, ("flask",)),
    "Django with psycopg, pillow and numpy": (_DJANGO, ("django", "psycopg[binary]", "pillow", "numpy")),
}
_ZAPPA = "zappa==0.63.0"
# What Zappa's own `init` writes, and no request to an index while it packs.
_ZAPPA_SETTINGS = {
    "app_function": "app.app",
    "aws_region": "us-east-1",
    "s3_bucket": "none",
    "project_name": "benchmark",
    "runtime": f"python3.{sys.version_info.minor}",
    "exclude": ["boto3", "dateutil", "botocore", "s3transfer", "concurrent"],
    "use_precompiled_packages": False,
}


@dataclass(frozen=True, slots=True)
class Workshop:
    """A project's folder, and one beside it for what the tools make."""

    source: Path
    made: Path


@dataclass(frozen=True, slots=True)
class Contender:
    """A command that packs; `prepare` is not timed; `weigh` gives the bytes that go to the cloud after it."""

    name: str
    prepare: Callable[[Workshop], None]
    run: Callable[[Workshop], None]
    weigh: Callable[[Workshop], int]


def measure(*, quick: bool = False) -> Result:
    """Both projects, all contenders in turn."""
    records = [
        record
        for name, (source, requires) in PROJECTS.items()
        for record in _measure(name, source, requires, _QUICK_ROUNDS if quick else _ROUNDS)
    ]
    return Result("packaging", records, [_table(name, records) for name in PROJECTS])


def _measure(project: str, source: str, requires: tuple[str, ...], rounds: int) -> Iterator[Record]:
    with tempfile.TemporaryDirectory(prefix="lambwsgi-packaging-") as folder:
        workshop = _set_up(Path(folder), source, requires)
        times: dict[str, list[float]] = {each.name: [] for each in _CONTENDERS}
        weights = {}
        for turn in range(-1, rounds):
            for contender in _CONTENDERS:
                contender.prepare(workshop)
                start = time.perf_counter()
                contender.run(workshop)
                seconds = time.perf_counter() - start
                weights[contender.name] = contender.weigh(workshop)
                if turn >= 0:  # the turn before fills caches
                    times[contender.name].append(seconds)
        for name, each in times.items():
            yield {"app": project, "contender": name, "seconds": spread(each, unit=1), "bytes": weights[name]}


def _set_up(folder: Path, source: str, requires: tuple[str, ...]) -> Workshop:
    workshop = Workshop(folder / "source", folder / "made")
    workshop.source.mkdir()
    workshop.made.mkdir()
    (workshop.source / "app.py").write_text(source, "utf-8")
    (workshop.source / "requirements.txt").write_text("\n".join([*requires, ""]), "utf-8")
    runtime = f"python3.{sys.version_info.minor}"
    settings = {"project": "benchmark", "base": {"app": "app:app", "runtime": runtime}, "stages": {"dev": {}}}
    (workshop.source / "lambwsgi.yml").write_text(json.dumps(settings), "utf-8")
    (workshop.source / "zappa_settings.json").write_text(json.dumps({"dev": _ZAPPA_SETTINGS}), "utf-8")
    uv, venv = find_uv_bin(), str(workshop.made / "venv")
    subprocess.run([uv, "venv", "--quiet", "--python", sys.executable, venv], check=True)
    wanted = [*requires, _ZAPPA, "pip", "setuptools"]
    subprocess.run([uv, "pip", "install", "--quiet", "--python", f"{venv}/bin/python", *wanted], check=True)
    return workshop


def _run_lambwsgi(workshop: Workshop) -> None:
    command = [sys.executable, "-m", "lambwsgi.cli", "package", "dev", "--path", str(workshop.made / "app.zip")]
    _run(command, workshop, LAMBWSGI_CACHE_DIR=str(workshop.made / "cache"))


def _run_zappa(workshop: Workshop) -> None:
    venv = workshop.made / "venv"
    path = f"{venv / 'bin'}{os.pathsep}{os.environ['PATH']}"
    keys = {"AWS_ACCESS_KEY_ID": "none", "AWS_SECRET_ACCESS_KEY": "none"}
    _run([str(venv / "bin/zappa"), "package", "dev"], workshop, VIRTUAL_ENV=str(venv), PATH=path, **keys)


def _run_pip(workshop: Workshop) -> None:
    pip = [str(workshop.made / "venv/bin/python"), "-m", "pip", "install", "--quiet"]
    _run([*pip, "--target", str(workshop.made / "target"), "-r", "requirements.txt"], workshop)


def _run(command: list[str], workshop: Workshop, **variables: str) -> None:
    # A tool that is installed has its own bytecode, whatever is usual on this machine.
    inherited = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    environment = {**inherited, **variables}
    subprocess.run(command, cwd=workshop.source, env=environment, check=True, capture_output=True, timeout=600)


def _nothing(_: Workshop) -> None:
    """What was there stays."""


def _forget(workshop: Workshop) -> None:
    cache = workshop.made / "cache"
    for folder, _, _ in os.walk(cache):
        Path(folder).chmod(0o755)
    shutil.rmtree(cache, ignore_errors=True)


def _change(workshop: Workshop) -> None:
    with (workshop.source / "app.py").open("a", encoding="utf-8") as file:
        file.write("# changed\n")


def _clear(workshop: Workshop) -> None:
    shutil.rmtree(workshop.made / "target", ignore_errors=True)
    for package in workshop.source.glob("benchmark-dev-*.zip"):
        package.unlink()


def _whole_artifact(workshop: Workshop) -> int:
    return sum(path.stat().st_size for path in workshop.made.glob("app*.zip"))


def _code(workshop: Workshop) -> int:
    return (workshop.made / "app.zip").stat().st_size


def _zappa_package(workshop: Workshop) -> int:
    return sum(path.stat().st_size for path in workshop.source.glob("benchmark-dev-*.zip"))


def _pip_folder(workshop: Workshop) -> int:
    return sum(path.stat().st_size for path in (workshop.made / "target").rglob("*") if path.is_file())


_CONTENDERS = (
    Contender("lambwsgi, first", _forget, _run_lambwsgi, _whole_artifact),
    Contender("lambwsgi, again", _nothing, _run_lambwsgi, lambda _: 0),
    Contender("lambwsgi, new code", _change, _run_lambwsgi, _code),
    Contender("zappa package", _clear, _run_zappa, _zappa_package),
    Contender("pip into a folder, not zipped", _clear, _run_pip, _pip_folder),
)


def _table(project: str, records: list[Record]) -> Table:
    rows = [
        [
            record["contender"],
            f"{record['seconds']['median']:.2f} ({record['seconds']['minimum']:.2f})",
            f"{record['bytes'] / 1000:,.0f}",
        ]
        for record in records
        if record["app"] == project
    ]
    return Table(f"Packing {project}", ["contender", "s: median (minimum)", "kB to send"], rows)
