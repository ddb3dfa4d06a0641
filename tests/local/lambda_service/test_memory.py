"""The memory limit, and the figure in the REPORT line."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from lambwsgi.local.errors import FunctionError
from lambwsgi.local.lambda_service.memory import MemoryWatch
from lambwsgi.local.lambda_service.model import FunctionVersion

Invoke = Callable[..., Any]
pytestmark = pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="memory is read from /proc")


def test_what_needs_more_than_its_memory_is_killed(function: FunctionVersion, invoke: Invoke, lines: list[str]) -> None:
    small = replace(function, memory_mb=128)
    with pytest.raises(FunctionError) as caught:
        invoke(small, do="use", mb=200)
    after = invoke(small)

    assert caught.value.error_message == "RequestId: 1111-2222 Error: Runtime exited with error: signal: killed"
    assert caught.value.error_type == "Runtime.ExitError"
    assert after["calls"] == 1
    report = next(line for line in lines if line.startswith("REPORT"))
    assert "Max Memory Used: 128 MB" in report
    assert report.endswith("Status: error\tError Type: Runtime.ExitError")


def test_the_most_memory_that_was_used_is_told(function: FunctionVersion, invoke: Invoke, lines: list[str]) -> None:
    invoke(function)
    before = max_memory(lines[-1])
    invoke(function, do="use", mb=100)

    assert before < 60
    # What INIT needed and gave back was part of the figure before.
    assert 90 <= max_memory(lines[-1]) - before <= 110


def test_memory_of_all_processes_of_the_tree_counts_once() -> None:
    code = """
import os, sys
block = bytearray(os.urandom(1)) * (60 * 1024 * 1024)
for _ in range(2):
    if os.fork() == 0:
        break
print("up", flush=True)
sys.stdin.read()
"""
    with subprocess.Popen([sys.executable, "-c", code], stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        for _ in range(3):
            process.stdout.readline()
        watch = MemoryWatch(process.pid, limit_mb=50)
        exceeded, peak = watch.is_exceeded(), watch.peak_mb
        process.stdin.close()

    assert exceeded
    assert peak is not None
    assert 60 <= peak < 110


def test_a_process_that_is_gone_has_no_memory() -> None:
    process = subprocess.Popen([sys.executable, "-c", ""])
    process.wait()

    watch = MemoryWatch(process.pid, limit_mb=1)

    assert not watch.is_exceeded()
    assert watch.peak_mb is None


def test_a_limit_that_is_not_reached_is_not_exceeded() -> None:
    assert not MemoryWatch(os.getpid(), limit_mb=1_000_000).is_exceeded()


def max_memory(report: str) -> int:
    """The figure of a REPORT line."""
    found = re.search(r"Max Memory Used: (\d+) MB", report)
    assert found is not None
    return int(found[1])
