"""Locks of several tools, each written out as a list of requirements with hashes, without the project itself."""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Callable, Mapping
from typing import Any

from lambwsgi.package.dependencies.requirements import SDK, Form, Requirements
from lambwsgi.package.dependencies.uv import UvFailedError, repeated, run_uv
from lambwsgi.package.dependencies.uv_lock import locked_names
from lambwsgi.package.errors import PackageError, ResolveError

# The tool is not part of what it packages: its travelling half is copied, never installed.
OURSELVES = "lambwsgi"
_NAMES_SDK = re.compile(r"\bboto(?:3|core)\b")
# Poetry writes out its own lock, since how it is to be read has changed; it need not be installed.
_POETRY = ("--from", "poetry>=2,<3", "--with", "poetry-plugin-export>=1.9", "poetry")


def export_lock(requirements: Requirements) -> str:
    """The lock as a list for any platform, with the extras and groups that are asked for and no others."""
    return _EXPORTS[requirements.form](requirements)


def names_sdk(requirements: Requirements) -> bool:
    """Whether the AWS SDK is asked for."""
    if requirements.form is Form.UV:
        # It has what the tools of the developers need too, such as lambwsgi's command.
        return not locked_names(requirements).isdisjoint(SDK)
    return _NAMES_SDK.search(requirements.path.read_text("utf-8")) is not None


def is_lock(requirements: Requirements) -> bool:
    """Whether the file is a lock: complete, so that nothing is to be resolved."""
    return requirements.form in _EXPORTS


def _export_uv(requirements: Requirements) -> str:
    chosen = [*repeated("--extra", requirements.extras), *repeated("--group", requirements.groups)]
    plain = ["--frozen", "--no-default-groups", "--no-emit-project", "--no-editable"]
    pruned = repeated("--prune", (OURSELVES, *requirements.excluded))
    return run_uv(["export", *plain, *pruned, *chosen], requirements.path.parent)


def _export_poetry(requirements: Requirements) -> str:
    groups = ",".join(["main", *requirements.groups])
    chosen = ["--only", groups, *repeated("--extras", requirements.extras)]
    command = ["tool", "run", "--python", sys.executable, *_POETRY, "export", "--format", "requirements.txt", *chosen]
    try:
        return run_uv(command, requirements.path.parent)
    except UvFailedError as error:
        raise ResolveError(
            f"poetry, which writes out {requirements}, failed: {error.words.strip().splitlines()[-1:]}; fix that, or"
            " write it out yourself with 'poetry export -o requirements.txt' and name that under 'requirements'"
        ) from error


def _export_pipenv(requirements: Requirements) -> str:
    """Source: Pipenv documentation, 'Pipfile.lock'; a group is what Pipenv calls a category."""
    lock = json.loads(requirements.path.read_bytes())
    for group in requirements.groups:
        if group not in lock:
            known = ", ".join(name for name in lock if name not in {"_meta", "default"}) or "none"
            raise PackageError(f"groups: {requirements} has no category {group!r}; name one of those it has: {known}")
    parts = [lock.get(group, {}) for group in ("default", *requirements.groups)]
    lines = [_pipenv_line(name, locked) for part in parts for name, locked in part.items()]
    return "".join(f"{line}\n" for line in dict.fromkeys(lines))


def _pipenv_line(name: str, locked: Mapping[str, Any]) -> str:
    extras = f"[{','.join(locked['extras'])}]" if locked.get("extras") else ""
    markers = f" ; {locked['markers']}" if locked.get("markers") else ""
    hashes = "".join(f" --hash={digest}" for digest in locked.get("hashes", ()))
    for key, prefix in (("path", ""), ("file", ""), ("git", "git+")):
        if key in locked:
            revision = f"@{locked['ref']}" if "ref" in locked else ""
            where = f"{prefix}{locked[key]}{revision}"
            return where if key == "path" else f"{name}{extras} @ {where}{markers}"
    return f"{name}{extras}{locked['version']}{markers}{hashes}"


_EXPORTS: Mapping[Form, Callable[[Requirements], str]] = {
    Form.UV: _export_uv,
    Form.POETRY: _export_poetry,
    Form.PIPENV: _export_pipenv,
}
