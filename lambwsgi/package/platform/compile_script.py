"""Runs in a process of its own, as a script, in the Python that Lambda will have: compiles modules to bytecode.

Takes a JSON file of [source, its path in Lambda, where to put the bytecode] and prints, as JSON, which it compiled.
One that is no Python of this version stays as it is: frameworks carry templates of modules, and examples of others.
The bytecode is not checked against its source when it is loaded: both lie in an artifact that nobody can write to.
"""

from __future__ import annotations

import json
import marshal
import sys
import warnings
from collections.abc import Sequence
from importlib.machinery import SourceFileLoader
from importlib.util import MAGIC_NUMBER, source_hash
from pathlib import Path


def compile_all(orders: Sequence[tuple[str, str, str]]) -> list[str]:
    """The paths in Lambda of those that could be compiled, one by one: their order is a part of their bytes."""
    return [path for source, path, target in orders if _compile(source, path, target)]


def _compile(source: str, path: str, target: str) -> bool:
    """Whether it could be compiled; the same bytes as py_compile writes.

    Not by py_compile: before Python 3.14 it took half a file for a whole one where the disk was full.
    """
    text = Path(source).read_bytes()
    try:
        code = SourceFileLoader("<py_compile>", source).source_to_code(text, path)
    except (SyntaxError, ValueError, RecursionError, MemoryError, OverflowError):
        return False
    # PEP 552: a hash of the source that is not checked.
    header = MAGIC_NUMBER + (1).to_bytes(4, "little") + source_hash(text)
    Path(target).write_bytes(header + marshal.dumps(code))
    return True


if __name__ == "__main__":
    # What a dependency's source is warned of is not for whoever packages it.
    warnings.simplefilter("ignore")
    try:
        print(json.dumps(compile_all(json.loads(Path(sys.argv[1]).read_bytes()))))
    except OSError as error:  # a full disk; a module without bytecode would go unnoticed
        sys.exit(f"{error.strerror} ({error.filename})")
