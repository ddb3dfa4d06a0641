"""The commands that change a stage, from the words typed to the exit code, against a real emulator."""

from __future__ import annotations

import json
import os
import pty
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any
from unittest.mock import ANY

import click
import pytest

from lambwsgi.cli.dialogue import log_of_failure
from lambwsgi.cli.main import run
from lambwsgi.cli.plan import template
from lambwsgi.deploy.aws.calls import Aws
from lambwsgi.deploy.errors import SmokeError
from lambwsgi.deploy.formats.table import FORMATS
from lambwsgi.deploy.rollout import release
from lambwsgi.deploy.rollout.dialogue import Dialogue
from lambwsgi.deploy.stack.following import Watch
from lambwsgi.package.artifact import Artifact
from lambwsgi.settings.model import StageSettings

pytestmark = pytest.mark.embedded

WSGI_APP = """\
def app(environ, start_response):
    start_response("200 OK", [("Content-Type", "text/plain")])
    return [b"hello from " + environ["PATH_INFO"].encode()]
"""
Words = tuple[int, str, str]
Command = Callable[..., Words]


@pytest.fixture
def project(tmp_path: Path, settings: StageSettings, endpoint: str, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A settings file, in a shell whose environment leads the SDK to the embedded AWS."""
    monkeypatch.setenv("AWS_ENDPOINT_URL", endpoint)
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "test")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "test")
    monkeypatch.delenv("AWS_PROFILE", raising=False)
    path = tmp_path / "lambwsgi.yml"
    path.write_text(
        f"project: {settings.project}\nbase: {{app: 'shop.wsgi:app', region: us-east-1}}\nstages: {{dev: {{}}}}\n",
        encoding="utf-8",
    )
    return path


@pytest.fixture
def command(project: Path, capsys: pytest.CaptureFixture[str]) -> Command:
    """Runs a command on the project; gives its exit code, stdout and stderr."""

    def call(*words: str) -> Words:
        capsys.readouterr()
        code = run([*words, "--settings", str(project)])
        captured = capsys.readouterr()
        return code, captured.out, captured.err

    return call


@pytest.fixture
def zip_of(make_artifact: Callable[..., Artifact]) -> Callable[[str], str]:
    """The path of an artifact that answers with that text."""
    return lambda text: str(make_artifact(text).path)


def test_a_template_is_printed_alone_on_stdout(
    command: Command, settings: StageSettings, zip_of: Callable[[str], str]
) -> None:
    code, out, _ = command("template", "dev", "--artifact", zip_of("hello"))

    assert code == 0
    assert json.loads(out)["Resources"]["Function"]["Properties"]["FunctionName"] == settings.function_name


@pytest.mark.parametrize(
    ("form", "place"),
    [
        ("sam", ("Resources", "Function", "Properties", "FunctionName")),
        ("terraform", ("resource", "aws_lambda_function", "function", "function_name")),
    ],
)
def test_a_template_is_printed_for_other_tools(
    command: Command, settings: StageSettings, zip_of: Callable[[str], str], *, form: str, place: tuple[str, ...]
) -> None:
    code, out, told = command("template", "dev", "--artifact", zip_of("hello"), "--format", form)

    found = json.loads(out)
    for name in place:
        found = found[name]
    assert (code, found) == (0, settings.function_name)
    assert f"has to be in the bucket as lambwsgi/{settings.project}/" in told


def test_the_formats_that_can_be_asked_for_are_those_that_there_are() -> None:
    [option] = [each for each in template.params if each.name == "form"]

    assert isinstance(option.type, click.Choice)
    assert list(option.type.choices) == list(FORMATS)


def test_a_template_has_the_outputs_that_the_settings_refer_to(
    command: Command, project: Path, zip_of: Callable[[str], str]
) -> None:
    command("deploy", "dev", "--artifact", zip_of("old"), "--yes", "--no-smoke")
    name = f"{project.read_text().split()[1]}-dev"
    settings = project.read_text().replace("base: {", f"base: {{tags: {{of: '${{cfn:{name}.FunctionName}}'}}, ")
    project.write_text(settings)

    code, printed, _ = command("template", "dev", "--artifact", zip_of("old"))

    assert code == 0
    assert {"Key": "of", "Value": name} in json.loads(printed)["Resources"]["Function"]["Properties"]["Tags"]


def test_a_plan_lists_what_would_be_made_and_makes_nothing(
    command: Command, aws: Aws, settings: StageSettings, zip_of: Callable[[str], str]
) -> None:
    code, out, _ = command("plan", "dev", "--artifact", zip_of("hello"))

    assert code == 0
    assert "+ add Function (AWS::Lambda::Function)" in out
    assert "anyone on the internet may lambda:InvokeFunctionUrl on LiveAlias" in out
    assert aws.stack(settings.function_name) is None


def test_a_plan_for_programs_is_json(command: Command, zip_of: Callable[[str], str]) -> None:
    _, out, _ = command("plan", "dev", "--artifact", zip_of("hello"), "--output", "json")

    assert {change["deed"] for change in json.loads(out)["changes"]} == {"add"}


def test_a_stage_goes_from_deploy_to_delete(
    command: Command, settings: StageSettings, zip_of: Callable[[str], str]
) -> None:
    deployed = command("deploy", "dev", "--yes", "--no-smoke", "--artifact", zip_of("old"))
    again = command("deploy", "dev", "--yes", "--no-smoke", "--artifact", zip_of("old"))
    updated = command("deploy", "dev", "--yes", "--no-smoke", "--artifact", zip_of("new"))
    back = command("rollback", "dev", "--yes", "--no-smoke")
    listed = command("releases", "dev", "--output", "json")
    deleted = command("delete", "dev", "--yes")

    assert [code for code, _, _ in (deployed, again, updated, back, listed, deleted)] == [0] * 6
    assert deployed[1].startswith("https://")
    assert deployed[1] == updated[1] == back[1]
    assert "version 1 serves" in deployed[2]
    assert "up to date: version 1 serves" in again[2]
    assert "version 2 serves" in updated[2]
    assert [(each["number"], each["live"]) for each in json.loads(listed[1])] == [(2, False), (1, True)]
    assert deleted[1] == f"{settings.function_name} is deleted\n"
    assert "left on purpose: s3://lambwsgi-artifacts-" in deleted[2]


def test_a_first_deploy_needs_no_settings_file(
    project: Path, settings: StageSettings, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    project.unlink()
    folder = project.parent / settings.project  # the folder's name becomes the project's
    folder.mkdir()
    (folder / "app.py").write_text(WSGI_APP)
    monkeypatch.chdir(folder)
    monkeypatch.setenv("AWS_REGION", "us-east-1")

    deployed = run(["deploy", "--yes", "--no-smoke"])
    said = capsys.readouterr().err
    asked = run(["invoke", "dev", "--path", "/there"])
    answer = capsys.readouterr().out

    assert deployed == 0, said
    assert "WSGI application: app:app (app.py:1)" in said
    assert (folder / "lambwsgi.yml").exists()
    assert (asked, answer) == (0, "200 OK\nhello from /there\n")


def test_releases_are_listed_newest_first(command: Command, zip_of: Callable[[str], str]) -> None:
    for text in ("old", "new"):
        command("deploy", "dev", "--yes", "--no-smoke", "--artifact", zip_of(text))

    _, out, _ = command("releases", "dev")

    assert [line.split()[:2] for line in out.splitlines()] == [["2", "live"], ["1", ANY]]


def test_an_urgent_mend_is_switched_all_at_once(command: Command, zip_of: Callable[[str], str], project: Path) -> None:
    project.write_text(project.read_text().replace("dev: {}", "dev: {strategy: canary}"))
    command("deploy", "--artifact", zip_of("old"), "--yes", "--no-smoke")

    code, _, err = command("deploy", "--artifact", zip_of("new"), "--yes", "--no-smoke", "--all-at-once")

    assert code == 0
    assert "version 2 serves" in err
    assert "of the requests" not in err


def test_ctrl_c_gives_the_version_before_all_requests_again(
    command: Command, zip_of: Callable[[str], str], project: Path, aws: Aws, settings: StageSettings
) -> None:
    project.write_text(project.read_text().replace("dev: {}", "dev: {strategy: canary}"))
    command("deploy", "--artifact", zip_of("old"), "--yes", "--no-smoke")
    words = [sys.executable, "-m", "lambwsgi.cli", "deploy", "dev", "--yes", "--no-smoke", "--settings", str(project)]
    with subprocess.Popen([*words, "--artifact", zip_of("new")], stderr=subprocess.PIPE, text=True) as process:
        said = iter(process.stderr or ())
        assert any(line.startswith("version 2 gets 10 % of the requests") for line in said)
        process.send_signal(signal.SIGINT)
        last = "".join(said)

    alias = aws.functions.get_alias(FunctionName=settings.function_name, Name="live")
    assert process.returncode == 1
    assert "was taken back, since the deployment was stopped" in last
    assert "version 1 has all of them again" in last
    assert alias["FunctionVersion"] == "1"
    assert "RoutingConfig" not in alias


def test_status_says_which_version_has_a_part_of_the_requests(
    command: Command, zip_of: Callable[[str], str], aws: Aws, settings: StageSettings
) -> None:
    for text in ("old", "new"):
        command("deploy", "--artifact", zip_of(text), "--yes", "--no-smoke")
    kept = {"ParameterKey": "ArtifactBucket", "UsePreviousValue": True}
    given = {"LiveVersion": "1", "NewestWeight": "0.25"}
    parameters: Any = [kept, *({"ParameterKey": name, "ParameterValue": value} for name, value in given.items())]
    aws.cloudformation.update_stack(
        StackName=settings.function_name,
        UsePreviousTemplate=True,
        Parameters=parameters,
        Capabilities=["CAPABILITY_IAM"],
    )

    _, rows, _ = command("status", "dev")
    _, told, _ = command("status", "dev", "--output", "json")

    assert re.search(r"^version +1 of .*; version 2 gets 25 % of the requests", rows, re.MULTILINE)
    assert json.loads(told)["share"] == {"version": 2, "percent": 25}


def test_a_plan_without_changes_says_so(
    command: Command, settings: StageSettings, zip_of: Callable[[str], str]
) -> None:
    command("deploy", "dev", "--yes", "--no-smoke", "--artifact", zip_of("hello"))

    code, out, _ = command("plan", "dev", "--artifact", zip_of("hello"))

    assert (code, out) == (0, f"{settings.function_name}: nothing to change\n")


def test_a_plan_tells_what_was_changed_by_hand(
    command: Command, aws: Aws, settings: StageSettings, zip_of: Callable[[str], str]
) -> None:
    command("deploy", "dev", "--yes", "--no-smoke", "--artifact", zip_of("hello"))
    aws.logs.put_retention_policy(logGroupName=f"/aws/lambda/{settings.function_name}", retentionInDays=1)

    quick = command("plan", "dev", "--artifact", zip_of("hello"))[1]
    thorough = command("plan", "dev", "--artifact", zip_of("hello"), "--drift")[1]

    assert quick == f"{settings.function_name}: nothing to change\n"
    assert "  drift: LogGroup RetentionInDays is 1 instead of 30, changed past CloudFormation\n" in thorough


def test_the_fast_lane_is_taken_where_the_settings_want_it_and_left_on_request(
    command: Command, project: Path, aws: Aws, settings: StageSettings, zip_of: Callable[[str], str]
) -> None:
    project.write_text(project.read_text().replace("dev: {}", "dev: {fast_lane: true}"))
    command("deploy", "dev", "--yes", "--no-smoke", "--artifact", zip_of("old"))

    planned = command("plan", "dev", "--artifact", zip_of("new"))[1]
    fast = command("deploy", "dev", "--yes", "--no-smoke", "--artifact", zip_of("new"))
    listed = command("releases", "dev")[1]
    told = command("plan", "dev", "--artifact", zip_of("new"), "--full")[1]
    full = command("deploy", "dev", "--yes", "--no-smoke", "--full", "--artifact", zip_of("new"))

    assert planned.startswith(f"{settings.function_name}: only the code, by the fast lane\n")
    assert "version 2 serves" in fast[2]
    assert [line.endswith("by the fast lane") for line in listed.splitlines()] == [True, False]
    assert "drift: LiveAlias FunctionVersion is 2 instead of 1, by the fast lane" in told
    assert "version 3 serves" in full[2]
    assert "drift" not in command("status", "dev")[1]


def test_progress_is_plain_lines_where_there_is_no_terminal(command: Command, zip_of: Callable[[str], str]) -> None:
    _, out, err = command("deploy", "dev", "--yes", "--no-smoke", "--artifact", zip_of("hello"))

    assert "CREATE_COMPLETE              Function (AWS::Lambda::Function)\n" in err
    assert "\x1b" not in err
    assert out.count("\n") == 1


@pytest.mark.parametrize(
    ("answer", "code", "made", "told"),
    [("y", 0, True, "version 1 serves"), ("n", 1, False, "stopped; nothing further was done")],
    ids=["yes", "no"],
)
def test_on_a_terminal_the_plan_is_shown_and_asked_about(
    project: Path,
    aws: Aws,
    settings: StageSettings,
    zip_of: Callable[[str], str],
    *,
    answer: str,
    code: int,
    made: bool,
    told: str,
) -> None:
    terminal, inside = pty.openpty()
    process = subprocess.Popen(
        [sys.executable, "-m", "lambwsgi.cli", "deploy", "dev", "--no-smoke", "--artifact", zip_of("hello"),
         "--settings", str(project)],
        stdin=inside, stdout=subprocess.DEVNULL, stderr=inside,
    )  # fmt: skip
    os.close(inside)
    shown = read_until(terminal, "[y/N]")
    os.write(terminal, f"{answer}\n".encode())
    shown += read_until(terminal, None)
    os.close(terminal)

    assert process.wait() == code
    assert "add Function" in shown
    assert told in shown
    assert (aws.stack(settings.function_name) is not None) is made


def read_until(terminal: int, text: str | None) -> str:
    """What a terminal shows until that text, or until the program ends."""
    shown = ""
    while text is None or text not in shown:
        try:
            piece = os.read(terminal, 4096).decode()
        except OSError:  # how Linux tells that nobody is at the other end any more
            return shown
        if not piece:
            return shown
        shown += piece
    return shown


def test_an_application_that_fails_is_shown_by_its_log(
    aws: Aws,
    settings: StageSettings,
    make_artifact: Callable[..., Artifact],
    dialogue: Dialogue,
    capsys: pytest.CaptureFixture[str],
) -> None:
    hurried = replace(dialogue, watch=Watch(pause=lambda seconds: None))

    with pytest.raises(SmokeError), log_of_failure(aws, settings):
        release.deploy(aws, settings, make_artifact("broken", status=500), hurried)

    assert "a request for shop.wsgi:app" in capsys.readouterr().err


@pytest.mark.parametrize("name", ["deploy", "rollback", "delete"])
def test_nothing_asks_where_nobody_can_answer(command: Command, name: str) -> None:
    code, out, err = command(name, "dev")

    assert (code, out) == (2, "")
    assert "add --yes" in err


@pytest.mark.parametrize("name", ["rollback", "delete", "releases"])
def test_a_stage_that_is_not_deployed_is_told_as_such(command: Command, name: str) -> None:
    yes = [] if name == "releases" else ["--yes"]

    code, _, err = command(name, "dev", *yes)

    assert code == 1
    assert "is not deployed in us-east-1; `lambwsgi deploy dev` does that" in err


def test_a_file_that_is_no_zip_is_no_artifact(command: Command, project: Path) -> None:
    code, _, err = command("deploy", "dev", "--yes", "--artifact", str(project))

    assert code == 1
    assert "is no artifact" in err


def test_an_unknown_stage_ends_with_2(command: Command) -> None:
    code, _, err = command("plan", "dve")

    assert code == 2
    assert "dev" in err


def test_a_release_is_promoted_from_stage_to_stage(
    command: Command, project: Path, aws: Aws, settings: StageSettings, zip_of: Callable[[str], str]
) -> None:
    project.write_text(project.read_text().replace("dev: {}", "dev: {}, prod: {memory_mb: 1024}"))
    command("deploy", "dev", "--yes", "--no-smoke", "--artifact", zip_of("hello"))

    code, out, err = command("promote", "dev", "prod", "--yes", "--no-smoke")

    assert code == 0
    assert out.startswith("https://")
    assert f"version 1 of {settings.function_name} serves: artifact " in err
    assert aws.version(f"{settings.project}-prod", "live").memory_mb == 1024


@pytest.mark.parametrize("names", [("dev", "dev"), ("dev", "local"), ("local", "dev")])
def test_a_release_is_promoted_between_two_stages_of_the_cloud(command: Command, names: tuple[str, str]) -> None:
    code, _, err = command("promote", *names, "--yes")

    assert code == 2
    assert "name two that differ" in err


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("dev",), "stage 'dev' has to allow by `fast_lane: true` in the settings file"),
        (("dev", "--full"), "which --full does not go with"),
        (("local", "--once"), "which --once does not go with"),
    ],
    ids=["a stage that does not allow it", "the long way", "once"],
)
def test_watching_is_refused_where_it_makes_no_sense(command: Command, words: tuple[str, ...], told: str) -> None:
    code, out, err = command("deploy", *words, "--watch", "--yes")

    assert (code, out) in {(1, ""), (2, "")}
    assert told in err


def test_what_is_saved_is_deployed_until_ctrl_c(project: Path, aws: Aws, settings: StageSettings) -> None:
    runtime = f"python3.{sys.version_info.minor}"
    project.write_text(
        project.read_text()
        .replace("shop.wsgi:app'", f"app:app', runtime: {runtime}")
        .replace("{}", "{fast_lane: true}")
    )
    app, errors = project.parent / "app.py", project.parent / "errors.log"
    app.write_text(WSGI_APP)
    (project.parent / ".gitignore").write_text("*.log\n")
    with errors.open("w") as file:
        process = subprocess.Popen(
            [sys.executable, "-m", "lambwsgi.cli", "deploy", "dev", "--no-smoke", "--yes", "--watch"],
            cwd=project.parent, stdout=subprocess.PIPE, stderr=file,
        )  # fmt: skip
    try:
        wait_for(errors, "watching; what is saved is deployed")
        app.write_text(WSGI_APP.replace("hello", "goodbye"))
        wait_for(errors, "  app.py: version 2 serves after ")
        process.send_signal(signal.SIGINT)
        code = process.wait(30)
    finally:
        process.kill()
        process.communicate()

    assert code == 0
    assert errors.read_text().endswith("stopped watching; what was deployed stays\n")
    assert aws.version(settings.function_name, "live").by_fast_lane


def wait_for(log: Path, text: str) -> None:
    """Wait until the log has the text."""
    for _ in range(900):
        if text in log.read_text():
            return
        time.sleep(0.1)
    pytest.fail(f"{text!r} is not in the log:\n{log.read_text()}")
