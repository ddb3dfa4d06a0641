"""How an environment's process is started: by Lambda's bootstrap, or by the function's own wrapper around it.

Source: Lambda developer guide, 'Modifying the runtime environment', wrapper scripts.
"""

from __future__ import annotations

import shlex
import sys
from pathlib import Path

from lambwsgi.adapter.stream import WRAPPER_VARIABLE
from lambwsgi.local.lambda_service.model import FunctionVersion
from lambwsgi.local.lambda_service.variables import PYTHON, environment_variables, relocated
from lambwsgi.local.process import CHILD, Program

BOOTSTRAP = Path(__file__).with_name("bootstrap.py")

# A wrapper is given this in place of /var/lang/bin/python3.X. Options of the interpreter stand before the script.
_INTERPRETER = """\
#!/bin/sh
options=
while :; do
  case $1 in
    -m) break ;;
    -X | -W) options="$options $1 $2"; shift 2 ;;
    -?*) options="$options $1"; shift ;;
    *) break ;;
  esac
done
exec {python} -S $options {child} "$LAMBDA_TASK_ROOT" "$LAMBDA_RUNTIME_DIR" "$@"
"""


def write_interpreter(path: Path, *, python: str = sys.executable, child: str = str(CHILD)) -> None:
    """Write the program that runs a script with this machine's interpreter and Lambda's import path."""
    path.write_text(_INTERPRETER.format(python=shlex.quote(python), child=shlex.quote(child)), "utf-8")
    path.chmod(0o755)


def program(function: FunctionVersion, runtime_dir: Path, runtime_api: str) -> Program:
    """The process of an environment that has no sandbox around it."""
    bootstrap = str(runtime_dir / "bootstrap.py")
    argv = [sys.executable, "-S", str(CHILD), str(function.task_root), str(runtime_dir), bootstrap]
    if wrapper := function.environment.get(WRAPPER_VARIABLE):
        argv = wrapped(relocated(wrapper, function.task_root), str(runtime_dir / PYTHON), bootstrap)
    return Program(argv, function.task_root, environment_variables(function, runtime_dir, runtime_api))


def wrapped(wrapper: str, python: str, bootstrap: str) -> list[str]:
    """The shell that becomes the wrapper; it ends with 127 where there is none, with 126 where it may not be run."""
    return ["/bin/sh", "-c", 'exec "$0" "$@"', wrapper, python, bootstrap]
