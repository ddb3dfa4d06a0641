"""Cold start under AWS's runtime client: INIT and the first request of fresh processes, for a hello-world in Flask.

Each contender has a folder as an artifact would be, of links to its packages and what they require. The processes see
that folder, the runtime's packages and the standard library, and talk to a Runtime API on this machine.
"""

from __future__ import annotations

import random
import tempfile
import time
from pathlib import Path

from benchmarks.contenders import CONTENDERS, ZAPPA_SETTINGS
from benchmarks.events import make_case, shapes
from benchmarks.links import link_distributions
from benchmarks.report import Record, Result, Table, spread
from lambwsgi.local.lambda_service import runtime_packages
from lambwsgi.local.lambda_service.environment import Environment
from lambwsgi.local.lambda_service.model import FunctionVersion, Invocation

_ARN = "arn:aws:lambda:us-east-1:123456789012:function:benchmark"
_ROUNDS, _QUICK_ROUNDS = 21, 5
_INIT_SECONDS = 30.0
_MILLISECOND = 1e-3
_APP = """
from flask import Flask
app = Flask("app")

@app.get("/hello")
def hello():
    return "Hello World in eu-west\\n"
"""
NO_ADAPTER = "no adapter"
_NO_ADAPTER_FUNCTION = "from app import app\ndef handler(event, context):\n    return {'statusCode': 200, 'body': ''}\n"


def measure(*, quick: bool = False) -> Result:
    """All contenders in turn, and a function that imports the application and calls nothing."""
    with tempfile.TemporaryDirectory(prefix="lambwsgi-cold-start-") as folder:
        functions = _lay_out(Path(folder))
        runtime_dir = Path(folder) / "runtime"
        runtime_dir.mkdir()
        runtime_packages.lay_out(runtime_dir)
        for function in functions.values():
            # Once untimed, so that all bytecode is written and all files are in the system's cache.
            _start(function, runtime_dir)
        times: dict[str, list[tuple[float, float]]] = {name: [] for name in functions}
        order, shuffle = list(functions), random.Random(len(functions)).shuffle
        for _ in range(_QUICK_ROUNDS if quick else _ROUNDS):
            shuffle(order)
            for name in order:
                times[name].append(_start(functions[name], runtime_dir))
    records = [_record(name, pairs) for name, pairs in times.items()]
    return Result("cold_start", records, [_table(records)])


def _lay_out(folder: Path) -> dict[str, FunctionVersion]:
    """The artifacts, and with them the functions."""
    functions = {NO_ADAPTER: _make_function(folder / "none", _NO_ADAPTER_FUNCTION, ["flask"])}
    for contender in CONTENDERS:
        if contender.is_installed():
            root = folder / contender.name
            functions[contender.name] = _make_function(root, contender.function, ["flask", *contender.requires])
    return functions


def _make_function(root: Path, source: str, distributions: list[str]) -> FunctionVersion:
    root.mkdir()
    link_distributions(distributions, root)
    (root / "function.py").write_text(source, encoding="utf-8")
    (root / "app.py").write_text(_APP, encoding="utf-8")
    (root / "zappa_settings.py").write_text(ZAPPA_SETTINGS, encoding="utf-8")
    return FunctionVersion(
        name=f"benchmark-{root.name}", version="1", arn=_ARN, handler="function.handler", task_root=root
    )


def _start(function: FunctionVersion, runtime_dir: Path) -> tuple[float, float]:
    """Seconds from the start of the process to its asking for an event, and from the event to the answer."""
    payload = make_case("http_api", next(shapes())).payload
    environment = Environment(function, runtime_dir, lambda line: None)
    try:
        init_ms = environment.wait_until_ready(_INIT_SECONDS)
        invocation = Invocation(payload, deadline_ms=int(time.time() * 1000) + 30_000, arn=_ARN)
        start = time.perf_counter()
        answer = environment.invoke(invocation)
        seconds = time.perf_counter() - start
    finally:
        environment.close()
    if b'"statusCode": 200' not in answer and b'"statusCode":200' not in answer:
        raise RuntimeError(f"{function.name} answers {answer[:200]!r}")
    return init_ms * _MILLISECOND, seconds


def _record(name: str, pairs: list[tuple[float, float]]) -> Record:
    phases = {
        "init_ms": [init for init, _ in pairs],
        "first_request_ms": [first for _, first in pairs],
        "together_ms": [init + first for init, first in pairs],
    }
    return {"contender": name, **{phase: spread(times, unit=_MILLISECOND) for phase, times in phases.items()}}


def _table(records: list[Record]) -> Table:
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
    title = "Cold start of a hello-world in Flask under awslambdaric, ms: median (minimum)"
    columns = ["contender", "INIT", "first request", "together", "added", "of no adapter's"]
    return Table(title, columns, rows)


def _cell(figure: Record) -> str:
    return f"{figure['median']:.1f} ({figure['minimum']:.1f})"
