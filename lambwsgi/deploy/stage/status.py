"""How a deployed stage stands: its stack, the version that serves, its address, and its drift."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from lambwsgi.deploy import names
from lambwsgi.deploy.aws.place import Place
from lambwsgi.deploy.aws.records import FunctionVersion
from lambwsgi.deploy.errors import DeployError
from lambwsgi.deploy.rollout.shift import Share, share_of
from lambwsgi.deploy.rollout.switch import serving_version
from lambwsgi.deploy.stack.drift import Drift
from lambwsgi.deploy.stack.drift_detection import Look, Report
from lambwsgi.deploy.stack.flow import Standing, deployed_stack, standing
from lambwsgi.settings.model import StageSettings


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


def read_status(place: Place, settings: StageSettings) -> Status:
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


def stage_drift(place: Place, settings: StageSettings, look: Look, report: Report) -> tuple[Drift, ...]:
    """Where the stage is other than its stack says; nowhere while CloudFormation is at work."""
    stack = deployed_stack(place.aws, settings)
    return () if standing(stack) is Standing.BUSY else look(place.aws, stack, report)


def public_url(place: Place, settings: StageSettings) -> str:
    """Where the application answers."""
    found = read_status(place, settings).url
    if found is None:
        raise DeployError(f"stage {settings.stage!r} has no address yet; `lambwsgi status {settings.stage}` says why")
    return found
