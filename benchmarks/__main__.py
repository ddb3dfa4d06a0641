"""`python -m benchmarks [PART] [--output FILE] [--markdown FILE]`: measure one part or all, and print the tables."""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Callable
from pathlib import Path

from benchmarks import cold_start, import_time, memory, packaging, per_request, runtime, watching
from benchmarks.report import Result, as_text, surroundings, write_json, write_markdown

PARTS: dict[str, Callable[..., Result]] = {
    "import_time": import_time.measure,
    "per_request": per_request.measure,
    "memory": memory.measure,
    "cold_start": cold_start.measure,
    "runtime": runtime.measure,
    "packaging": packaging.measure,
    "watching": watching.measure,
}


def main() -> None:
    arguments = _parse()
    quick = arguments.part == "quick"
    names = list(PARTS) if arguments.part in {"all", "quick"} else [arguments.part]
    before, results = surroundings(), []
    for name in names:
        start = time.perf_counter()
        result = PARTS[name](quick=quick)
        results.append(result)
        print(*(as_text(table) for table in result.tables), sep="\n")
        print(f"{name}: {time.perf_counter() - start:.0f} s", file=sys.stderr)
    if arguments.output:
        write_json(arguments.output, before, results)
    if arguments.markdown:
        write_markdown(arguments.markdown, results)


def _parse() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description="Measure lambwsgi beside its peers.")
    parser.add_argument("part", nargs="?", default="all", choices=["all", "quick", *PARTS])
    parser.add_argument("--output", type=Path, help="write all figures to this file, as JSON")
    parser.add_argument("--markdown", type=Path, help="write the tables to this file")
    return parser.parse_args()


if __name__ == "__main__":
    main()
