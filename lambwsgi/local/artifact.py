"""An artifact behind an emulated gateway: unpacked, and run by the local Lambda as it would run in the cloud."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from contextlib import ExitStack, suppress
from dataclasses import dataclass, replace
from pathlib import Path

from werkzeug.serving import make_server

from lambwsgi.local.context import FunctionIdentity
from lambwsgi.local.gateway import EmulatedGateway
from lambwsgi.local.interrupts import ignore_interrupts, interruptible
from lambwsgi.local.lambda_service.code import unpack
from lambwsgi.local.lambda_service.handler import handler_of
from lambwsgi.local.lambda_service.invoke_api import InvokeApi
from lambwsgi.local.lambda_service.model import FunctionVersion
from lambwsgi.local.lambda_service.service import LambdaService
from lambwsgi.local.mirror.base import Mirror
from lambwsgi.local.server import Place, RequestHandler, free_place
from lambwsgi.local.streaming import make_gateway


@dataclass(frozen=True, slots=True)
class LocalArtifact:
    """What to serve: a zip file, that of its layer where it has one, and the function that they are, by its task root.

    `stage` is the first segment of a REST API's URLs. `streaming`: the gateway passes on responses as they are made.
    """

    path: Path
    layer: Path | None
    function: Callable[[Path], FunctionVersion]
    mirror: Mirror
    stage: str = ""
    streaming: bool = False
    throttle_per_second: float = 0


@dataclass(frozen=True, slots=True)
class Serving:
    """Where it is served: `url` is the site's, `invoke_url` that of the Invoke API; `note` is what is not enforced."""

    function_name: str
    url: str
    invoke_url: str
    note: str | None


def serve_artifact(
    artifact: LocalArtifact, place: Place, *, report: Callable[[Serving], None], log: Callable[[str], None]
) -> None:
    """Serve until interrupted. `log` gets the function's log and the platform's lines.

    Raises `PortInUseError`.
    """
    with interruptible(), ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="lambwsgi-task-")))
        unpack(artifact.path, folder / "task")
        function = artifact.function(folder / "task")
        if artifact.layer is not None:
            unpack(artifact.layer, folder / "opt")
            function = replace(function, opt_root=folder / "opt")
        service = stack.enter_context(LambdaService(lambda _, line: log(line)))
        api = InvokeApi(service, lambda name, _: function if name in {function.name, function.arn} else None)
        stack.callback(api.close)
        place = free_place(place)
        gateway = _gateway(artifact, function, service)
        server = make_server(place.host, place.port, gateway, threaded=True, request_handler=RequestHandler)
        stack.callback(server.server_close)
        report(Serving(function.name, place.url_of(artifact.stage), api.url, service.note))
        with suppress(KeyboardInterrupt):
            server.serve_forever()
        ignore_interrupts()


def _gateway(artifact: LocalArtifact, function: FunctionVersion, service: LambdaService) -> EmulatedGateway:
    return make_gateway(
        handler_of(service, lambda: function),
        artifact.mirror,
        streaming=artifact.streaming,
        function=FunctionIdentity(
            name=function.name, memory_mb=function.memory_mb, timeout_seconds=function.timeout_seconds
        ),
        stage=artifact.stage,
        impatient=True,
        throttle_per_second=artifact.throttle_per_second,
    )
