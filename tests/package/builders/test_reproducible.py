"""The same input gives the same bytes: each build here differs from the first as one machine differs from another."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest
from uv import find_uv_bin

from lambwsgi.package.platform.interpreter import find_interpreter

LAMBWSGI = Path(__file__).parents[3]
HERE = f"3.{sys.version_info.minor}"
SETTINGS = f"""\
project: same
base: {{app: "app:app", runtime: python{HERE}}}
stages: {{plain: {{}}, layered: {{layer: true}}}}
"""
# Sets and texts that stand for the names of variables: what may show in bytecode.
MODULE = "WORDS = {'one', 'two', 'HOME', 'LC_ALL', 'utf-8', 'ä'}\nif 'x' in {'a', 'x', 'é'}:\n    pass\n"
OLD = 1_000_000_000
TMPFS = Path("/dev/shm")

ANOTHER_USER = (
    *("bwrap", "--bind", "/", "/", "--dev-bind", "/dev", "/dev", "--proc", "/proc"),
    *("--unshare-user", "--uid", "1234", "--gid", "1234", "--unshare-uts", "--hostname", "elsewhere"),
)
ANOTHER_DAY = ("faketime", "-f", "+3y")


@dataclass(frozen=True, slots=True)
class Machine:
    """What is another there. `wrapper` runs a command as it would run there; `python` runs lambwsgi."""

    variables: dict[str, str] = field(default_factory=dict)
    umask: int = 0o022
    wrapper: Sequence[str] = ()
    python: str = sys.executable


def write_project(folder: Path, flask_app: str, *, last_first: bool = False) -> None:
    """The project, its files made in one order or the other."""
    files = {
        "app.py": flask_app,
        "lambwsgi.yml": SETTINGS,
        "requirements.txt": "flask\nneedsplain\n",
        "run.sh": "#!/bin/sh\n",
        "a b/ünïcode.txt": "naïve\n",
        **{f"shop/module{number}.py": MODULE for number in range(150)},
    }
    for name in sorted(files, reverse=last_first):
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(files[name], "utf-8")
        if last_first:
            os.utime(folder / name, (OLD, OLD))
    (folder / "run.sh").chmod(0o700 if last_first else 0o755)


def package(folder: Path, machine: Machine, stage: str) -> subprocess.CompletedProcess[str]:
    """`lambwsgi package`, run as that machine would."""
    return subprocess.run(
        [*machine.wrapper, machine.python, "-m", "lambwsgi.cli", "package", stage, "--output", "json"],
        cwd=folder,
        env={**os.environ, **machine.variables},
        umask=machine.umask,
        capture_output=True,
        text=True,
        check=False,
    )


def digests(folder: Path, machine: Machine) -> list[str | None]:
    """The digests of the artifact with everything in it, and of code and layer where they are apart."""
    found = []
    for stage in ("plain", "layered"):
        done = package(folder, machine, stage)
        assert done.returncode == 0, done.stderr
        told = json.loads(done.stdout)
        found += [told["sha256"], told["layer"] and told["layer"]["sha256"]]
    return found


@pytest.fixture(scope="module")
def first() -> dict[str, list[str | None]]:
    """What the first build gave, once there was one."""
    return {}


BuildTwice = Callable[..., tuple[list[str | None], list[str | None]]]


@pytest.fixture
def build_twice(tmp_path: Path, project: Path, flask_app: str, first: dict[str, list[str | None]]) -> BuildTwice:
    """The digests of this machine and of another one, in another folder, with empty caches."""

    def build_twice(machine: Machine, folder: Path | None = None) -> tuple[list[str | None], list[str | None]]:
        if not first:
            write_project(project, flask_app)
            first["digests"] = digests(project, Machine())
        there = folder or tmp_path / "over there"
        write_project(there, flask_app, last_first=True)
        caches = {"LAMBWSGI_CACHE_DIR": str(tmp_path / "cache"), "UV_CACHE_DIR": str(tmp_path / "uv-cache")}
        return first["digests"], digests(there, replace(machine, variables={**caches, **machine.variables}))

    return build_twice


def works(*command: str) -> bool:
    """Whether the command runs here."""
    try:
        return subprocess.run(command, capture_output=True, check=False).returncode == 0
    except OSError:
        return False


FOREIGN = {"LC_ALL": "POSIX", "LANG": "de_DE", "TZ": "Asia/Tokyo", "HOME": "/nowhere", "USER": "other"}
OF_PYTHON = {"PYTHONHASHSEED": "77", "PYTHONOPTIMIZE": "2", "SOURCE_DATE_EPOCH": str(OLD), "COLUMNS": "40"}


@pytest.mark.parametrize(
    "machine",
    [
        pytest.param(Machine(FOREIGN, umask=0o077), id="locale, time zone, home and an umask that hides all"),
        pytest.param(Machine(OF_PYTHON, umask=0), id="variables of Python's and of other builders, and no umask"),
    ],
)
def test_another_environment_gives_the_same_bytes(machine: Machine, build_twice: BuildTwice) -> None:
    here, there = build_twice(machine)

    assert here == there


def test_a_locale_that_would_spoil_names_is_refused_with_the_way_out(project: Path, flask_app: str) -> None:
    write_project(project, flask_app)
    plain = {"LC_ALL": "POSIX", "PYTHONCOERCECLOCALE": "0", "PYTHONUTF8": "0"}

    done = package(project, Machine(plain), "plain")

    assert done.stderr == (
        "error: a b/ünïcode.txt: names are read as ascii here, and this one would be wrong in a zip; set PYTHONUTF8=1\n"
    )


def test_a_file_system_with_another_order_gives_the_same_bytes(tmp_path: Path, build_twice: BuildTwice) -> None:
    if not os.access(TMPFS, os.W_OK):
        pytest.skip("there is no other file system here")
    folder = TMPFS / tmp_path.name
    caches = {"LAMBWSGI_CACHE_DIR": str(folder / "cache"), "UV_CACHE_DIR": str(folder / "uv"), "TMPDIR": str(folder)}
    folder.mkdir()
    try:
        here, there = build_twice(Machine(caches), folder / "project")
    finally:
        subprocess.run(["chmod", "-R", "u+w", folder], check=True)
        shutil.rmtree(folder)

    assert here == there


@pytest.mark.parametrize(
    "wrapper", [pytest.param(ANOTHER_USER, id="user and host"), pytest.param(ANOTHER_DAY, id="day")]
)
def test_another_user_or_another_day_gives_the_same_bytes(wrapper: Sequence[str], build_twice: BuildTwice) -> None:
    if not works(*wrapper, "true"):
        pytest.skip(f"{wrapper[0]} does not work here")

    here, there = build_twice(Machine(wrapper=wrapper))

    assert here == there


@pytest.mark.parametrize("version", ["3.11", "3.12", "3.13", "3.14"])
def test_another_python_that_runs_lambwsgi_gives_the_same_bytes(
    version: str, build_twice: BuildTwice, tmp_path: Path
) -> None:
    found = find_interpreter(version)
    if version == HERE or found.version != version:
        pytest.skip(f"no other Python is here as python{version}")
    python = str(tmp_path / "venv/bin/python")
    if not _install(found.program, python):
        pytest.skip("no package index is here")
    # The one that compiles stays the same: that of the stage, found on PATH.
    compiler = Path(os.path.realpath(sys.executable)).parent

    here, there = build_twice(Machine({"PATH": f"{compiler}{os.pathsep}{os.environ['PATH']}"}, python=python))

    assert here == there


def _install(program: Path, python: str) -> bool:
    """Whether lambwsgi could be installed for another Python, by an index that is not the tests' own."""
    outside = {name: text for name, text in os.environ.items() if not name.startswith("UV_C")}
    for arguments in (
        ["venv", "--quiet", "--python", str(program), str(Path(python).parents[1])],
        ["pip", "install", "--quiet", "--python", python, "--editable", f"{LAMBWSGI}[cli]"],
    ):
        if subprocess.run([find_uv_bin(), *arguments], env=outside, capture_output=True, check=False).returncode:
            return False
    return True
