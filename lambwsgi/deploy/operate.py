"""What one asks of a stage that is deployed: how it stands, an invocation, a management command."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from lambwsgi.adapter.message import HttpResponse
from lambwsgi.deploy import names
from lambwsgi.deploy.errors import DeployError, InvocationError
from lambwsgi.deploy.records import FunctionVersion, Invocation
from lambwsgi.deploy.release import deployed_stack
from lambwsgi.local.mirror.base import Arrival, WireRequest
from lambwsgi.local.mirror.result import phrase
from lambwsgi.local.mirror.table import pick
from lambwsgi.settings.model import GatewayKind, StageSettings

if TYPE_CHECKING:
    from lambwsgi.deploy.aws import Aws
    from lambwsgi.deploy.place import Place


@dataclass(frozen=True, slots=True)
class Status:
    """How a stage stands. `live` is None before a first deployment is through, and while the stage is deleted."""

    stack_name: str
    region: str
    stack_status: str
    reason: str
    updated: datetime | None
    url: str | None
    live: FunctionVersion | None
    rolled_back: bool


@dataclass(frozen=True, slots=True)
class CommandResult:
    """What a management command gave: its exit status and all that it wrote."""

    exit_code: int
    output: str


def status(place: Place, settings: StageSettings) -> Status:
    """How the stage stands. Raises NotDeployedError when it is not deployed."""
    stack = deployed_stack(place.aws, settings)
    # Outputs stay while a stack is being deleted, when the function may be gone.
    serves = "Version" in stack.outputs and not stack.status.startswith("DELETE")
    live = place.aws.version(settings.function_name, names.ALIAS) if serves else None
    return Status(
        stack_name=stack.name,
        region=place.aws.region,
        stack_status=stack.status,
        reason=stack.status_reason,
        updated=stack.updated,
        url=place.url or stack.outputs.get("Url"),
        live=live,
        rolled_back=bool(stack.parameters.get(names.VERSION_PARAMETER)),
    )


def public_url(place: Place, settings: StageSettings) -> str:
    """Where the application answers."""
    found = status(place, settings).url
    if found is None:
        raise DeployError(f"stage {settings.stage!r} has no address yet; `lambwsgi status {settings.stage}` says why")
    return found


def invoke(aws: Aws, settings: StageSettings, payload: str) -> Invocation:
    """What the function makes of an event, given as JSON text. Raises InvocationError when it fails."""
    deployed_stack(aws, settings)
    invocation = aws.invoke(settings.function_name, names.ALIAS, payload.encode())
    if invocation.error is not None:
        raise InvocationError(
            f"{settings.function_name} failed: {_function_error(invocation.payload)}", log_tail=invocation.log_tail
        )
    return invocation


def get(aws: Aws, settings: StageSettings, path: str) -> tuple[HttpResponse, Invocation]:
    """The response to `GET path`, asked of the function itself with the event that the stage's gateway would make."""
    mirror = pick(settings.gateway.value)
    prefix = settings.stage if settings.gateway is GatewayKind.REST_API else ""
    arrival = Arrival.now(stage=prefix, region=aws.region)
    invocation = invoke(aws, settings, json.dumps(mirror.write_event(_request(path), arrival)))
    return mirror.read_result(json.loads(invocation.payload)), invocation


def manage(aws: Aws, settings: StageSettings, arguments: Sequence[str]) -> CommandResult:
    """What a Django management command gives, run inside the function.

    Its time is limited by the stage's timeout, its output by what one invocation may answer.
    """
    if "manage" not in settings.commands:
        raise DeployError(
            f"stage {settings.stage!r} does not allow management commands:"
            " add `commands: [manage]` to the settings file and deploy"
        )
    event = {"lambwsgi": {"op": "manage", "args": list(arguments)}}
    answer = _decode(invoke(aws, settings, json.dumps(event)).payload)
    if not isinstance(answer, dict) or not isinstance(answer.get("exit_code"), int):
        raise InvocationError(
            f"{settings.function_name} did not answer as a command does: is the deployed stage older than the setting"
            f" `commands`? `lambwsgi deploy {settings.stage}` brings it up to date"
        )
    return CommandResult(answer["exit_code"], str(answer.get("output", "")))


def response_status(response: HttpResponse) -> str:
    """`200 OK`: the status line of a response; the gateway leaves the phrase to the reader."""
    return f"{response.status} {phrase(response.status)}".rstrip()


def _function_error(payload: str) -> str:
    """Type and message of the exception, as Lambda's runtime client tells them."""
    told = _decode(payload)
    if not isinstance(told, dict):
        return payload[:300]
    return ": ".join(str(told[key]) for key in ("errorType", "errorMessage") if told.get(key))


def _decode(payload: str) -> Any:
    try:
        return json.loads(payload)
    except ValueError:
        return None


def _request(target: str) -> WireRequest:
    return WireRequest(
        method="GET",
        raw_target=target,
        headers=[("host", "lambwsgi.invalid"), ("user-agent", "lambwsgi"), ("accept", "*/*")],
        body=b"",
        scheme="https",
        server_port="443",
        remote_addr="127.0.0.1",
    )
