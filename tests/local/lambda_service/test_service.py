"""The local Lambda, with AWS's own runtime client in its environments."""

from __future__ import annotations

import json
import os
import re
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from lambwsgi.local.errors import FunctionError, LocalError, ThrottledError
from lambwsgi.local.lambda_service.model import FunctionVersion, Invocation
from lambwsgi.local.lambda_service.service import LambdaService
from tests.local.lambda_service.invoking import wait_for

Invoke = Callable[..., Any]


def test_the_handler_gets_the_event_and_a_context_of_its_version(function: FunctionVersion, invoke: Invoke) -> None:
    result = invoke(function, greeting="é")

    assert result["event"] == {"greeting": "é"}
    assert (result["name"], result["memory"]) == ("shop-dev", "256")
    assert result["arn"] == "arn:aws:lambda:us-east-1:123456789012:function:shop-dev:live"
    assert 0 < result["remaining_ms"] <= 20_000
    assert result["cwd"] in {"/var/task", str(function.task_root)}


def test_an_environment_is_used_again(function: FunctionVersion, invoke: Invoke) -> None:
    first, second = invoke(function), invoke(function)

    assert (first["calls"], second["calls"]) == (1, 2)
    assert first["environment"] == second["environment"]


def test_another_version_has_environments_of_its_own(function: FunctionVersion, invoke: Invoke) -> None:
    first, second = invoke(function), invoke(replace(function, version="8"))

    assert first["environment"] != second["environment"]


def test_environments_are_added_up_to_the_limit_and_then_throttled(
    function: FunctionVersion, invoke: Invoke, service: LambdaService
) -> None:
    with ThreadPoolExecutor(2) as pool:
        busy = [pool.submit(invoke, function, do="sleep", seconds=1.5) for _ in range(2)]
        wait_for(lambda: service.running == 2)
        with pytest.raises(ThrottledError, match="already runs 2 invocations at once"):
            invoke(function)
        environments = {each.result()["environment"] for each in busy}

    assert len(environments) == 2


def test_the_log_has_the_platforms_lines_around_the_functions(
    function: FunctionVersion, invoke: Invoke, lines: list[str]
) -> None:
    invoke(function, do="print")
    invoke(function)

    cold, warm = lines[:5], lines[5:]
    assert cold[:4] == ["START RequestId: 1111-2222 Version: 7", "one", "two", "END RequestId: 1111-2222"]
    assert re.fullmatch(
        r"REPORT RequestId: 1111-2222\tDuration: \d+\.\d\d ms\tBilled Duration: \d+ ms\tMemory Size: 256 MB"
        r"(\tMax Memory Used: \d+ MB)?\tInit Duration: \d+\.\d\d ms",
        cold[4],
    )
    assert "Init Duration" not in warm[-1]


def test_what_is_logged_is_one_entry_with_its_traceback(
    function: FunctionVersion, invoke: Invoke, lines: list[str]
) -> None:
    invoke(function, do="log")

    before, logged, after = lines[1:4]
    assert (before, after) == ("before", "after")
    assert logged.startswith("[ERROR]\t")
    assert "\twhat went wrong\nTraceback (most recent call last):\n" in logged
    assert logged.endswith("ZeroDivisionError: division by zero")


def test_an_exception_is_told_as_lambda_tells_it(function: FunctionVersion, invoke: Invoke, lines: list[str]) -> None:
    with pytest.raises(FunctionError, match="not like this") as caught:
        invoke(function, do="raise")
    after = invoke(function)

    told = json.loads(caught.value.payload)
    assert (told["errorType"], told["errorMessage"]) == ("ValueError", "not like this")
    assert "raise ValueError" in told["stackTrace"][0]
    assert "[ERROR] ValueError: not like this\nTraceback (most recent call last):" in lines[1]
    assert after["calls"] == 2


def test_a_crash_is_an_exit_error_and_the_next_invocation_gets_a_fresh_environment(
    function: FunctionVersion, invoke: Invoke, lines: list[str]
) -> None:
    with pytest.raises(FunctionError) as caught:
        invoke(function, do="exit")
    after = invoke(function)

    message = "RequestId: 1111-2222 Error: Runtime exited with error: exit status 3"
    assert json.loads(caught.value.payload) == {"errorMessage": message, "errorType": "Runtime.ExitError"}
    assert message in lines
    assert after["calls"] == 1


def test_a_crash_by_a_signal_names_it(function: FunctionVersion, invoke: Invoke) -> None:
    with pytest.raises(FunctionError) as caught:
        invoke(function, do="crash")

    message = "RequestId: 1111-2222 Error: Runtime exited with error: signal: segmentation fault"
    assert caught.value.error_message == message


def test_what_takes_too_long_is_killed(function: FunctionVersion, invoke_bare: Invoke, lines: list[str]) -> None:
    hasty = replace(function, timeout_seconds=1)
    before = invoke_bare(hasty)["pid"]
    with pytest.raises(FunctionError, match=r"1111-2222 Task timed out after 1\.00 seconds") as caught:
        invoke_bare(hasty, do="sleep", seconds=60)

    assert caught.value.error_type == "Sandbox.Timedout"
    assert not is_alive(before)
    assert any(line.endswith("1111-2222 Task timed out after 1.00 seconds") for line in lines)
    assert lines[-1].endswith("\tStatus: timeout")


def test_a_handler_that_cannot_be_imported_fails_the_invocation(
    function: FunctionVersion, invoke: Invoke, lines: list[str]
) -> None:
    with pytest.raises(FunctionError, match="No module named 'nowhere'") as caught:
        invoke(replace(function, handler="nowhere.handler"))

    assert caught.value.error_type == "Runtime.ImportModuleError"
    init_report = next(line for line in lines if line.startswith("INIT_REPORT Init Duration: "))
    assert init_report.endswith(" ms\tPhase: init\tStatus: error\tError Type: Runtime.ImportModuleError")


def test_a_slow_init_is_begun_again_as_a_part_of_the_invocation(function: FunctionVersion, lines: list[str]) -> None:
    invocation = Invocation(b"{}", int((time.time() + 20) * 1000), function.arn)

    with LambdaService(lambda _function, line: lines.append(line), init_seconds=0) as service:
        result = json.loads(service.invoke(function, invocation))

    assert result["calls"] == 1
    assert lines[0] == "INIT_REPORT Init Duration: 0.00 ms\tPhase: init\tStatus: timeout"


def test_an_init_that_never_ends_is_a_timeout(function: FunctionVersion, lines: list[str]) -> None:
    (function.task_root / "app.py").write_text("import time\ntime.sleep(60)\n", "utf-8")
    invocation = Invocation(b"{}", int((time.time() + 0.2) * 1000), function.arn)

    with (
        LambdaService(lambda _function, line: lines.append(line), init_seconds=0) as service,
        pytest.raises(FunctionError, match="Task timed out after") as caught,
    ):
        service.invoke(function, invocation)

    assert caught.value.error_type == "Sandbox.Timedout"


def test_init_takes_nothing_of_the_functions_time(function: FunctionVersion, invoke: Invoke) -> None:
    code = (function.task_root / "app.py").read_text("utf-8")
    (function.task_root / "app.py").write_text(f"import time\ntime.sleep(1.2)\n{code}", "utf-8")

    result = invoke(replace(function, timeout_seconds=1))

    assert 500 < result["remaining_ms"] <= 1500


def test_an_answer_above_6_mb_is_refused(function: FunctionVersion, invoke: Invoke) -> None:
    at_limit = invoke(function, do="large", size=6_291_554)
    with pytest.raises(FunctionError, match="exceeded maximum allowed payload size"):
        invoke(function, do="large", size=6_291_555)

    assert len(at_limit) == 6_291_554
    assert invoke(function)["calls"] == 1


def test_an_event_above_6_mb_is_refused(function: FunctionVersion, invoke: Invoke) -> None:
    with pytest.raises(LocalError, match="above the 6291556 that Lambda takes"):
        invoke(function, text="x" * 6_291_556)


def test_the_function_sees_its_own_variables_and_those_of_lambda_only(
    function: FunctionVersion, invoke: Invoke, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OF_THE_HOST", "1")

    variables = invoke(function, do="variables")

    assert variables["SECRET"] == "1"
    assert variables["LAMBDA_TASK_ROOT"] in {"/var/task", str(function.task_root)}
    assert variables["AWS_LAMBDA_FUNCTION_NAME"] == "shop-dev"
    assert variables["TZ"] == ":UTC"
    assert "OF_THE_HOST" not in variables
    assert "HOME" not in variables


@pytest.mark.parametrize("name", ["boto3", "awslambdaric"])
def test_what_lambda_brings_can_be_imported(function: FunctionVersion, invoke: Invoke, name: str) -> None:
    assert invoke(function, do="import", name=name) == name


def test_a_package_that_the_artifact_lacks_is_missing(function: FunctionVersion, invoke: Invoke) -> None:
    with pytest.raises(FunctionError, match="No module named 'flask'"):
        invoke(function, do="import", name="flask")


def test_processes_that_the_function_started_go_with_it(
    function: FunctionVersion, invoke_bare: Invoke, bare: LambdaService
) -> None:
    grandchild = invoke_bare(function, do="spawn")
    bare.close()

    wait_for(lambda: not is_alive(grandchild))


def test_what_runs_when_the_service_is_closed_fails(
    function: FunctionVersion, invoke: Invoke, service: LambdaService
) -> None:
    with ThreadPoolExecutor(1) as pool:
        running = pool.submit(invoke, function, do="sleep", seconds=60)
        wait_for(lambda: service.running == 1)
        time.sleep(0.3)
        service.close()
        with pytest.raises((FunctionError, LocalError)):
            running.result()

    with pytest.raises(LocalError, match="shut down"):
        service.invoke(function, Invocation(b"{}", int(time.time() * 1000) + 9000, function.arn))


def test_nothing_is_left_after_the_end(function: FunctionVersion, tmp_path: Path) -> None:
    threads = threading.active_count()
    with LambdaService(lambda _function, _line: None, sandboxed=False) as service:
        invocation = Invocation(b"{}", int(time.time() * 1000) + 20_000, function.arn)
        pid = json.loads(service.invoke(function, invocation))["pid"]

    assert not is_alive(pid)
    wait_for(lambda: threading.active_count() <= threads)


def is_alive(pid: int) -> bool:
    """Whether the process runs; one that only waits to be collected does not."""
    try:
        status = Path(f"/proc/{pid}/stat").read_text("utf-8") if Path("/proc").exists() else ""
        os.kill(pid, 0)
    except (ProcessLookupError, FileNotFoundError):
        return False
    return ") Z " not in status
