"""The proof: the artifact, unpacked, starts in a clean process and answers one request of its gateway."""

from __future__ import annotations

import importlib.util
import json
import os
import subprocess
import tempfile
import zipfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from lambwsgi.adapter.errors import AppImportError
from lambwsgi.local.lambda_service.model import INIT_TIMEOUT_SECONDS
from lambwsgi.local.mirror.table import pick
from lambwsgi.package.errors import ResolveError, SmokeError
from lambwsgi.package.interpreter import Interpreter, find_interpreter
from lambwsgi.package.requirements import Requirements
from lambwsgi.package.resolve import install
from lambwsgi.package.sample import lambda_variables, sample_event
from lambwsgi.package.target import Target, host_target
from lambwsgi.settings.model import StageSettings

_PROBE = Path(__file__).with_name("probe.py")
_TIMEOUT_SECONDS = 120
_TASK_ROOT = "/var/task"  # Where Lambda unpacks the artifact.


@dataclass(frozen=True, slots=True)
class Installed:
    """What in the archive was installed: from which file, under which names, in which versions by distribution."""

    requirements: Requirements | None
    names: frozenset[str]
    pins: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Trial:
    """What is to be proven."""

    archive: Path
    settings: StageSettings
    directory: Path
    target: Target
    installed: Installed


def smoke(trial: Trial, report: Callable[[str], None]) -> None:
    """Start the application in the artifact and ask it once. Raises SmokeError when it cannot be imported.

    Where the target's Python or processor is not at hand, another Python does it with the same versions of the
    dependencies, made for this machine; what was done is reported. An answer of 500 is reported, not raised: a database
    may be out of reach here.
    """
    interpreter = find_interpreter(trial.target.python_version)
    exact = interpreter.matches(trial.target)
    with tempfile.TemporaryDirectory(prefix="lambwsgi-smoke-") as scratch:
        root, stand_ins = Path(scratch, "task"), Path(scratch, "stand-ins")
        _unpack(trial.archive, root, leave_out=frozenset() if exact else trial.installed.names)
        try:
            paths = [root] if exact else [root, *_install_stand_ins(trial.installed, interpreter, stand_ins)]
        except ResolveError as error:
            report(_not_proven(trial, interpreter, error))
            return
        found = _run(trial, interpreter, paths, Path(scratch))
    _judge(trial, found, _Witness(interpreter, trial.target), report)


@dataclass(frozen=True, slots=True)
class _Witness:
    """Who proves it, and whether that is the Python that Lambda will run."""

    interpreter: Interpreter
    target: Target

    @property
    def is_exact(self) -> bool:
        return self.interpreter.matches(self.target)

    @property
    def doubt(self) -> str:
        """What to try when the failure may be due to the stand-in; empty where it cannot be."""
        if self.interpreter.version == self.target.python_version:
            return ""
        return (
            f" If only this Python fails, put python{self.target.python_version} on PATH: it is taken when it is there."
        )

    def __str__(self) -> str:
        stands_for = "" if self.is_exact else f" of this machine, in place of {self.target}"
        return f"Python {self.interpreter.version}{stands_for}"


def _not_proven(trial: Trial, interpreter: Interpreter, error: ResolveError) -> str:
    version = trial.installed.pins.get(error.distribution or "")
    reason = str(error)
    if version:
        reason = f"{error.distribution} {version} has no wheel for Python {interpreter.version} on this machine"
    missing = interpreter.version != trial.target.python_version
    advice = f"; put python{trial.target.python_version} on PATH" if missing else ""
    return f"warning: not proven: {trial.target} is not at hand, and {reason}{advice}"


def _install_stand_ins(installed: Installed, interpreter: Interpreter, folder: Path) -> list[Path]:
    """The same versions of the dependencies, made for this machine."""
    if installed.requirements is None:
        return []
    install(installed.requirements, host_target(interpreter.version), folder, pins=installed.pins)
    return [folder]


def _unpack(archive: Path, root: Path, *, leave_out: frozenset[str]) -> None:
    """Unpack as Lambda does: nothing in there can be written to afterwards."""
    with zipfile.ZipFile(archive) as opened:
        entries = [entry for entry in opened.infolist() if entry.filename not in leave_out]
        opened.extractall(root, entries)
    for entry in entries:
        (root / entry.filename).chmod((entry.external_attr >> 16) & 0o555)
    for folder, _, _ in os.walk(root, topdown=False):
        Path(folder).chmod(0o555)


def _run(trial: Trial, interpreter: Interpreter, paths: list[Path], scratch: Path) -> _Findings:
    order, findings = scratch / "order.json", scratch / "findings.json"
    path = [*map(str, paths), *_python_path(trial.settings, paths[0])]
    content = {"path": path, "event": sample_event(trial.settings), "lent": _sdk_folder()}
    order.write_text(json.dumps(content), "utf-8")
    command = [str(interpreter.program), "-I", "-S", "-B", str(_PROBE), str(order), str(findings)]
    try:
        done = subprocess.run(
            command,
            env=lambda_variables(trial.settings, paths[0]),
            cwd=paths[0],
            capture_output=True,
            text=True,
            errors="replace",
            timeout=_TIMEOUT_SECONDS,
            check=False,
        )
    except subprocess.TimeoutExpired as error:
        raise SmokeError(
            f"{trial.settings.app} was not imported and did not answer within {_TIMEOUT_SECONDS} s; Lambda gives the"
            f" import {INIT_TIMEOUT_SECONDS:.0f} s. What it waits for has to wait for the first request"
        ) from error
    logged = done.stderr.strip()
    if not findings.exists():
        raise SmokeError(f"{trial.settings.app} ended Python with exit code {done.returncode}: {logged[-2000:]}")
    return _Findings(**json.loads(findings.read_bytes()), logged=logged)


@dataclass(frozen=True, slots=True)
class _Findings:
    """What the probe found. `failed` is `import` or `answer`; `error`, `missing` and `traceback` say more of it."""

    logged: str
    import_seconds: float = 0.0
    result: Any = None
    failed: str | None = None
    error: str = ""
    missing: str | None = None
    traceback: Sequence[str] = ()

    @property
    def frames(self) -> str:
        return "".join(f"\n  {frame}" for frame in self.traceback)


def _python_path(settings: StageSettings, root: Path) -> list[str]:
    """The stage's own PYTHONPATH, which an isolated Python passes over, for code that lies at `root`."""
    given = settings.environment.get("PYTHONPATH", "").split(":")
    return [str(root / Path(entry).relative_to(_TASK_ROOT)) for entry in given if entry.startswith(f"{_TASK_ROOT}/")]


def _sdk_folder() -> str | None:
    """Where this machine has the SDK that Lambda's Python brings."""
    spec = importlib.util.find_spec("boto3")
    return str(Path(spec.origin).parent.parent) if spec and spec.origin else None


def _judge(trial: Trial, found: _Findings, by: _Witness, report: Callable[[str], None]) -> None:
    if found.failed == "import":
        raise SmokeError(
            f"{trial.settings.app} cannot be imported from the artifact, with {by}: {found.error}{found.frames}\n"
            f"{_advice(trial, found)}{by.doubt}"
        )
    asked = f"GET {trial.settings.smoke_path}"
    if found.failed:
        report(f"warning: proven with {by}, but {asked} raised {found.error}{found.frames}")
        return
    status = pick(trial.settings.gateway).read_result(found.result).status
    logged = f"; it logged: {found.logged.splitlines()[-1]}" if status >= 400 and found.logged else ""
    warning = "warning: " if status >= 500 else ""
    report(f"{warning}proven with {by}: {asked} answered {status}{logged}")
    if found.import_seconds > INIT_TIMEOUT_SECONDS:
        report(
            f"warning: the import took {found.import_seconds:.1f} s; Lambda begins it anew after"
            f" {INIT_TIMEOUT_SECONDS:.0f} s"
        )


def _advice(trial: Trial, found: _Findings) -> str:
    if found.error.startswith(AppImportError.__name__):
        return "Name the application under 'app' in the settings, as module:attribute."
    if found.missing is None:
        return "There, as in Lambda, only the stage's 'environment' is set, and only /tmp can be written to."
    top = found.missing.partition(".")[0]
    if any((trial.directory / name).exists() for name in (top, f"{top}.py")):
        return f"The project has {top!r}, but .gitignore or 'exclude' keeps it out; name it under 'include'."
    return f"Add the distribution that has {top!r} to {trial.installed.requirements or 'requirements.txt'}."
