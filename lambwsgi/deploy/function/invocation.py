"""The function, invoked: with an event, or asked for a page as its gateway would ask it."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from functools import partial
from typing import Any

from lambwsgi.adapter.handler import ASKED_DIRECTLY
from lambwsgi.adapter.message import HttpResponse
from lambwsgi.deploy import names
from lambwsgi.deploy.aws.calls import Aws
from lambwsgi.deploy.aws.records import Invocation
from lambwsgi.deploy.errors import AwsError, InvocationError
from lambwsgi.local.mirror.base import Arrival, WireRequest
from lambwsgi.local.mirror.result import phrase
from lambwsgi.local.mirror.table import pick
from lambwsgi.settings.model import StageSettings

# Lambda's answers when it has no environment for the event, or when its API is asked too often.
_THROTTLED = frozenset({"TooManyRequestsException", "ThrottlingException"})
_THROTTLED_PAUSES = (0.5, 1.0, 2.0)
# A name that nobody has, RFC 2606; for who asks without an address at hand.
NO_HOST = "lambwsgi.invalid"


def invoke_function(aws: Aws, settings: StageSettings, payload: str, *, qualifier: str = names.ALIAS) -> Invocation:
    """What a version, by default the one that serves, makes of an event, given as JSON text.

    Raises InvocationError when it fails.
    """
    name = settings.function_name
    return _succeeded(name, _when_there_is_room(lambda: aws.invoke(name, qualifier, payload.encode())))


def invoke_streamed(
    aws: Aws, settings: StageSettings, payload: str, receive: Callable[[bytes], None], *, qualifier: str = names.ALIAS
) -> Invocation:
    """The same, with the pieces of what it answers handed on as they come."""
    name = settings.function_name
    invoke = partial(aws.invoke_streamed, name, qualifier, payload.encode(), receive)
    return _succeeded(name, _when_there_is_room(invoke))


def _succeeded(function: str, invocation: Invocation) -> Invocation:
    if invocation.error is not None:
        raise InvocationError(f"{function} failed: {_function_error(invocation.payload)}", log_tail=invocation.log_tail)
    return invocation


def _when_there_is_room(invoke: Callable[[], Invocation]) -> Invocation:
    """The invocation, tried anew for a few seconds while Lambda refuses to begin it: so it never runs twice."""
    for seconds in _THROTTLED_PAUSES:
        try:
            return invoke()
        except AwsError as error:
            if error.code not in _THROTTLED:
                raise
        time.sleep(seconds)
    return invoke()


def get_page(
    aws: Aws, settings: StageSettings, path: str, *, qualifier: str = names.ALIAS, host: str = NO_HOST
) -> tuple[HttpResponse, Invocation]:
    """The response to `GET path`, asked of the function itself with the event that the stage's gateway would make."""
    mirror = pick(settings.emulation)
    arrival = Arrival.now(stage=settings.url_stage, region=aws.region)
    event = json.dumps({**mirror.write_event(_request(path, host), arrival), ASKED_DIRECTLY: {}})
    invocation = invoke_function(aws, settings, event, qualifier=qualifier)
    return mirror.read_result(json.loads(invocation.payload)), invocation


def response_status(response: HttpResponse) -> str:
    """`200 OK`: the status line of a response; the gateway leaves the phrase to the reader."""
    return f"{response.status} {phrase(response.status)}".rstrip()


def read_answer(payload: str) -> Any:
    """The answer of an invocation as JSON has it; None where it is none."""
    try:
        return json.loads(payload)
    except ValueError:
        return None


def _function_error(payload: str) -> str:
    """Type and message of the exception, as Lambda's runtime client tells them."""
    told = read_answer(payload)
    if not isinstance(told, dict):
        return payload[:300]
    return ": ".join(str(told[key]) for key in ("errorType", "errorMessage") if told.get(key))


def _request(target: str, host: str) -> WireRequest:
    return WireRequest(
        method="GET",
        raw_target=target,
        headers=[("host", host), ("user-agent", "lambwsgi"), ("accept", "*/*")],
        body=b"",
        scheme="https",
        server_port="443",
        remote_addr="127.0.0.1",
    )
