"""`python -m suites.matrix [DISTRIBUTION…]`: real distributions, packed for each Python and processor that Lambda has.

A cell is made as `lambwsgi package` makes it, from the choice of wheels to the look into compiled files; nothing is
started, since most cells do not run on one machine. It shows the size unzipped in MB, or why it could not be made.
Needs a package index. Ends with exit code 1 when a cell fails.
"""

from __future__ import annotations

import itertools
import sys
import tempfile
from pathlib import Path

from lambwsgi.package.builders.assembly import StageBuild, assemble, say_nothing
from lambwsgi.package.cache import Cache
from lambwsgi.package.errors import PackageError
from lambwsgi.package.platform.target import target_of
from lambwsgi.settings.model import RUNTIMES, Architecture, StageSettings

DISTRIBUTIONS = (
    *("flask", "django", "psycopg[binary]", "pillow", "numpy", "pandas", "cryptography", "lxml", "orjson", "wagtail"),
)
_CELLS = tuple(itertools.product(RUNTIMES, Architecture))


def main() -> int:
    """Print the table, then why cells failed; the exit code."""
    names = sys.argv[1:] or DISTRIBUTIONS
    failures = []
    print(f"{'':<18}", *(f"{runtime.removeprefix('python')} {processor:<7}" for runtime, processor in _CELLS))
    for name in names:
        cells = [_try(name, runtime, processor) for runtime, processor in _CELLS]
        print(f"{name:<18}", *(f"{cell if isinstance(cell, str) else 'fails':<12}" for cell in cells), flush=True)
        failures += [cell for cell in cells if isinstance(cell, PackageError)]
    for failure in failures:
        print(f"\n{failure}")
    return 1 if failures else 0


def _try(name: str, runtime: str, processor: Architecture) -> str | PackageError:
    """The size in MB, or what went wrong."""
    settings = StageSettings(
        project="matrix",
        stage="dev",
        app="app:app",
        runtime=runtime,
        architecture=processor,
        bytecode=False,
        layer=False,
    )
    with tempfile.TemporaryDirectory(prefix="lambwsgi-matrix-") as folder:
        directory, cache, scratch = (Path(folder, part) for part in ("project", "cache", "scratch"))
        directory.mkdir()
        scratch.mkdir()
        (directory / "requirements.txt").write_text(f"{name}\n", "utf-8")
        project = StageBuild(settings, directory, directory / "out.zip", target_of(settings))
        try:
            parts = assemble(project, Cache(cache), scratch, say_nothing)
        except PackageError as error:
            return error
        return f"{parts.unzipped_bytes / 1e6:.1f}"


if __name__ == "__main__":
    sys.exit(main())
