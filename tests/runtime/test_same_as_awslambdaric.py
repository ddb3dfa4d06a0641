"""The same handlers under AWS's own client and under ours: the same posts, logs and exit codes.

Left out of the comparison: what names the client (User-Agent), the clock, the folder, and headers of HTTP itself.
"""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

from tests.runtime.recording_api import Event, Post, Run, run_client

TASK = """
import decimal, json, logging, os, sys
logger = logging.getLogger("shop")

class Money(Exception):
    pass

def handler(event, context):
    return globals()[event["do"]](event, context)

def echo(event, context):
    return event

def tell_context(event, context):
    client = context.client_context
    return {
        "id": context.aws_request_id, "arn": context.invoked_function_arn, "name": context.function_name,
        "version": context.function_version, "memory": context.memory_limit_in_mb, "tenant": context.tenant_id,
        "group": context.log_group_name, "stream": context.log_stream_name,
        "remaining": 0 < context.get_remaining_time_in_millis() <= 3000,
        "custom": client and client.custom, "env": client and client.env,
        "app": client and client.client and client.client.app_title,
        "identity": context.identity.cognito_identity_id, "pool": context.identity.cognito_identity_pool_id,
        "trace": os.environ.get("_X_AMZN_TRACE_ID"),
    }

def fail(event, context):
    def deeper():
        raise Money("no  change\\nleft")
    deeper()

def give_bytes(event, context):
    return b"\\x00raw"

def give_object(event, context):
    return {"a": object()}

def give_decimal(event, context):
    return {"price": decimal.Decimal("12.50"), "not a number": float("nan")}

def give_text(event, context):
    return "Grüße, 世界"

def say(event, context):
    print("printed", 1)
    sys.stderr.write("on stderr\\n")
    logger.warning("a %s", "warning")
    logger.error({"a": "dict"}, extra={"order": 7})
    logger.debug("not shown unless asked for")
    return None

def say_failure(event, context):
    try:
        1 / 0
    except ZeroDivisionError:
        logger.exception("it failed")

def leave(event, context):
    sys.exit(7)
"""

CLIENTS = ("awslambdaric", "lambwsgi.runtime")
FUNCTION = {
    "AWS_LAMBDA_FUNCTION_NAME": "shop",
    "AWS_LAMBDA_FUNCTION_VERSION": "3",
    "AWS_LAMBDA_FUNCTION_MEMORY_SIZE": "512",
    "AWS_LAMBDA_LOG_GROUP_NAME": "/aws/lambda/shop",
    "AWS_LAMBDA_LOG_STREAM_NAME": "2026/11/24/[3]abc",
    "AWS_EXECUTION_ENV": "AWS_Lambda_python3.12",
}
HTTP_HEADERS = {"host", "user-agent", "content-length", "accept", "accept-encoding", "transfer-encoding", "expect"}


def both(task: Path, *events: Event, **options: Any) -> tuple[Run, Run]:
    (task / "task.py").write_text(TASK, encoding="utf-8")
    (task / "lib").mkdir(exist_ok=True)
    (task / "lib" / "other.py").write_text("def handle(event, context):\n    return 'other'\n", encoding="utf-8")
    (task / "broken.py").write_text("def handler(:\n", encoding="utf-8")
    (task / "asks_for_missing.py").write_text("import not_there\n", encoding="utf-8")
    (task / "raises.py").write_text("raise KeyError('at import')\n", encoding="utf-8")
    environment = {**FUNCTION, **options.pop("environment", {})}
    theirs, ours = (run_client(client, task, *events, environment=environment, **options) for client in CLIENTS)
    return theirs, ours


def comparable(post: Post) -> Any:
    headers = {name: value for name, value in post.headers.items() if name not in HTTP_HEADERS}
    cause = headers.pop("lambda-runtime-function-xray-error-cause", None)
    body = without_runtime(post.json) if post.path.endswith("error") else post.body
    return post.path, headers, body, json.loads(cause) if cause else None


def without_runtime(error: Any) -> Any:
    """An error, of whose stack only what is the function's is looked at."""
    stack = [frame for frame in error["stackTrace"] if "importlib" not in frame and "awslambdaric" not in frame]
    return {**error, "stackTrace": stack}


def comparable_log(output: str) -> list[str]:
    """The lines, without times and without AWS's advice on errors at INIT, which is its own text."""
    lines = [line for line in output.splitlines() if "LAMBDA_WARNING" not in line and line]
    return [re.sub(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{3})?Z", "TIME", line) for line in lines]


EVENTS = [
    pytest.param({"do": "echo", "text": "Grüße", "number": 1.50, "none": None}, {}, id="echo"),
    pytest.param({"do": "tell_context"}, {}, id="context"),
    pytest.param(
        {"do": "tell_context"},
        {
            "Lambda-Runtime-Trace-Id": "Root=1-5bef4de7-ad49b0e87f6ef6c87fc2e700;Parent=9a9197af755a6419;Sampled=1",
            "Lambda-Runtime-Client-Context": '{"custom": {"a": 1}, "env": {"b": "2"}, "client": {"app_title": "shop"}}',
            "Lambda-Runtime-Cognito-Identity": '{"cognitoIdentityId": "us:1", "cognitoIdentityPoolId": "us:2"}',
            "Lambda-Runtime-Aws-Tenant-Id": "blue",
        },
        id="context_with_all",
    ),
    pytest.param({"do": "tell_context"}, {"Lambda-Runtime-Invocation-Id": "7"}, id="invocation_id"),
    pytest.param({"do": "tell_context"}, {"Lambda-Runtime-Client-Context": "{broken"}, id="broken_client_context"),
    pytest.param({"do": "fail"}, {}, id="exception"),
    pytest.param({"do": "give_bytes"}, {}, id="bytes"),
    pytest.param({"do": "give_object"}, {}, id="no_json"),
    pytest.param({"do": "give_decimal"}, {}, id="decimal"),
    pytest.param({"do": "give_text"}, {}, id="letters"),
    pytest.param({"do": "say"}, {}, id="log"),
    pytest.param({"do": "say_failure"}, {}, id="logged_exception"),
]


@pytest.mark.parametrize("log_format", ["Text", "JSON"])
@pytest.mark.parametrize(("event", "headers"), EVENTS)
def test_an_event_ends_in_the_same_post_and_the_same_log(
    tmp_path: Path, event: Any, headers: dict[str, str], log_format: str
) -> None:
    wanted = Event(json.dumps(event).encode(), headers)

    theirs, ours = both(tmp_path, wanted, environment={"AWS_LAMBDA_LOG_FORMAT": log_format})

    assert [comparable(post) for post in ours.posts] == [comparable(post) for post in theirs.posts]
    assert comparable_log(ours.output) == comparable_log(theirs.output)


@pytest.mark.parametrize("level", ["DEBUG", "TRACE", "ERROR", "nonsense"])
@pytest.mark.parametrize("log_format", ["Text", "JSON"])
def test_a_level_of_the_log_lets_through_the_same(tmp_path: Path, level: str, log_format: str) -> None:
    variables = {"AWS_LAMBDA_LOG_FORMAT": log_format, "AWS_LAMBDA_LOG_LEVEL": level}

    theirs, ours = both(tmp_path, Event(b'{"do": "say"}'), environment=variables)

    assert comparable_log(ours.output) == comparable_log(theirs.output)
    assert "on stderr" in ours.output


@pytest.mark.parametrize("payload", [b"{broken", b""], ids=["broken", "empty"])
def test_an_event_that_is_no_json_fails_alike(tmp_path: Path, payload: bytes) -> None:
    theirs, ours = both(tmp_path, Event(payload))

    ours_error, theirs_error = ours.posts[0].json, theirs.posts[0].json
    assert ours_error["errorType"] == theirs_error["errorType"] == "Runtime.UnmarshalError"


@pytest.mark.parametrize(
    "handler",
    [
        "nothing",
        "sys.exit",
        "no_such_module.handler",
        "broken.handler",
        "task.no_such",
        "asks_for_missing.handler",
        "raises.handler",
    ],
)
def test_a_handler_that_cannot_be_loaded_ends_init_alike(tmp_path: Path, handler: str) -> None:
    theirs, ours = both(tmp_path, handler=handler, posts=1)

    for run in (theirs, ours):
        assert run.exit_code == 1
        assert [post.path for post in run.posts] == ["/2018-06-01/runtime/init/error"]
    ours_error, theirs_error = ours.posts[0].json, theirs.posts[0].json
    assert ours_error["errorType"] == theirs_error["errorType"]
    assert ours_error.keys() == theirs_error.keys()
    name = "lambda-runtime-function-error-type"
    assert ours.posts[0].headers[name] == theirs.posts[0].headers[name]
    if handler != "nothing":
        assert ours_error["errorMessage"] == theirs_error["errorMessage"]


def test_a_handler_in_a_folder_may_be_named_with_slashes(tmp_path: Path) -> None:
    theirs, ours = both(tmp_path, Event(b"{}"), handler="lib/other.handle")

    assert ours.posts[0].body == theirs.posts[0].body == b'"other"'


def test_a_handler_that_exits_ends_the_process_with_its_code(tmp_path: Path) -> None:
    theirs, ours = both(tmp_path, Event(b'{"do": "leave"}'), posts=1)

    assert (ours.exit_code, ours.posts) == (theirs.exit_code, theirs.posts) == (7, [])


@pytest.mark.parametrize("status", [413, 500])
def test_a_refused_post_ends_the_process(tmp_path: Path, status: int) -> None:
    theirs, ours = both(tmp_path, Event(b'{"do": "echo"}'), posts=2, status=status)

    assert ours.exit_code == theirs.exit_code == 1
    assert len(ours.posts) == len(theirs.posts) == 1


HOOKS = """
from snapshot_restore_py import register_after_restore, register_before_snapshot

def say(text):
    print(text)

def break_down():
    raise OSError("broken")

register_before_snapshot(say, "before 1")
register_before_snapshot(say, "before 2")
register_after_restore(say, "after 1")
register_after_restore(say, "after 2")
{more}

def handler(event, context):
    return "served"
"""


@pytest.mark.parametrize(
    ("more", "exit_code", "path"),
    [
        ("", None, "/2018-06-01/runtime/invocation/8476a536-e9f4-11e8-9739-2dfe598c3fcd/response"),
        ("register_before_snapshot(break_down)", 64, "/2018-06-01/runtime/init/error"),
        ("register_after_restore(break_down)", 65, "/2018-06-01/runtime/restore/error"),
    ],
    ids=["all_well", "before_snapshot", "after_restore"],
)
def test_hooks_of_snapstart_run_alike(tmp_path: Path, more: str, exit_code: int | None, path: str) -> None:
    (tmp_path / "hooked.py").write_text(HOOKS.format(more=more), encoding="utf-8")
    variables = {"AWS_LAMBDA_INITIALIZATION_TYPE": "snap-start"}

    theirs, ours = both(tmp_path, Event(b"{}"), handler="hooked.handler", environment=variables, posts=1)

    for run in (theirs, ours):
        assert run.exit_code == exit_code
        assert [post.path for post in run.posts] == [path]
    assert comparable(ours.posts[0])[1:3] == comparable(theirs.posts[0])[1:3]
    ours_lines, theirs_lines = (
        [line for line in run.output.splitlines() if line.startswith(("before", "after"))] for run in (ours, theirs)
    )
    assert ours_lines == theirs_lines
