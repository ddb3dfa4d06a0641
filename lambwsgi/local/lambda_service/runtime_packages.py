"""The packages that Lambda's Python runtimes bring themselves, laid out as in /var/runtime.

The environment sees these, the standard library and the artifact, nothing else of this Python's site-packages: a
dependency that the artifact lacks is missing here as it would be in the cloud.
Source: Lambda developer guide, 'Lambda runtimes', runtime-included libraries.
"""

from __future__ import annotations

import importlib.metadata
import shutil
from pathlib import Path

from lambwsgi.local.errors import LocalError
from lambwsgi.local.lambda_service.launch import BOOTSTRAP, write_interpreter
from lambwsgi.local.lambda_service.variables import PYTHON

# The SDK comes and goes with this machine's installation; the runtime client has to be there.
_REQUIRED = ("awslambdaric", "simplejson", "snapshot-restore-py")
_SDK = ("boto3", "botocore", "s3transfer", "jmespath", "python-dateutil", "urllib3", "six")


def lay_out(folder: Path) -> None:
    """Link the runtime's packages into `folder`, beside its bootstrap and a stand-in for its interpreter.

    Raises `LocalError` when the runtime client is not installed.
    """
    shutil.copyfile(BOOTSTRAP, folder / BOOTSTRAP.name)
    write_interpreter(folder / PYTHON)
    for name in _REQUIRED:
        try:
            _link(importlib.metadata.distribution(name), folder)
        except importlib.metadata.PackageNotFoundError as error:
            raise LocalError(
                f"the local Lambda needs the package {name}, which the extra brings: pip install 'lambwsgi[local]'"
            ) from error
    for name in _SDK:
        try:
            _link(importlib.metadata.distribution(name), folder)
        except importlib.metadata.PackageNotFoundError:
            continue


def _link(distribution: importlib.metadata.Distribution, folder: Path) -> None:
    tops = {file.parts[0] for file in distribution.files or () if file.parts[0] not in {"..", "__pycache__"}}
    for top in sorted(tops):
        (folder / top).symlink_to(Path(str(distribution.locate_file(top))).resolve())
