"""Runs in a process of its own, as a script, in the Python that Lambda will have: compiles modules to bytecode.

Takes a JSON file of [source, its path in Lambda, where to put the bytecode] and prints, as JSON, which it compiled.
One that is no Python of this version stays as it is: frameworks carry templates of modules, and examples of others.
The bytecode is not checked against its source when it is loaded: both lie in an artifact that nobody can write to.
"""

from __future__ import annotations

import json
import py_compile
import sys
import warnings
from collections.abc import Sequence
from pathlib import Path


def compile_all(orders: Sequence[tuple[str, str, str]]) -> list[str]:
    """The paths in Lambda of those that could be compiled, one by one: their order is a part of their bytes."""
    return [path for source, path, target in orders if _compile(source, path, target)]


def _compile(source: str, path: str, target: str) -> bool:
    try:
        py_compile.compile(
            source,
            cfile=target,
            dfile=path,
            doraise=True,
            invalidation_mode=py_compile.PycInvalidationMode.UNCHECKED_HASH,
        )
    except (py_compile.PyCompileError, ValueError, RecursionError, OSError):
        return False
    return True


if __name__ == "__main__":
    # What a dependency's source is warned of is not for whoever packages it.
    warnings.simplefilter("ignore")
    print(json.dumps(compile_all(json.loads(Path(sys.argv[1]).read_bytes()))))
