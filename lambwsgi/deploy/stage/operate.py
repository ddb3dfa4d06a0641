"""What one asks of a stage that is deployed: how it stands, an invocation, a command."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from lambwsgi.adapter.message import HttpResponse
from lambwsgi.deploy import names
from lambwsgi.deploy.aws.records import FunctionVersion, Invocation
from lambwsgi.deploy.errors import DeployError
from lambwsgi.deploy.function.commands import CommandResult, refuse_command, run_in_function
from lambwsgi.deploy.function.invoking import NO_HOST, get_page, invoke_function
from lambwsgi.deploy.rollout.shift import Share, share_of
from lambwsgi.deploy.rollout.switch import serving_version
from lambwsgi.deploy.stack.drift import Drift
from lambwsgi.deploy.stack.drift_detection import Look, Report
from lambwsgi.deploy.stack.flow import Standing, deployed_stack, standing
from lambwsgi.settings.model import StageSettings

if TYPE_CHECKING:
    from lambwsgi.deploy.aws.calls import Aws
    from lambwsgi.deploy.aws.place import Place


@dataclass(frozen=True, slots=True)
class Status:
    """How a stage stands. `live` is None before a first deployment is through, and while the stage is deleted.

    `share` is who gets a part of the requests beside it, while a deployment shifts them or was cut off at that.
    """

    stack_name: str
    region: str
    stack_status: str
    reason: str
    updated: datetime | None
    url: str | None
    live: FunctionVersion | None
    rolled_back: bool
    share: Share | None = None


def status(place: Place, settings: StageSettings) -> Status:
    """How the stage stands. Raises NotDeployedError when it is not deployed."""
    stack = deployed_stack(place.aws, settings)
    # Outputs stay while a stack is being deleted, when the function may be gone.
    serves = names.SERVING_OUTPUT in stack.outputs and not stack.status.startswith("DELETE")
    live = serving_version(place.aws, settings, stack) if serves else None
    return Status(
        stack_name=stack.name,
        region=place.aws.region,
        stack_status=stack.status,
        reason=stack.status_reason,
        updated=stack.updated,
        url=place.url or stack.outputs.get("Url"),
        live=live,
        rolled_back=bool(stack.parameters.get(names.VERSION_PARAMETER)),
        share=share_of(stack) if serves else None,
    )


def drift(place: Place, settings: StageSettings, look: Look, report: Report) -> tuple[Drift, ...]:
    """Where the stage is other than its stack says; nowhere while CloudFormation is at work."""
    stack = deployed_stack(place.aws, settings)
    return () if standing(stack) is Standing.BUSY else look(place.aws, stack, report)


def public_url(place: Place, settings: StageSettings) -> str:
    """Where the application answers."""
    found = status(place, settings).url
    if found is None:
        raise DeployError(f"stage {settings.stage!r} has no address yet; `lambwsgi status {settings.stage}` says why")
    return found


def invoke(aws: Aws, settings: StageSettings, payload: str) -> Invocation:
    """What the function makes of an event, given as JSON text. Raises InvocationError when it fails."""
    deployed_stack(aws, settings)
    return invoke_function(aws, settings, payload)


def get(place: Place, settings: StageSettings, path: str) -> tuple[HttpResponse, Invocation]:
    """The response to `GET path`, asked of the function itself with the event that the stage's gateway would make."""
    stack = deployed_stack(place.aws, settings)
    # By the name that visitors use: Django answers 400 to any other.
    address = place.url or stack.outputs.get("Url") or f"//{NO_HOST}"
    return get_page(place.aws, settings, path, host=urlsplit(address).netloc)


def run_command(
    aws: Aws, settings: StageSettings, kind: str, arguments: Sequence[str], show: Callable[[str], None] | None = None
) -> CommandResult:
    """What a command of this kind, `manage`, `flask` or `run`, gives, run inside the function that serves.

    `show` gets the output, as it is written where the stage streams.
    """
    refuse_command(settings, kind, arguments)
    deployed_stack(aws, settings)
    return run_in_function(aws, settings, kind, arguments, show=show)
