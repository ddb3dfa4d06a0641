"""`python -m soak`: the local Lambda under load, for longer than a test may take."""

from __future__ import annotations

import argparse
import sys
import time

from soak.crowd import crowd
from soak.growth import grow

# What malloc keeps and what the interpreter caches comes and goes; a leak of 100 bytes an invocation is 10 MB.
MEMORY_TOLERANCE_MB = 8.0


def main() -> int:
    """Exit code 0 when nothing grew and nothing was mixed up."""
    parser = argparse.ArgumentParser(prog="python -m soak", description=__doc__)
    parser.add_argument("--invocations", type=int, default=100_000)
    parser.add_argument("--clients", type=int, default=32)
    parser.add_argument("--seconds", type=float, default=120.0)
    options = parser.parse_args()
    fine = [_grow(options.invocations), _crowd(options.clients, options.seconds)]
    return 0 if all(fine) else 1


def _grow(invocations: int) -> bool:
    started = time.monotonic()
    before, after = grow(invocations)
    seconds = time.monotonic() - started
    print(f"{invocations} invocations in {seconds:.0f} s: {before} before, {after} after")
    return (
        after.memory_mb - before.memory_mb < MEMORY_TOLERANCE_MB
        and after.descriptors <= before.descriptors
        and after.threads <= before.threads
    )


def _crowd(clients: int, seconds: float) -> bool:
    tally = crowd(clients, seconds)
    print(f"{clients} clients for {seconds:.0f} s: {tally.answers} answers, {len(tally.wrong)} wrong")
    for wrong in tally.wrong[:10]:
        print(f"  {wrong}")
    return tally.answers > 0 and not tally.wrong


if __name__ == "__main__":
    sys.exit(main())
