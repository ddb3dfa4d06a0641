"""The functions that are invoked: one that AWS's runtime client runs, one that streams by a runtime of its own."""

from __future__ import annotations

from pathlib import Path

from lambwsgi.adapter.stream import WRAPPER_VARIABLE
from lambwsgi.local.lambda_service.model import FunctionVersion
from tests.local.lambda_service.wrappers import ship_runtime

_ARN = "arn:aws:lambda:us-east-1:123456789012:function"
_ECHO = """\
import os

def handler(event, context):
    if event.get("print"):
        print("seen", event["token"])
    if event.get("do") == "raise":
        raise ValueError(event["token"])
    if event.get("do") == "exit":
        os._exit(1)
    return {"token": event["token"], "filling": event.get("filling", ""), "request": context.aws_request_id}
"""


def make_functions(folder: Path) -> dict[str, FunctionVersion]:
    """`echo` answers with the token of its event, fails with it, or dies; `stream` answers in pieces."""
    (folder / "app.py").write_text(_ECHO, "utf-8")
    ship_runtime(folder)
    return {
        "echo": FunctionVersion("echo", "1", f"{_ARN}:echo", "app.handler", folder, memory_mb=256),
        "stream": FunctionVersion(
            "stream",
            "1",
            f"{_ARN}:stream",
            "none",
            folder,
            {WRAPPER_VARIABLE: "/var/task/runtime/bootstrap"},
            memory_mb=256,
        ),
    }
