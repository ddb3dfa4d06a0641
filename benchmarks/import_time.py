"""How long a fresh interpreter takes to import the handler, lambwsgi and the peers in turn."""

from __future__ import annotations

import random
import subprocess
import sys

from benchmarks.contenders import installed
from benchmarks.report import Record, Result, Table, spread

BASES = {"nothing": "", "Flask": "import flask"}
_ROUNDS, _QUICK_ROUNDS = 15, 5
_PROBE = "import time; {base}; start = time.perf_counter(); {load}; print(time.perf_counter() - start)"


def measure(*, quick: bool = False) -> Result:
    """On top of nothing, and on top of a framework that has imported much already."""
    records: list[Record] = []
    for base, statement in BASES.items():
        times: dict[str, list[float]] = {contender.name: [] for contender in installed()}
        order, shuffle = list(installed()), random.Random(len(times)).shuffle
        for _ in range(_QUICK_ROUNDS if quick else _ROUNDS):
            shuffle(order)
            for contender in order:
                times[contender.name].append(_import_seconds(statement, contender.load))
        records += [{"base": base, "contender": name, **spread(each, unit=1e-3)} for name, each in times.items()]
    return Result("import_time", records, [_table(records)])


def _import_seconds(base: str, load: str) -> float:
    """One import in a process of its own. Isolated, so that all are found in the same place."""
    code = _PROBE.format(base=base or "pass", load=load)
    done = subprocess.run([sys.executable, "-I", "-c", code], capture_output=True, text=True, check=True)
    return float(done.stdout)


def _table(records: list[Record]) -> Table:
    subject = {record["base"]: record["median"] for record in records if record["contender"] == "lambwsgi"}
    rows = [
        [
            record["base"],
            record["contender"],
            f"{record['median']:.2f}",
            f"{record['minimum']:.2f}",
            f"{record['median'] / subject[record['base']]:.2f}",
        ]
        for record in sorted(records, key=lambda record: (record["base"] != "nothing", record["median"]))
    ]
    title = "Import in a fresh process, ms"
    return Table(title, ["on top of", "contender", "median", "minimum", "of lambwsgi's"], rows, labels=2)
