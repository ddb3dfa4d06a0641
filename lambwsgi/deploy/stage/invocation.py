"""A deployed stage, invoked: with an event, for a page, or to run a command. Each raises NotDeployedError first."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from urllib.parse import urlsplit

from lambwsgi.adapter.message import HttpResponse
from lambwsgi.deploy.aws.calls import Aws
from lambwsgi.deploy.aws.place import Place
from lambwsgi.deploy.aws.records import Invocation
from lambwsgi.deploy.function.commands import CommandResult, refuse_command, run_in_function
from lambwsgi.deploy.function.invocation import NO_HOST, get_page, invoke_function
from lambwsgi.deploy.stack.flow import deployed_stack
from lambwsgi.settings.model import StageSettings


def invoke_stage(aws: Aws, settings: StageSettings, payload: str) -> Invocation:
    """What the function makes of an event, given as JSON text. Raises InvocationError when it fails."""
    deployed_stack(aws, settings)
    return invoke_function(aws, settings, payload)


def get_path(place: Place, settings: StageSettings, path: str) -> tuple[HttpResponse, Invocation]:
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
