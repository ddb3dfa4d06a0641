"""A function that does what its event says, and a local Lambda to run it in."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from lambwsgi.local.lambda_service.model import FunctionVersion
from lambwsgi.local.lambda_service.service import LambdaService
from tests.local.lambda_service.invoking import invocation_of

CODE = """\
import logging, os, subprocess, sys, time, uuid

calls = 0
environment = uuid.uuid4().hex

def handler(event, context):
    global calls
    calls += 1
    do = event.get("do")
    if do == "print":
        print("one")
        print("two", end="")
    if do == "log":
        print("before", end="")
        try:
            1 / 0
        except ZeroDivisionError:
            logging.exception("what went wrong")
        print("after")
    if do == "print many":
        for number in range(1000):
            print(number, "x" * 20)
    if do == "context":
        return context.client_context.custom
    if do == "raise":
        raise ValueError("not like this")
    if do == "exit":
        os._exit(3)
    if do == "crash":
        os.kill(os.getpid(), 11)
    if do == "sleep":
        time.sleep(event["seconds"])
    if do == "large":
        return "x" * event["size"]
    if do == "import":
        return __import__(event["name"]).__name__
    if do == "variables":
        return dict(os.environ)
    if do == "use":
        return len(bytearray(os.urandom(1)) * (event["mb"] * 1024 * 1024))
    if do == "spawn":
        return subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"]).pid
    return {
        "event": event,
        "calls": calls,
        "pid": os.getpid(),
        "environment": environment,
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


@pytest.fixture(params=[True, False], ids=["in a sandbox", "without a sandbox"])
def service(lines: list[str], request: pytest.FixtureRequest) -> Iterator[LambdaService]:
    """A local Lambda that lets two invocations run at once."""
    sandboxed: bool = request.param
    with LambdaService(lambda _function, line: lines.append(line), concurrency=2, sandboxed=sandboxed) as running:
        if sandboxed and running.note:
            pytest.skip(running.note)
        yield running


@pytest.fixture
def bare(lines: list[str]) -> Iterator[LambdaService]:
    """A local Lambda without sandboxes, so that processes have the numbers that they have here."""
    with LambdaService(lambda _function, line: lines.append(line), concurrency=2, sandboxed=False) as running:
        yield running


@pytest.fixture
def invoke(service: LambdaService) -> Callable[..., Any]:
    """Invokes a version with an event; gives the decoded result."""

    def call(function: FunctionVersion, **event: Any) -> Any:
        return json.loads(service.invoke(function, invocation_of(function, **event)))

    return call


@pytest.fixture
def invoke_bare(bare: LambdaService) -> Callable[..., Any]:
    """The same without a sandbox."""

    def call(function: FunctionVersion, **event: Any) -> Any:
        return json.loads(bare.invoke(function, invocation_of(function, **event)))

    return call
