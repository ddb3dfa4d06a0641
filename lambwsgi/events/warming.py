"""What a warm-up does: touch the application if asked to, wake others of its kind, wait for them, and tell.

An environment serves one event at a time, so n of them are warm only after n events that overlapped: each holds for a
while, and the first of them sends the other n - 1 to the alias that it was itself sent to. They never send any.
Imported with the first warm-up, so that neither INIT nor a request pays for it.
"""

from __future__ import annotations

import json
import os
import sys
import time

from lambwsgi.adapter.errors import EventError
from lambwsgi.adapter.handler import ASKED_DIRECTLY
from lambwsgi.events.warm import LOG_TYPE

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from typing import Any

    Serve = Callable[[Any, Any], dict[str, Any]]
    Result = dict[str, Any]

# So many milliseconds an environment is held: lambda-warmer's figure, enough for requests that set out together.
HOLD_MS = 75
# What one warm-up may ask for.
HOLD_MS_MOST = 5000
ENVIRONMENTS_MOST = 100
# In /proc/PID/stat, after the name in brackets: when the process started, in ticks since the machine did.
_START_FIELD = 19

_own_id = ""


def warm_up(event: Mapping[str, Any], context: Any, *, is_first: bool, ready: float, serve: Serve) -> Result:
    """Do what the event wishes; one that is not ours wishes only that the environment is alive.

    Gives the `environment`, whether it was `cold`, then also its `init_ms`, the `milliseconds` that this took beside
    the hold, and the `status` where a path was asked; where others were sent, `environments` has one of these for each,
    and `errors` what became of those that did not answer so. `ready` is when INIT ended, by the monotonic clock.
    Raises EventError for a wish that makes no sense.
    """
    wish = event.get("lambwsgi")
    wish = wish if isinstance(wish, dict) else {}
    started = time.perf_counter()
    count = _number(wish, "concurrency", 1, most=ENVIRONMENTS_MOST)
    hold_ms = _number(wish, "hold_ms", HOLD_MS, most=HOLD_MS_MOST)
    own: Result = {"warm": True, "environment": _environment_id(context), "cold": is_first}
    if is_first:
        own["init_ms"] = _init_ms(ready)
    if wish.get("path"):
        own["status"] = _ask(wish, context, serve)
    own["milliseconds"] = round((time.perf_counter() - started) * 1000, 2)
    if "sent_by" in wish:
        time.sleep(hold_ms / 1000)
        return own
    others, errors = _send(wish, count - 1, context) if count > 1 else ([], [])
    _log([own, *others], errors, wish)
    return {**own, "environments": [own, *others], "errors": errors}


def _environment_id(context: Any) -> str:
    """The log stream, which each environment has for itself; where there is none, an id made up once.

    Not at INIT: SnapStart would copy it into every environment.
    """
    global _own_id  # noqa: PLW0603 - a fact of the process
    _own_id = _own_id or getattr(context, "log_stream_name", None) or os.urandom(8).hex()
    return _own_id


def _number(wish: Mapping[str, Any], name: str, default: int, *, most: int) -> int:
    value = wish.get(name, default)
    if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value <= most:
        raise EventError(f"the warm-up's {name} is {value!r}; a whole number from 0 to {most} was expected")
    return value


def _send(wish: Mapping[str, Any], count: int, context: Any) -> tuple[list[Result], list[str]]:
    """Send the same to so many others, all at once, and wait for their answers."""
    from concurrent.futures import ThreadPoolExecutor  # noqa: PLC0415 - only where there are others

    try:
        client = _lambda_client(count, _patience(context))
    except ImportError as error:
        # Lambda's Python has it; an image of one's own may not.
        return [], [f"the others were not sent: {error}; add boto3 to the project"]
    target = context.invoked_function_arn
    payload = json.dumps({"lambwsgi": {**wish, "sent_by": context.aws_request_id}}).encode()
    with ThreadPoolExecutor(count) as pool:
        answers = list(pool.map(lambda _: _answer_of(client, target, payload), range(count)))
    return [each for each in answers if isinstance(each, dict)], [each for each in answers if isinstance(each, str)]


def _lambda_client(count: int, patience_seconds: float) -> Any:
    """A client for so many invocations at once. Raises ImportError where there is no boto3."""
    import boto3  # noqa: PLC0415 - only where there are others
    from botocore.config import Config  # noqa: PLC0415 - the same

    # Sent once: a second warm-up for one that is late would only add to what makes it late.
    config = Config(
        max_pool_connections=count,
        retries={"total_max_attempts": 1},
        connect_timeout=5,
        read_timeout=patience_seconds,
    )
    return boto3.client("lambda", config=config)


def _answer_of(client: Any, target: str, payload: bytes) -> Result | str:
    """What another environment answers to a warm-up, or in words why that is none."""
    try:
        answer = client.invoke(FunctionName=target, Payload=payload)
        told: Result = json.loads(answer["Payload"].read())
    except Exception as error:  # whatever it is, the others are warm
        return f"{type(error).__name__}: {error}"
    if "FunctionError" in answer or not isinstance(told, dict) or not told.get("warm"):
        return f"it answered {json.dumps(told)[:200]}"
    return told


def _patience(context: Any) -> float:
    """Seconds to wait for the others: what is left of this invocation, but for the time to tell of it."""
    left: float = context.get_remaining_time_in_millis() / 1000
    return max(0.5, left - 1)


def _ask(wish: Mapping[str, Any], context: Any, serve: Serve) -> int:
    """The status of a real request through the application, POST where there is a payload."""
    result = serve(_request(wish, context), context)
    status: int = result["statusCode"]
    return status


def _request(wish: Mapping[str, Any], context: Any) -> dict[str, Any]:
    """The event that a Function URL would make of it, which every handler understands."""
    payload = wish.get("payload")
    path, _, query = str(wish["path"]).partition("?")
    # An address of the form that ALLOWED_HOSTS of a stage lets through.
    host = f"{getattr(context, 'function_name', 'function')}.lambda-url.{os.environ.get('AWS_REGION', 'local')}.on.aws"
    headers = {"host": host, "user-agent": "lambwsgi-warm", "accept": "*/*", "x-forwarded-proto": "https"}
    if payload is not None:
        headers["content-type"] = "application/json"
    method = "GET" if payload is None else "POST"
    http = {"method": method, "path": path, "protocol": "HTTP/1.1", "sourceIp": "127.0.0.1"}
    return {
        ASKED_DIRECTLY: {},
        "version": "2.0",
        "rawPath": path,
        "rawQueryString": query,
        "headers": headers,
        "requestContext": {"domainName": host, "stage": "$default", "http": http},
        "body": None if payload is None else json.dumps(payload),
        "isBase64Encoded": False,
    }


def _log(environments: list[Result], errors: list[str], wish: Mapping[str, Any]) -> None:
    """One line of JSON for each warm-up that came from outside; `lambwsgi status` reads the last of them."""
    line = {
        "type": LOG_TYPE,
        "schedule": wish.get("schedule"),
        "distinct": len({each["environment"] for each in environments}),
        "cold": sum(each["cold"] for each in environments),
        "asked": len(environments) + len(errors),
        "errors": errors[:3],
    }
    sys.stdout.write(json.dumps(line) + "\n")
    sys.stdout.flush()


def _init_ms(ready: float) -> float | None:
    """How long the process took from its start until it was ready; None where the system does not tell."""
    try:
        with open("/proc/self/stat", encoding="utf-8") as file:
            fields = file.read().rpartition(")")[2].split()
        started = int(fields[_START_FIELD]) / os.sysconf("SC_CLK_TCK")
        return round((ready + time.clock_gettime(time.CLOCK_BOOTTIME) - time.monotonic() - started) * 1000, 1)
    except (OSError, ValueError, IndexError, AttributeError):
        return None
