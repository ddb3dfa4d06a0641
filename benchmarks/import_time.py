"""How long a fresh interpreter takes to import the handler, lambwsgi and the peers in turn. Run by `make benchmark`."""

from __future__ import annotations

import statistics
import subprocess
import sys

CONTENDERS = {
    "lambwsgi": "from lambwsgi import make_handler",
    "apig-wsgi": "from apig_wsgi import make_lambda_handler",
    "serverless-wsgi": "from serverless_wsgi import handle_request",
}
BASES = {"on top of nothing": "", "on top of Flask": "import flask"}
ROUNDS = 41
PROBE = "import time; {base}; start = time.perf_counter(); {load}; print(time.perf_counter() - start)"


def measure(base: str, load: str) -> float:
    """Milliseconds of one import in a process of its own."""
    code = PROBE.format(base=base or "pass", load=load)
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    return float(done.stdout) * 1000


def main() -> None:
    for name, base in BASES.items():
        times: dict[str, list[float]] = {contender: [] for contender in CONTENDERS}
        for _ in range(ROUNDS):
            for contender, load in CONTENDERS.items():
                times[contender].append(measure(base, load))
        medians = {contender: statistics.median(values) for contender, values in times.items()}
        print(f"import {name}, median of {ROUNDS}")
        for contender, median in sorted(medians.items(), key=lambda item: item[1]):
            print(f"  {contender:16} {median:7.2f} ms  {median / medians['lambwsgi']:5.2f} of lambwsgi")


main()
