"""A new version, tried and warmed while the one before it still serves."""

from __future__ import annotations

import json
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from urllib.parse import urlsplit

from lambwsgi.deploy.aws.calls import Aws
from lambwsgi.deploy.errors import DeployError, InvocationError, SmokeError
from lambwsgi.deploy.function.invocation import get_page, invoke_function, read_answer, response_status
from lambwsgi.events.warm import warm_event
from lambwsgi.events.warming import HOLD_MS
from lambwsgi.settings.model import StageSettings


def try_version(aws: Aws, settings: StageSettings, number: int, url: str) -> None:
    """Ask the version for `smoke_path`, as if it stood at the site's URL already.

    Raises SmokeError when it fails, or answers that the server is at fault.
    """
    path = settings.smoke_path
    try:
        response, invocation = get_page(aws, settings, path, qualifier=str(number), host=urlsplit(url).netloc)
    except InvocationError as error:
        raise SmokeError(f"GET {path} ends in an error: {error}", status=None, log_tail=error.log_tail) from error
    if response.status >= 500:
        text = response.body[:200].decode("utf-8", "replace").strip()
        raise SmokeError(
            f"GET {path} answers {response_status(response)}: {text}",
            status=response.status,
            log_tail=invocation.log_tail,
        )


def warm_version(aws: Aws, settings: StageSettings, number: int, report: Callable[[str], None]) -> None:
    """Warm as many environments of the version as the settings want. One that is not reached is reported, no more.

    All are sent from here, at once, so the function needs no permission for its own versions.
    """
    count = settings.environments_to_prewarm
    hold_ms = max((schedule.hold_ms for schedule in settings.warm_schedules.values()), default=HOLD_MS)
    payload = json.dumps(warm_event(sent_by="deploy", hold_ms=hold_ms))
    aws.invocations  # noqa: B018 - several threads may use a client of boto3's, but not make one

    def send(_: int) -> str:
        try:
            told = read_answer(invoke_function(aws, settings, payload, qualifier=str(number)).payload)
            return str(told["environment"])
        except (DeployError, TypeError, KeyError) as error:
            report(f"warning: an environment of version {number} was not warmed: {error}")
            return ""

    with ThreadPoolExecutor(count) as pool:
        reached = set(pool.map(send, range(count))) - {""}
    report(f"{len(reached)} of {count} environments of version {number} are warm")
