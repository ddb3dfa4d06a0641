"""A function that does what its event says, and a local Lambda to run it in."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from lambwsgi.local.lambda_service.model import FunctionVersion, Invocation
from lambwsgi.local.lambda_service.service import LambdaService

CODE = """\
import os, subprocess, sys, time

calls = 0

def handler(event, context):
    global calls
    calls += 1
    do = event.get("do")
    if do == "print":
        print("one")
        print("two", end="")
    if do == "raise":
        raise ValueError("not like this")
    if do == "exit":
        os._exit(3)
    if do == "sleep":
        time.sleep(event["seconds"])
    if do == "large":
        return "x" * event["size"]
    if do == "import":
        return __import__(event["name"]).__name__
    if do == "variables":
        return dict(os.environ)
    if do == "spawn":
        return subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"]).pid
    return {
        "event": event,
        "calls": calls,
        "pid": os.getpid(),
        "name": context.function_name,
        "memory": context.memory_limit_in_mb,
        "arn": context.invoked_function_arn,
        "remaining_ms": context.get_remaining_time_in_millis(),
        "cwd": os.getcwd(),
    }
"""


@pytest.fixture
def function(tmp_path: Path) -> FunctionVersion:
    """Version 7 of a function; its code lies in a folder of the test."""
    root = tmp_path / "task"
    root.mkdir()
    (root / "app.py").write_text(CODE, "utf-8")
    return FunctionVersion(
        name="shop-dev",
        version="7",
        arn="arn:aws:lambda:us-east-1:123456789012:function:shop-dev:live",
        handler="app.handler",
        task_root=root,
        environment={"SECRET": "1"},
        timeout_seconds=20,
        memory_mb=256,
    )


@pytest.fixture
def lines() -> list[str]:
    """The log."""
    return []


@pytest.fixture
def service(lines: list[str]) -> Iterator[LambdaService]:
    """A local Lambda that lets two invocations run at once."""
    with LambdaService(lambda _function, line: lines.append(line), concurrency=2) as running:
        yield running


@pytest.fixture
def invoke(service: LambdaService) -> Callable[..., Any]:
    """Invokes a version with an event; gives the decoded result."""

    def call(function: FunctionVersion, **event: Any) -> Any:
        deadline_ms = int((time.time() + function.timeout_seconds) * 1000)
        invocation = Invocation(json.dumps(event).encode(), deadline_ms, function.arn, request_id="1111-2222")
        return json.loads(service.invoke(function, invocation))

    return call
