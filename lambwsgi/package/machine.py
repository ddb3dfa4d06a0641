"""What a stage needs of this machine, and whether it is here: one finding for each thing that is checked."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from lambwsgi.package.dependencies.uv import UvFailedError, run_uv
from lambwsgi.package.images import docker
from lambwsgi.package.platform.interpreter import THIS, find_interpreter
from lambwsgi.settings.model import StageSettings


class Verdict(StrEnum):
    """The outcome of a check."""

    GOOD = "ok"
    NOTE = "note"
    WRONG = "wrong"


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was checked, the verdict on it, and what to do where that is not good."""

    subject: str
    verdict: Verdict
    told: str


def examine_machine(settings: StageSettings | None) -> Iterator[Finding]:
    """The findings that need no AWS; the stage's own among them where there is a stage."""
    yield Finding("python", Verdict.GOOD, f"{THIS.version} runs lambwsgi {version('lambwsgi')}")
    for look in _LOOKS:
        yield look()
    if settings is not None:
        yield _stages_python(settings)


def _uv() -> Finding:
    try:
        return Finding("uv", Verdict.GOOD, run_uv(["--version"], Path.cwd()).strip())
    except (UvFailedError, OSError) as error:
        told = f"does not run, and nothing can be packed without it: {error}; pip install --force-reinstall uv"
        return Finding("uv", Verdict.WRONG, told)


def _docker() -> Finding:
    if docker.is_here():
        return Finding("docker", Verdict.GOOD, "answers, for `lambwsgi package --image`")
    return Finding("docker", Verdict.NOTE, "does not answer; only `lambwsgi package --image` asks it")


def _embedded_aws() -> Finding:
    try:
        return Finding("embedded AWS", Verdict.GOOD, f"ministack {version('ministack')}, for `lambwsgi deploy local`")
    except PackageNotFoundError:
        told = "is not installed; `lambwsgi deploy local` needs it: pip install 'lambwsgi[local]'"
        return Finding("embedded AWS", Verdict.NOTE, told)


def _stages_python(settings: StageSettings) -> Finding:
    wanted = settings.python_version
    if not settings.bytecode:
        return Finding("bytecode", Verdict.GOOD, "none is asked for")
    if find_interpreter(wanted).version == wanted:
        return Finding("bytecode", Verdict.GOOD, f"is compiled by the Python {wanted} of this machine")
    told = f"none, so each cold start compiles what it imports: put python{wanted} on PATH"
    return Finding("bytecode", Verdict.NOTE, told)


_LOOKS: tuple[Callable[[], Finding], ...] = (_uv, _docker, _embedded_aws)
