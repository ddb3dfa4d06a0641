"""Bytecode for the artifact: Lambda's code folder cannot be written to, so what does not come with it is never kept.

Bytes that depend on nothing but the input: names are sorted and dealt out in parts of a fixed size, each compiled in
one process from the first to the last, since what a process has compiled before shows in its bytes.
"""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path, PurePosixPath

from lambwsgi.package.errors import PackageError
from lambwsgi.package.platform.interpreter import Interpreter

# Where Lambda unpacks the code.
TASK_ROOT = "/var/task"
_COMPILER = Path(__file__).with_name("compile_script.py")
_PART = 100
_TIMEOUT_SECONDS = 300


def bytecode_name(name: str, version: str) -> str:
    """Where the import system of this version looks for the bytecode of a module, PEP 3147."""
    path = PurePosixPath(name)
    return str(path.parent / "__pycache__" / f"{path.stem}.cpython-{version.replace('.', '')}.pyc")


def compile_files(
    files: Mapping[str, Path], interpreter: Interpreter, folder: Path, *, root: str = TASK_ROOT
) -> dict[str, Path]:
    """Bytecode of the modules among the files, below `folder`, by its names in the artifact; each with its source's.

    `root` is where Lambda unpacks them: with the name of where it lies, the import system takes bytecode as it is. A
    module that this Python cannot read has none. Raises PackageError where the Python fails as a whole.
    """
    modules = sorted(name for name in files if name.endswith(".py"))
    targets = {name: folder / str(number) for number, name in enumerate(modules)}
    folder.mkdir()
    orders = [(str(files[name].resolve()), f"{root}/{name}", str(targets[name])) for name in modules]
    parts = [orders[start : start + _PART] for start in range(0, len(orders), _PART)]
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        compiled = pool.map(lambda number: _compile(number, parts[number], interpreter, folder), range(len(parts)))
        made = {name.removeprefix(f"{root}/") for names in compiled for name in names}
    return {bytecode_name(name, interpreter.version): targets[name] for name in modules if name in made}


def _compile(number: int, orders: Sequence[tuple[str, str, str]], interpreter: Interpreter, folder: Path) -> list[str]:
    order = folder / f"order-{number}.json"
    order.write_text(json.dumps(orders), "utf-8")
    # The order of a set's elements, and with it the bytes, follow from the seed; and from nothing that is set here.
    others = {name: value for name, value in os.environ.items() if not name.startswith("PYTHON")}
    environment = {**others, "PYTHONHASHSEED": "0"}
    # UTF-8 whatever the locale: its codec would be imported, and what has been imported shows in the bytes.
    command = [str(interpreter.program), "-s", "-S", "-B", "-X", "utf8", str(_COMPILER), str(order)]
    try:
        done = subprocess.run(
            command, env=environment, capture_output=True, text=True, timeout=_TIMEOUT_SECONDS, check=True
        )
    except (OSError, subprocess.SubprocessError) as error:
        told = getattr(error, "stderr", "") or str(error)
        raise PackageError(
            f"{interpreter.program} could not compile the modules: {told.strip()[-300:]};"
            " `bytecode: false` in the settings file builds without"
        ) from error
    names: list[str] = json.loads(done.stdout)
    return names
