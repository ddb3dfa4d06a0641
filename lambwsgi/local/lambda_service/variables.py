"""The environment variables of a function's process."""

from __future__ import annotations

import os
import sys
from datetime import UTC, datetime
from pathlib import Path

from lambwsgi.local.lambda_service.log_entries import PIPE_VARIABLE, STDOUT
from lambwsgi.local.lambda_service.model import FunctionVersion

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


def _import_path(function: FunctionVersion) -> dict[str, str]:
    """What leads Python to the layers, which Lambda's own bootstrap does without a variable."""
    if function.opt_root is None:
        return {}
    python = function.opt_root / "python"
    places = [str(python / "lib" / PYTHON / "site-packages"), str(python), function.environment.get("PYTHONPATH")]
    return {"PYTHONPATH": ":".join(filter(None, places))}
