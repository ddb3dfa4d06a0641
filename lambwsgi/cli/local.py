"""`lambwsgi local`: serve the application through an emulated gateway."""

from __future__ import annotations

import os
import sys
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import click

from lambwsgi.cli import output
from lambwsgi.cli.options import settings_option, stage_argument
from lambwsgi.cli.project import variables_here

if TYPE_CHECKING:
    from lambwsgi.local.artifact import LocalArtifact, Serving
    from lambwsgi.local.mirror.base import Mirror
    from lambwsgi.local.server import Place
    from lambwsgi.settings.model import StageSettings

# Spelled out, so that asking for help does not import the emulation; a test compares.
GATEWAYS = (
    *("function_url", "http_api", "http_api_v1", "rest_api", "alb", "alb_multi_value"),
    *("lattice_v1", "lattice_v2", "edge_viewer", "edge_origin"),
)


@click.command()
@stage_argument
@settings_option
@click.option("--gateway", type=click.Choice(GATEWAYS), help="The gateway to emulate; default: that of the stage.")
@click.option("--host", default="127.0.0.1", show_default=True, help="The address to listen on.")
@click.option("--port", default=8000, show_default=True, type=click.IntRange(0, 65_535), help="0: any that is free.")
@click.option("--reload/--no-reload", default=True, show_default=True, help="Restart after each change of the code.")
@click.option("--app", help="The application as module:attribute; default: that of the settings, or the one detected.")
@click.option(
    "--timeouts/--no-timeouts",
    default=True,
    show_default=True,
    help="Stop waiting when the gateway or Lambda would; never while a debugger is attached.",
)
@click.option(
    "--throttle",
    "throttle_per_second",
    default=0.0,
    type=click.FloatRange(min=0),
    metavar="RATE",
    help="How many requests a second the gateway lets through; default: all.",
)
@click.option(
    "--artifact",
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    metavar="FILE.zip",
    help="Serve what `lambwsgi package` built, run as in Lambda, instead of the code in the folder.",
)
@click.option("--inspect/--no-inspect", default=True, show_default=True, help="Show the invocations in a browser.")
@click.option(
    "--inspect-port",
    type=click.IntRange(0, 65_535),
    help="The inspector's port on 127.0.0.1; default: the one after --port, or any that is free.",
)
def local(
    *,
    stage: str | None,
    settings_path: Path,
    gateway: str | None,
    host: str,
    port: int,
    reload: bool,
    app: str | None,
    timeouts: bool,
    throttle_per_second: float,
    artifact: Path | None,
    inspect: bool,
    inspect_port: int | None,
) -> None:
    """Serve the application through an emulated gateway.

    Each request becomes the event that AWS would make of it, each answer is read as AWS would read it.
    """
    from lambwsgi.local.context import FunctionIdentity
    from lambwsgi.local.inspector.session import Inspection
    from lambwsgi.local.mirror.table import pick
    from lambwsgi.local.server import LocalApp, Place, serve
    from lambwsgi.settings.variables import handler_options

    settings = _settings(settings_path, stage, app)
    if artifact is not None:
        _serve_artifact(artifact, settings, gateway, Place(host, port), throttle_per_second)
        return
    _enter_project(settings, settings_path.parent.resolve())
    mirror = pick(gateway or settings.emulation)
    served = LocalApp(
        target=settings.app,
        mirror=mirror,
        function=FunctionIdentity(
            name=settings.function_name, memory_mb=settings.memory_mb, timeout_seconds=settings.timeout_seconds
        ),
        # The server has an access log of its own.
        options=handler_options(settings.model_copy(update={"access_log": False})),
        stage=_stage_in_path(settings, mirror),
        patient=not timeouts,
        throttle_per_second=throttle_per_second,
    )
    inspection = Inspection(report=_say_inspector, port=inspect_port, architecture=settings.architecture.value)
    serve(
        served,
        Place(host, port),
        reload=reload,
        report=lambda url: _say(settings.app, mirror.name, url),
        inspection=inspection if inspect else None,
    )


def _enter_project(settings: StageSettings, directory: Path) -> None:
    """Let the application see what it sees in Lambda: the stage's variables, and its own folder first on the path."""
    from lambwsgi.local.lambda_service.variables import code_folders

    os.environ.update(variables_here(settings))
    sys.path[:0] = [str(directory), *code_folders(settings.environment, directory)]
    os.chdir(directory)


def _stage_in_path(settings: StageSettings, mirror: Mirror) -> str:
    """The first segment of a REST API's URLs; other gateways have none."""
    return settings.stage if mirror.name == "rest_api" else ""


def _serve_artifact(
    path: Path, settings: StageSettings, gateway: str | None, place: Place, throttle_per_second: float
) -> None:
    from lambwsgi.deploy.artifacts.upload import read_artifact
    from lambwsgi.local.artifact import LocalArtifact, serve_artifact
    from lambwsgi.local.mirror.table import pick
    from lambwsgi.package.platform.target import host_target
    from lambwsgi.package.proof.sample import function_of

    artifact = read_artifact(path)
    mirror = pick(gateway or settings.gateway.value)
    served = LocalArtifact(
        path=artifact.path,
        layer=None if artifact.layer is None else artifact.layer.path,
        function=partial(function_of, settings),
        mirror=mirror,
        stage=_stage_in_path(settings, mirror),
        streaming=settings.streaming,
        throttle_per_second=throttle_per_second,
    )
    if settings.python_version != host_target().python_version:
        output.progress(
            f"warning: run by Python {host_target().python_version} here, while the stage is for {settings.runtime};"
            " what is compiled, bytecode too, is of no use then"
        )
    serve_artifact(served, place, report=lambda serving: _say_artifact(serving, served), log=output.progress)


def _say_artifact(serving: Serving, served: LocalArtifact) -> None:
    output.result(serving.url)
    output.progress(f"{served.path} behind an emulated {served.mirror.name}; Ctrl-C stops it.")
    output.progress(f"An SDK reaches the function {serving.function_name} at {serving.invoke_url} as endpoint URL.")
    if serving.note:
        output.progress(serving.note)


def _settings(path: Path, stage: str | None, app: str | None) -> StageSettings:
    """The stage of the settings file, or without a file a stage for the application that is detected."""
    from lambwsgi.settings.detection import detect
    from lambwsgi.settings.model import StageSettings
    from lambwsgi.settings.project import LOCAL, load_project

    if path.exists():
        settings = load_project(path).pick(stage or LOCAL)
        return settings.model_copy(update={"app": app}) if app else settings
    detected = detect(path.parent, app=app)
    return StageSettings(
        project=detected.project, stage=stage or LOCAL, app=detected.app, environment=detected.environment
    )


def _say(app: str, gateway: str, url: str) -> None:
    output.result(url)
    output.progress(f"{app} behind an emulated {gateway}; Ctrl-C stops it.")
    output.progress(
        "Unlike in the cloud, the application runs in this process: this Python, this machine's packages,"
        " several requests at once."
    )


def _say_inspector(url: str) -> None:
    output.progress(f"What goes through it can be seen at {url}")
