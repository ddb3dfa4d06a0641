"""The commands that ask a stage, here one named `local`, which they find by the note in its project folder."""

from __future__ import annotations

import io
import json
import re
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from lambwsgi.deploy.aws.calls import Aws
from lambwsgi.settings.model import StageSettings

pytestmark = pytest.mark.embedded

Words = tuple[int, str, str]
Command = Callable[..., Words]


def test_url_prints_the_address_alone(command: Command) -> None:
    assert command("url", "local") == (0, "http://127.0.0.1:8000/\n", "")


def test_status_tells_how_the_stage_stands(command: Command) -> None:
    code, out, _ = command("status", "local")

    rows = dict(line.split(maxsplit=1) for line in out.splitlines())
    assert code == 0
    assert rows["state"] == "CREATE_COMPLETE"
    assert rows["version"].startswith("1 of ")
    assert rows["function"] == "python3.13, 512 MB, 30 s"


def test_status_tells_what_the_last_day_was_like(command: Command) -> None:
    command("invoke", "local", "--payload", '{"fail": true}')

    rows = dict(re.split(r"  +", line, maxsplit=1) for line in command("status", "local")[1].splitlines())

    told = r"\d+ invocations in 24 h, p50 \d+ ms, p95 \d+ ms, [\d.]+% cold, \d+ failed; below 0\.0001 USD"
    assert re.match(told, rows["last day"])


def test_status_leaves_the_log_alone_on_request(command: Command) -> None:
    assert "last day" not in command("status", "local", "--no-figures")[1]


def test_status_tells_what_was_changed_by_hand(command: Command, aws: Aws, settings: StageSettings) -> None:
    name = f"{settings.project}-local"
    before = command("status", "local", "--drift")[1]
    aws.functions.update_function_configuration(FunctionName=name, MemorySize=1024)
    aws.logs.put_retention_policy(logGroupName=f"/aws/lambda/{name}", retentionInDays=1)

    quick, thorough = command("status", "local")[1], command("status", "local", "--drift")[1]
    told = json.loads(command("status", "local", "--output", "json")[1])["drift"]

    memory = "drift      Function MemorySize is 1024 instead of 512, changed past CloudFormation\n"
    assert "drift      none is found\n" in before
    assert memory in quick
    assert "RetentionInDays" not in quick
    assert memory + "drift      LogGroup RetentionInDays is 1 instead of 30" in thorough
    assert [(each["name"], each["expected"], each["actual"]) for each in told] == [("MemorySize", "512", "1024")]


def test_status_for_programs_is_json(command: Command, settings: StageSettings) -> None:
    _, out, _ = command("status", "local", "--output", "json")

    assert json.loads(out)["stack_name"] == f"{settings.project}-local"


def test_invoke_prints_the_answer_on_stdout_and_the_log_on_stderr(command: Command) -> None:
    code, out, err = command("invoke", "local", "--payload", "{}")

    assert code == 0
    assert json.loads(out)["body"] == "hello"
    assert "a request for shop.wsgi:app" in err


def test_invoke_asks_for_the_path_of_the_smoke_test_unless_told_otherwise(command: Command) -> None:
    assert command("invoke", "local")[:2] == (0, "200 OK\nhello\n")


def test_invoke_makes_the_event_of_a_path(command: Command) -> None:
    assert command("invoke", "local", "--path", "/")[:2] == (0, "200 OK\nhello\n")


def test_a_payload_comes_from_a_file(command: Command, tmp_path: Path) -> None:
    (tmp_path / "event.json").write_text('{"fail": true}')

    code, _, err = command("invoke", "local", "--payload", f"@{tmp_path / 'event.json'}")

    assert code == 1
    assert "asked to fail" in err


def test_a_payload_comes_from_stdin(command: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO('{"fail": true}'))

    code, _, err = command("invoke", "local", "--payload", "-")

    assert code == 1
    assert "asked to fail" in err


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["--payload", "{half"], "--payload is no JSON"),
        (["--payload", "@/no/such/file"], "cannot be read"),
        (["--payload", "{}", "--path", "/"], "give one"),
    ],
    ids=["no JSON", "no file", "both"],
)
def test_an_event_that_cannot_be_meant_is_a_usage_error(command: Command, words: list[str], told: str) -> None:
    code, _, err = command("invoke", "local", *words)

    assert code == 2
    assert told in err


def test_a_script_gets_all_that_follows_its_name(command: Command, project: Path) -> None:
    project.write_text(project.read_text().replace("commands:", "scripts: {cleanup: 'shop.jobs:cleanup'}, commands:"))

    code, out, _ = command("run", "local", "cleanup", "--days", "3", "--help")

    assert (code, json.loads(out)) == (0, ["cleanup", "--days", "3", "--help"])


@pytest.mark.parametrize("kind", ["manage", "flask"])
def test_a_command_gets_everything_after_the_stage_as_typed(command: Command, kind: str) -> None:
    typed = ["migrate", "--noinput", "-v", "2", "--help", "--settings", "a b", "--", "", "'é'"]

    code, out, err = command(kind, "local", *typed)

    assert (code, err) == (0, "")
    assert json.loads(out) == typed


def test_advice_of_a_command_goes_to_stderr(command: Command) -> None:
    assert command("manage", "local", "ask") == (0, '["ask"]\n', "give --noinput\n")


def test_logs_print_what_the_function_printed(command: Command) -> None:
    code, out, _ = command("logs", "local", "--since", "1h", "--filter", "request")

    assert code == 0
    assert "Z a request for shop.wsgi:app\n" in out


def test_logs_for_programs_are_a_json_object_a_line(command: Command) -> None:
    _, out, _ = command("logs", "local", "--output", "json")

    assert "a request for shop.wsgi:app" in [json.loads(line)["message"] for line in out.splitlines()]


def test_following_a_log_ends_well_with_ctrl_c(project: Path) -> None:
    arguments = ["logs", "--settings", str(project), "local", "--follow", "--filter", "shop"]
    process = subprocess.Popen(
        [sys.executable, "-m", "lambwsgi.cli", *arguments], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    line = process.stdout.readline()
    process.send_signal(signal.SIGINT)
    _, err = process.communicate(timeout=30)

    assert line.endswith("Z a request for shop.wsgi:app\n")
    assert (process.returncode, err.strip()) == (0, "")


def test_a_duration_without_a_unit_is_a_usage_error(command: Command) -> None:
    code, _, err = command("logs", "local", "--since", "10")

    assert code == 2
    assert "as in 10m" in err


@pytest.mark.parametrize("name", ["status", "url", "logs", "invoke"])
def test_where_no_embedded_aws_runs_that_is_said(command: Command, project: Path, name: str) -> None:
    (project.parent / ".lambwsgi" / "local.json").unlink()

    code, _, err = command(name, "local")

    assert code == 1
    assert "start it with `lambwsgi deploy local`" in err


def test_delete_reaches_the_embedded_aws(command: Command, aws: Aws, settings: StageSettings) -> None:
    code, _, _ = command("delete", "local", "--yes")

    assert code == 0
    assert aws.stack(f"{settings.project}-local") is None


def test_warm_shows_each_environment_and_how_many_there_are(command: Command) -> None:
    code, out, _ = command("warm", "local")

    *_, environment, last = out.splitlines()
    assert code == 0
    assert environment.split()[1] == "warm"
    assert last == "1 of 1 environments are warm, 0 of them were cold"


def test_a_function_that_knows_no_warm_ups_is_told_apart(command: Command) -> None:
    code, _, err = command("warm", "local", "--concurrency", "2")

    assert code == 1
    assert "did not answer as a warm-up does" in err


def test_a_schedule_that_is_not_there_is_told_with_those_that_are(command: Command) -> None:
    code, _, err = command("warm", "local", "--schedule", "day")

    assert code == 1
    assert "has no schedule 'day'; it has default" in err


def test_advice_compares_by_cost_and_cold_starts(command: Command) -> None:
    code, out, err = command("warm", "local", "--advise", "--requests-per-day", "500", "--init-ms", "700")

    assert (code, err) == (0, "")
    # The emulator writes Lambda's report lines, so how long a request takes is measured.
    assert re.match(r"500 requests a day \(given\), 3 at once \(assumed\), \d+ ms each \(measured\), INIT 700 ms", out)
    assert [line.split("  ")[0] for line in out.splitlines()[4:6]] == ["nothing", "keep 1 warm"]


def test_figures_of_the_traffic_are_for_advice(command: Command) -> None:
    code, _, err = command("warm", "local", "--init-ms", "700")

    assert code == 2
    assert "is for --advise" in err


def opened(project: Path, **variables: str) -> subprocess.CompletedProcess[str]:
    words = ["open", "--settings", str(project), "local"]
    return subprocess.run(
        [sys.executable, "-m", "lambwsgi.cli", *words], env=variables, check=False, capture_output=True, text=True
    )


def test_open_hands_the_address_to_the_browser(project: Path, tmp_path: Path) -> None:
    browser = tmp_path / "browser"
    browser.write_text(f'#!/bin/sh\necho "$1" > {tmp_path}/asked\n')
    browser.chmod(0o755)

    done = opened(project, PATH="/bin", BROWSER=f"{browser} %s")

    assert (done.returncode, done.stdout) == (0, "")
    assert (tmp_path / "asked").read_text() == "http://127.0.0.1:8000/\n"


def test_open_prints_the_address_where_there_is_no_browser(project: Path) -> None:
    done = opened(project, PATH="")

    assert (done.returncode, done.stdout) == (0, "http://127.0.0.1:8000/\n")
