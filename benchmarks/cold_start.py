"""Cold start under AWS's runtime client: INIT and the first request of fresh processes, for Flask and for Django.

The applications are a hello-world in Flask and the Django example. Each contender has a folder as an artifact would be,
of links to its packages and what they require. lambwsgi takes part once more as `lambwsgi package` builds it, with all
that a stage has switched on, and once without the bytecode. The processes see that folder, the runtime's packages and
the standard library, and talk to a Runtime API on this machine.
"""

from __future__ import annotations

import json
import random
import shutil
import tempfile
import time
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from benchmarks.contenders import CONTENDERS, ZAPPA_SETTINGS
from benchmarks.events import make_case, shapes
from benchmarks.links import link_distributions
from benchmarks.report import Record, Result, Table, spread
from lambwsgi.local.lambda_service import runtime_packages
from lambwsgi.local.lambda_service.environment import Environment
from lambwsgi.local.lambda_service.model import FunctionVersion, Invocation
from lambwsgi.package.builders.zip_archive import build
from lambwsgi.package.platform.target import host_target
from lambwsgi.settings.model import StageSettings
from lambwsgi.settings.variables import HANDLER, function_variables

_ARN = "arn:aws:lambda:us-east-1:123456789012:function:benchmark"
_ROUNDS, _QUICK_ROUNDS = 21, 5
_INIT_SECONDS = 30.0
_MILLISECOND = 1e-3
_FLASK = """
from flask import Flask
app = Flask("app")

@app.get("/hello")
def hello():
    return "Hello World in eu-west\\n"
"""
_DJANGO_EXAMPLE = Path(__file__).parents[1] / "examples" / "django_app"
NO_ADAPTER = "no adapter"
_NO_ADAPTER_FUNCTION = "from app import app\ndef handler(event, context):\n    return {'statusCode': 200, 'body': ''}\n"


@dataclass(frozen=True, slots=True)
class Project:
    """An application as `app.py` has it, what it requires, and the page that is asked first."""

    name: str
    requires: tuple[str, ...]
    path: str
    write: Callable[[Path], None]


def _write_flask(folder: Path) -> None:
    (folder / "app.py").write_text(_FLASK, encoding="utf-8")


def _write_django(folder: Path) -> None:
    for name in ("notes", "project"):
        shutil.copytree(_DJANGO_EXAMPLE / name, folder / name, ignore=shutil.ignore_patterns("__pycache__"))
    (folder / "app.py").write_text("from project.wsgi import application as app\n", encoding="utf-8")


# The login page needs neither a user nor a table.
PROJECTS = (
    Project("Flask", ("flask",), "/hello", _write_flask),
    # The example has lambwsgi among its apps.
    Project("Django", ("django", "whitenoise", "lambwsgi"), "/admin/login/", _write_django),
)


@dataclass(frozen=True, slots=True)
class Function:
    """Something to be started. `forgets` is whether what Python writes beside its modules is removed each time."""

    version: FunctionVersion
    path: str
    forgets: bool = False


def measure(*, quick: bool = False) -> Result:
    """All contenders in turn, and a function that imports the application and calls nothing."""
    records: list[Record] = []
    for project in PROJECTS:
        with tempfile.TemporaryDirectory(prefix="lambwsgi-cold-start-") as folder:
            records += _measure(project, Path(folder), _QUICK_ROUNDS if quick else _ROUNDS)
    tables = [_table(project, [each for each in records if each["app"] == project.name]) for project in PROJECTS]
    return Result("cold_start", records, tables)


def _measure(project: Project, folder: Path, rounds: int) -> list[Record]:
    functions = {**_linked(project, folder), **_packaged(project, folder)}
    runtime_dir = folder / "runtime"
    runtime_dir.mkdir()
    runtime_packages.lay_out(runtime_dir)
    for function in functions.values():
        # Once untimed, so that all bytecode is written and all files are in the system's cache.
        _start(function, runtime_dir)
    times: dict[str, list[tuple[float, float]]] = {name: [] for name in functions}
    order, shuffle = list(functions), random.Random(len(functions)).shuffle
    for _ in range(rounds):
        shuffle(order)
        for name in order:
            times[name].append(_start(functions[name], runtime_dir))
    return [{"app": project.name, **_record(name, pairs)} for name, pairs in times.items()]


def _linked(project: Project, folder: Path) -> dict[str, Function]:
    """Folders as artifacts would be, and with them the functions."""
    functions = {NO_ADAPTER: _make_function(project, folder / "none", _NO_ADAPTER_FUNCTION, ())}
    for contender in CONTENDERS:
        if contender.is_installed():
            root = folder / contender.name
            functions[contender.name] = _make_function(project, root, contender.function, contender.requires)
    return functions


def _make_function(project: Project, root: Path, source: str, requires: tuple[str, ...]) -> Function:
    root.mkdir()
    link_distributions([*project.requires, *requires], root)
    project.write(root)
    (root / "function.py").write_text(source, encoding="utf-8")
    (root / "zappa_settings.py").write_text(ZAPPA_SETTINGS, encoding="utf-8")
    version = FunctionVersion(
        name=f"benchmark-{root.name}", version="1", arn=_ARN, handler="function.handler", task_root=root
    )
    return Function(version, project.path)


def _packaged(project: Project, folder: Path) -> dict[str, Function]:
    """Artifacts that `lambwsgi package` built, unpacked."""
    source = folder / "source"
    source.mkdir()
    project.write(source)
    names = [name for name in project.requires if name != "lambwsgi"]
    (source / "requirements.txt").write_text("\n".join(names) + "\n", encoding="utf-8")
    functions = {}
    for name, bytecode in (("lambwsgi, packaged", True), ("lambwsgi, packaged without bytecode", False)):
        settings = StageSettings(
            project="benchmark", stage="dev", app="app:app", bytecode=bytecode, layer=False, smoke_path=project.path
        )
        artifact = build(settings, source, folder / f"{bytecode}.zip", target=host_target())
        root = folder / f"packaged-{bytecode}"
        with zipfile.ZipFile(artifact.path) as archive:
            archive.extractall(root)
        version = FunctionVersion(
            name="benchmark-packaged",
            version="1",
            arn=_ARN,
            handler=HANDLER,
            task_root=root,
            environment=function_variables(settings),
        )
        functions[name] = Function(version, project.path, forgets=not bytecode)
    return functions


def _start(function: Function, runtime_dir: Path) -> tuple[float, float]:
    """Seconds from the start of the process to its asking for an event, and from the event to the answer."""
    if function.forgets:
        for cache in list(function.version.task_root.rglob("__pycache__")):
            shutil.rmtree(cache)
    event = json.loads(make_case("http_api", next(shapes())).payload)
    # Nobody is known yet: a session would have to be looked up in a database, which is not there.
    del event["cookies"]
    event["rawPath"] = event["requestContext"]["http"]["path"] = function.path
    environment = Environment(function.version, runtime_dir, lambda line: None)
    try:
        init_ms = environment.wait_until_ready(_INIT_SECONDS)
        invocation = Invocation(json.dumps(event).encode(), deadline_ms=int(time.time() * 1000) + 30_000, arn=_ARN)
        start = time.perf_counter()
        answer = environment.invoke(invocation)
        seconds = time.perf_counter() - start
    finally:
        environment.close()
    if json.loads(answer)["statusCode"] != 200:
        raise RuntimeError(f"{function.version.name} answers {answer[:200]!r}")
    return init_ms * _MILLISECOND, seconds


def _record(name: str, pairs: list[tuple[float, float]]) -> Record:
    phases = {
        "init_ms": [init for init, _ in pairs],
        "first_request_ms": [first for _, first in pairs],
        "together_ms": [init + first for init, first in pairs],
    }
    return {"contender": name, **{phase: spread(times, unit=_MILLISECOND) for phase, times in phases.items()}}


def _table(project: Project, records: list[Record]) -> Table:
    floor = records[0]["together_ms"]["median"]
    rows = [
        [
            record["contender"],
            *(_cell(record[phase]) for phase in ("init_ms", "first_request_ms", "together_ms")),
            f"{record['together_ms']['median'] - floor:.1f}",
            f"{record['together_ms']['median'] / floor:.3f}",
        ]
        for record in sorted(records, key=lambda record: float(record["together_ms"]["median"]))
    ]
    title = f"Cold start of {project.name} under awslambdaric, ms: median (minimum)"
    columns = ["contender", "INIT", "first request", "together", "added", "of no adapter's"]
    return Table(title, columns, rows)


def _cell(figure: Record) -> str:
    return f"{figure['median']:.1f} ({figure['minimum']:.1f})"
