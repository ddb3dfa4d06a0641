"""What Lambda would give the artifact: variables, and one request as each gateway passes it on."""

from __future__ import annotations

import os
from pathlib import Path

from lambwsgi.adapter.handler import ASKED_DIRECTLY
from lambwsgi.events.configure import SECRETS_VARIABLE
from lambwsgi.local.lambda_service.model import FunctionVersion
from lambwsgi.local.lambda_service.variables import environment_variables
from lambwsgi.local.mirror.base import Arrival, Event, WireRequest
from lambwsgi.local.mirror.table import MIRRORS
from lambwsgi.settings.model import GatewayKind, StageSettings
from lambwsgi.settings.variables import HANDLER, function_variables, refers_to_the_cloud

_HOSTS = {
    GatewayKind.FUNCTION_URL: "lambwsgi00.lambda-url.us-east-1.on.aws",
    GatewayKind.HTTP_API: "lambwsgi00.execute-api.us-east-1.amazonaws.com",
    GatewayKind.REST_API: "lambwsgi00.execute-api.us-east-1.amazonaws.com",
    GatewayKind.ALB: "lambwsgi00.us-east-1.elb.amazonaws.com",
}


def sample_events(settings: StageSettings) -> dict[str, Event]:
    """A request for the stage's smoke path as each gateway would pass it on, but for who asks; the stage's own first.

    The host is that of the stage's gateway in all of them: it is the one that the application knows.
    """
    host = _HOSTS[settings.gateway]
    request = WireRequest(
        method="GET",
        raw_target=settings.smoke_path,
        headers=[("host", host), ("user-agent", "lambwsgi-smoke"), ("accept", "*/*")],
        body=b"",
        scheme="https",
        server_port="443",
        remote_addr="192.0.2.1",
    )
    names = dict.fromkeys([settings.emulation, *MIRRORS])
    return {name: {**MIRRORS[name].write_event(request, Arrival.now()), ASKED_DIRECTLY: {}} for name in names}


def _known_variables(settings: StageSettings) -> dict[str, str]:
    """The function's variables. A proof reads no secrets: the variable of this machine serves, else the reference."""
    variables = function_variables(settings)
    variables.pop(SECRETS_VARIABLE, None)
    return {name: os.environ.get(name, text) if refers_to_the_cloud(text) else text for name, text in variables.items()}


def function_of(settings: StageSettings, root: Path) -> FunctionVersion:
    """The function that the stage would be, its code unpacked in `root`."""
    return FunctionVersion(
        name=settings.function_name,
        version="$LATEST",
        arn=f"arn:aws:lambda:us-east-1:123456789012:function:{settings.function_name}",
        handler=HANDLER,
        task_root=root,
        environment=_known_variables(settings),
        timeout_seconds=settings.timeout_seconds,
        memory_mb=settings.memory_mb,
        region=settings.region or "us-east-1",
    )


def lambda_variables(settings: StageSettings, root: Path) -> dict[str, str]:
    """The whole environment of a process that runs the artifact unpacked in `root`."""
    function = function_of(settings, root)
    variables = environment_variables(function, Path("/var/runtime"), "127.0.0.1:9001")
    # No credentials of this machine: an application that calls AWS while it is imported is told so at once.
    closed = {"AWS_EC2_METADATA_DISABLED": "true", "LAMBWSGI_RAISE_ERRORS": "1"}
    loader = {name: os.environ[name] for name in ("LD_LIBRARY_PATH",) if name in os.environ}
    return {**loader, **variables, "AWS_EXECUTION_ENV": f"AWS_Lambda_{settings.runtime}", **closed}
