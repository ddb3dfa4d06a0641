"""The proof: the artifact, unpacked, starts in a clean process and answers one request of each gateway."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from importlib.metadata import packages_distributions
from pathlib import Path

from lambwsgi.adapter.errors import AppImportError
from lambwsgi.local.lambda_service.model import INIT_TIMEOUT_SECONDS
from lambwsgi.local.mirror.table import pick
from lambwsgi.package.dependencies.requirements import Form, Requirements
from lambwsgi.package.dependencies.resolver import install
from lambwsgi.package.errors import ResolveError, SmokeError
from lambwsgi.package.platform.interpreter import Interpreter, find_interpreter
from lambwsgi.package.platform.target import Target, host_target
from lambwsgi.package.proof.probe import Findings, run_probe, unpack
from lambwsgi.settings.model import StageSettings

_ADDING = {Form.UV: "with `uv add`", Form.POETRY: "with `poetry add`", Form.PIPENV: "with `pipenv install`"}


@dataclass(frozen=True, slots=True)
class Installed:
    """What was installed: from which file, under which names in the archive, in which versions by distribution.

    `layer` is the folder of what does not lie in the archive but in a layer, as Lambda unpacks it.
    """

    requirements: Requirements | None
    names: frozenset[str]
    pins: Mapping[str, str]
    layer: Path | None = None


@dataclass(frozen=True, slots=True)
class Trial:
    """What is to be proven: an archive, or files by their names in the artifact."""

    content: Path | Mapping[str, Path]
    settings: StageSettings
    directory: Path
    target: Target
    installed: Installed


def smoke(trial: Trial, report: Callable[[str], None]) -> float | None:
    """Start the application in the artifact and ask it; the seconds that its import took, None if not proven.

    Raises SmokeError when it cannot be imported.

    Where the target's Python or processor is not at hand, another Python does it with the same versions of the
    dependencies, made for this machine; what was done is reported. An answer of 500 is reported, not raised: a database
    may be out of reach here. Only the stage's own gateway decides; how others fare is told beside it.
    """
    interpreter = find_interpreter(trial.target.python_version)
    exact = interpreter.matches(trial.target)
    with tempfile.TemporaryDirectory(prefix="lambwsgi-smoke-") as scratch:
        root, stand_ins = Path(scratch, "task"), Path(scratch, "stand-ins")
        unpack(trial.content, root, leave_out=frozenset() if exact else trial.installed.names)
        try:
            if not exact:
                _install_stand_ins(trial.installed, interpreter, stand_ins)
        except ResolveError as error:
            report(_not_proven(trial, interpreter, error))
            return None
        beside = trial.installed.layer if exact else stand_ins
        paths = [root] if beside is None else [root, beside]
        found = run_probe(trial.settings, interpreter, paths, Path(scratch))
    _judge(trial, found, _Witness(interpreter, trial.target), report)
    return found.import_seconds


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


def _install_stand_ins(installed: Installed, interpreter: Interpreter, folder: Path) -> None:
    """The same versions of the dependencies, made for this machine."""
    if installed.requirements is not None:
        install(installed.requirements, host_target(interpreter.version), folder, pins=installed.pins)


def _judge(trial: Trial, found: Findings, by: _Witness, report: Callable[[str], None]) -> None:
    if found.failed == "import":
        raise SmokeError(
            f"{trial.settings.app} cannot be imported from the artifact, with {by}: {found.error}{found.frames}\n"
            f"{_advice(trial, found)}{by.doubt}"
        )
    asked = f"GET {trial.settings.smoke_path}"
    if found.failed:
        report(f"warning: proven with {by}, but {asked} raised {found.error}{found.frames}")
        return
    status = pick(trial.settings.emulation).read_result(found.result).status
    logged = f"; it logged: {found.logged.splitlines()[-1]}" if status >= 400 and found.logged else ""
    warning = "warning: " if status >= 500 else ""
    report(f"{warning}proven with {by}: {asked} answered {status}{_elsewhere(found, status)}{logged}")
    if found.import_seconds > INIT_TIMEOUT_SECONDS:
        report(
            f"warning: the import took {found.import_seconds:.1f} s; Lambda begins it anew after"
            f" {INIT_TIMEOUT_SECONDS:.0f} s"
        )


def _elsewhere(found: Findings, status: int) -> str:
    """How the other gateways fared, in a few words; nothing where they were not asked to the end."""
    if not found.elsewhere:
        return ""
    answers = {
        gateway: each.get("error") or str(pick(gateway).read_result(each["result"]).status)
        for gateway, each in found.elsewhere.items()
    }
    others = [f"{answer} through {gateway}" for gateway, answer in answers.items() if answer != str(status)]
    return f", but {', '.join(others)}" if others else " through every gateway"


def _advice(trial: Trial, found: Findings) -> str:
    if found.error.startswith(AppImportError.__name__):
        return "'app' in the settings names the application, as module:attribute."
    if found.missing is None:
        return "There, as in Lambda, only the stage's 'environment' is set, and only /tmp can be written to."
    if "tests" in found.missing.split("."):
        return "Folders of tests are left out of packages; `slim: none` in the settings keeps them."
    top = found.missing.partition(".")[0]
    if any((trial.directory / name).exists() for name in (top, f"{top}.py")):
        return f"The project has {top!r}, but .gitignore or 'exclude' keeps it out; name it under 'include'."
    vendored = [path for path in trial.directory.glob(f"*/{top}*") if path.name in {top, f"{top}.py"}]
    if vendored:
        folder = vendored[0].parent.name
        return (
            f"The project has {top!r} in {folder}/; `environment: {{PYTHONPATH: /var/task/{folder}}}` finds it there."
        )
    return _how_to_add(top, trial.installed.requirements)


def _how_to_add(module: str, requirements: Requirements | None) -> str:
    """How to ask for what is missing, with the name that it has on this machine, if it is here."""
    here = packages_distributions().get(module)
    named = f"; on this machine that is {here[0]}" if here else ""
    wanted = f"the distribution that has {module!r}"
    if requirements is None:
        return f"Write a requirements.txt that names {wanted}{named}."
    return f"Add {wanted} {_ADDING.get(requirements.form, f'to {requirements}')}{named}."
