"""The environment variables of a function's process."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path, PurePosixPath

from lambwsgi.local.lambda_service.log_entries import PIPE_VARIABLE, STDOUT
from lambwsgi.local.lambda_service.model import FunctionVersion

# Where Lambda unpacks the code.
TASK_ROOT = PurePosixPath("/var/task")
PYTHON = f"python{sys.version_info.major}.{sys.version_info.minor}"


def environment_variables(function: FunctionVersion, runtime_dir: Path, runtime_api: str) -> dict[str, str]:
    """The variables that Lambda sets, then the function's own; nothing of this machine's.

    Source: Lambda developer guide, 'Using Lambda environment variables'.
    """
    today = datetime.now(UTC)
    return {
        "AWS_DEFAULT_REGION": function.region,
        "AWS_EXECUTION_ENV": f"AWS_Lambda_{PYTHON}",
        "AWS_LAMBDA_FUNCTION_MEMORY_SIZE": str(function.memory_mb),
        "AWS_LAMBDA_FUNCTION_NAME": function.name,
        "AWS_LAMBDA_FUNCTION_VERSION": function.version,
        "AWS_LAMBDA_INITIALIZATION_TYPE": "snap-start" if function.snap_start else "on-demand",
        "AWS_LAMBDA_LOG_GROUP_NAME": f"/aws/lambda/{function.name}",
        "AWS_LAMBDA_LOG_STREAM_NAME": f"{today:%Y/%m/%d}/[{function.version}]{os.urandom(16).hex()}",
        "AWS_LAMBDA_RUNTIME_API": runtime_api,
        "AWS_REGION": function.region,
        "LAMBDA_RUNTIME_DIR": str(runtime_dir),
        "LAMBDA_TASK_ROOT": str(function.task_root),
        "LANG": "en_US.UTF-8",
        "PATH": "/usr/local/bin:/usr/bin:/bin",
        "TZ": ":UTC",
        "_HANDLER": function.handler,
        PIPE_VARIABLE: STDOUT,
        **function.environment,
        **_import_path(function),
    }


def relocated(name: str, root: Path) -> str:
    """The name of a file in Lambda's code folder where the code lies at `root`; another file's as it is."""
    path = PurePosixPath(name)
    return str(root / path.relative_to(TASK_ROOT)) if path.is_relative_to(TASK_ROOT) else name


def code_folders(environment: Mapping[str, str], root: Path) -> list[str]:
    """What of the code, which lies at `root`, a function has on its own PYTHONPATH."""
    return [
        relocated(name, root) for name in _python_path(environment) if PurePosixPath(name).is_relative_to(TASK_ROOT)
    ]


def _python_path(environment: Mapping[str, str]) -> list[str]:
    return list(filter(None, environment.get("PYTHONPATH", "").split(":")))


def _import_path(function: FunctionVersion) -> dict[str, str]:
    """What leads Python to the layers, which Lambda's own bootstrap does without a variable, and to the function's."""
    python = function.opt_root and function.opt_root / "python"
    layers = [] if python is None else [str(python / "lib" / PYTHON / "site-packages"), str(python)]
    places = [*layers, *(relocated(name, function.task_root) for name in _python_path(function.environment))]
    return {"PYTHONPATH": ":".join(places)} if places else {}
