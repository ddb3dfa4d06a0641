"""What goes into a container image, whoever makes it: the parts, proven; the base below them; how it is started."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from lambwsgi.adapter.stream import WRAPPER_VARIABLE
from lambwsgi.package.builders.assembly import Report, StageBuild, assemble
from lambwsgi.package.builders.parts import Parts, installed_of
from lambwsgi.package.cache import Cache
from lambwsgi.package.platform.target import target_of
from lambwsgi.package.proof.smoke import Trial, smoke
from lambwsgi.settings.model import StageSettings
from lambwsgi.settings.variables import HANDLER, function_variables

# Source: Lambda developer guide, 'Deploy Python Lambda functions with container images'.
_BASE = "public.ecr.aws/lambda/python"


@dataclass(frozen=True, slots=True)
class Prepared:
    """What goes into an image, proven; and how long its import took, None where it was not proven."""

    parts: Parts
    import_seconds: float | None


def prepare(
    settings: StageSettings, directory: Path, output: Path, place: tuple[Cache, Path], report: Report
) -> Prepared:
    """What goes into the image of the stage, all of it beside the code, made in a cache and a scratch folder."""
    whole = settings.model_copy(update={"layer": False})
    build = StageBuild(whole, directory, output.resolve(), target_of(settings))
    parts = assemble(build, *place, report)
    trial = Trial(parts.code, whole, directory, build.target, installed_of(parts))
    return Prepared(parts, smoke(trial, report))


def base_name(settings: StageSettings) -> str:
    """The image that the stage's is made from, as the settings name it; else AWS's own for the runtime."""
    return settings.base_image or f"{_BASE}:{settings.python_version}"


def start_of(settings: StageSettings) -> Mapping[str, Sequence[str]]:
    """What starts the image: `Cmd`, and before it `Entrypoint` where that is not the base's.

    Where it streams, the wrapper that brings our runtime client to a zip archive has no say.
    """
    streams = WRAPPER_VARIABLE in function_variables(settings)
    ours = {"Entrypoint": ["python", "-m", "lambwsgi.runtime"]} if streams else {}
    return {**ours, "Cmd": [HANDLER]}
