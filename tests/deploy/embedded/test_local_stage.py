"""`deploy local` from start to end: a Flask project on the embedded AWS, run by AWS's runtime client."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import requests

from lambwsgi.deploy.aws.calls import Aws
from lambwsgi.deploy.aws.place import STATE_FILE, find_place
from lambwsgi.deploy.embedded.local_stage import for_this_python
from lambwsgi.deploy.embedded.state_file import refuse_second, state_file
from lambwsgi.deploy.errors import DeployError
from lambwsgi.deploy.stage.warm_up import last_warm_up, warm
from lambwsgi.settings.capacity import ProvisionedConcurrency
from lambwsgi.settings.front import LoadBalancer
from lambwsgi.settings.model import GatewayKind, StageSettings
from lambwsgi.settings.project import load_project

APP = """\
import os
from flask import Flask, jsonify, request

app = Flask(__name__)

@app.get("/")
def index():
    print("asked for the index")
    event = request.environ["lambwsgi.event"]
    return jsonify(
        stage=event["requestContext"]["stage"],
        keys=sorted(event),
        root=request.script_root,
        version=os.environ["AWS_LAMBDA_FUNCTION_VERSION"],
        greeting=os.environ["GREETING"],
    )

@app.get("/image")
def image():
    return bytes(range(256)), {"Content-Type": "image/png"}

@app.get("/where")
def where():
    import flask
    return flask.__file__

@app.get("/exit")
def leave():
    os._exit(3)

@app.get("/bucket")
def bucket():
    import boto3
    return boto3.client("s3").list_buckets()["Buckets"][0]["Name"]
"""
SETTINGS = """\
project: shop
base:
  app: shop:app
  gateway: rest_api
  runtime: python3.14
  layer: true
  environment: {GREETING: hello}
  warm: {schedule: rate(1 minute), concurrency: 5, path: /}
stages: {dev: {}}
"""
# What the command does, for a stage and a way to end.
RUN = """\
import sys
from pathlib import Path
from lambwsgi.deploy.embedded.local_stage import run_embedded
from lambwsgi.deploy.rollout.watching import Stay
from lambwsgi.settings.capacity import ProvisionedConcurrency
from lambwsgi.settings.project import load_project

project = load_project(Path("lambwsgi.yml").resolve())
run_embedded(
    project.pick("local"),
    project.directory,
    report=lambda line: print(line, file=sys.stderr, flush=True),
    result=lambda line: print(line, flush=True),
    stay=Stay.NOT if "once" in sys.argv else Stay.WATCH if "watch" in sys.argv else Stay.FOLLOW,
)
"""
pytestmark = [
    pytest.mark.embedded,
    pytest.mark.skipif(not Path("/proc").exists(), reason="looks for what is left in /proc"),
]
# On one worker, which starts one embedded AWS for all of them.
shares_a_run = pytest.mark.xdist_group("deploy local")


@dataclass(frozen=True)
class Run:
    """A `deploy local` that goes on, with its temporary folder and its log."""

    process: subprocess.Popen[str]
    project: Path
    temporary: Path
    url: str

    def log(self) -> str:
        return (self.project / "errors.txt").read_text("utf-8")


def make_project(folder: Path, app: str = APP) -> Path:
    project = folder / "project"
    project.mkdir()
    (project / "shop.py").write_text(app, "utf-8")
    (project / "requirements.txt").write_text("flask\n", "utf-8")
    (project / ".gitignore").write_text("errors.txt\n", "utf-8")
    (project / "lambwsgi.yml").write_text(SETTINGS, "utf-8")
    return project


@contextmanager
def deploy_local(folder: Path, *options: str, app: str = APP) -> Iterator[tuple[subprocess.Popen[str], Path, Path]]:
    project, temporary = make_project(folder, app), folder / "temporary"
    temporary.mkdir()
    with (folder / "project" / "errors.txt").open("w", encoding="utf-8") as errors:
        process = subprocess.Popen(
            [sys.executable, "-c", RUN, *options],
            cwd=project,
            env={**os.environ, "TMPDIR": str(temporary)},
            stdout=subprocess.PIPE,
            stderr=errors,
            text=True,
        )
    with process:
        yield process, project, temporary
        process.kill()


@contextmanager
def following(folder: Path, *options: str) -> Iterator[Run]:
    with deploy_local(folder, *options) as (process, project, temporary):
        assert process.stdout is not None
        url = process.stdout.readline().strip()
        run = Run(process, project, temporary, url)
        assert url, run.log()
        yield run


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Run]:
    """One run for all tests that leave it running."""
    with following(tmp_path_factory.mktemp("embedded")) as started:
        yield started
        started.process.send_signal(signal.SIGINT)
        started.process.wait(30)


@pytest.fixture
def settings(tmp_path: Path) -> StageSettings:
    return load_project(make_project(tmp_path) / "lambwsgi.yml").pick("local")


@shares_a_run
def test_the_application_answers_through_its_gateway_from_a_published_version(run: Run) -> None:
    answer: dict[str, Any] = requests.get(run.url, timeout=30).json()

    assert run.url.endswith("/local/")
    assert "multiValueHeaders" in answer["keys"]
    assert (answer["stage"], answer["root"]) == ("local", "/local")
    assert (answer["version"], answer["greeting"]) == ("1", "hello")


@shares_a_run
def test_bytes_pass_all_the_way(run: Run) -> None:
    response = requests.get(f"{run.url}image", timeout=30)

    assert response.content == bytes(range(256))


@shares_a_run
def test_what_lies_in_the_layer_is_imported_from_there(run: Run) -> None:
    response = requests.get(f"{run.url}where", timeout=30)

    assert response.text.endswith("/python/flask/__init__.py")


@shares_a_run
def test_a_crash_is_the_gateways_error_and_the_next_request_is_served(run: Run) -> None:
    crashed = requests.get(f"{run.url}exit", timeout=30)
    after = requests.get(run.url, timeout=30)

    assert (crashed.status_code, crashed.json()) == (502, {"message": "Internal server error"})
    assert after.status_code == 200


@shares_a_run
def test_an_sdk_in_the_function_finds_the_embedded_aws(run: Run) -> None:
    response = requests.get(f"{run.url}bucket", timeout=30)

    assert response.text.startswith("lambwsgi-artifacts-")


@shares_a_run
def test_the_log_follows_and_says_what_is_not_as_in_the_settings(run: Run) -> None:
    requests.get(run.url, timeout=30)

    python = f"python3.{sys.version_info.minor}"
    log = run.log()
    assert re.search(rf"built for {python} on \w+, which is what runs here, instead of python3\.14", log)
    assert "asked for the index\n" in log
    assert "Init Duration" in log


@shares_a_run
def test_the_functions_lines_are_in_cloudwatch_too(run: Run) -> None:
    requests.get(run.url, timeout=30)
    aws = Aws(endpoint_url=json.loads((run.project / STATE_FILE).read_text("utf-8"))["endpoint"])

    def messages() -> list[str]:
        events = aws.logs.filter_log_events(logGroupName="/aws/lambda/shop-local", limit=1000)["events"]
        return [event["message"] for event in events]

    wait_for(lambda: "asked for the index" in messages())


@shares_a_run
def test_other_commands_find_it_by_its_note_and_a_second_run_is_refused(run: Run) -> None:
    settings = load_project(run.project / "lambwsgi.yml").pick("local")

    place = find_place(settings, run.project)

    assert place.url == run.url
    with pytest.raises(DeployError, match=r"runs for .* already, at http://127"):
        refuse_second(settings, run.project)


@shares_a_run
def test_a_warm_up_reaches_as_many_environments_as_it_is_to(run: Run) -> None:
    settings = load_project(run.project / "lambwsgi.yml").pick("local")
    aws = find_place(settings, run.project).aws

    done = warm(aws, settings, schedule=None, concurrency=None)
    again = warm(aws, settings, schedule=None, concurrency=None)

    assert (done.asked, done.distinct, done.errors) == (5, 5, ())
    assert {each.status for each in done.environments} == {200}
    assert all((each.init_ms is not None) == each.cold for each in done.environments)
    assert {each.environment for each in again.environments} == {each.environment for each in done.environments}
    assert not any(each.cold for each in again.environments)


@shares_a_run
def test_the_schedule_fires_and_its_warm_up_is_in_the_log(run: Run) -> None:
    settings = load_project(run.project / "lambwsgi.yml").pick("local")
    aws = find_place(settings, run.project).aws
    before = datetime.now(UTC)

    # The emulator fires a minute after the schedule was made, and every minute from then on.
    wait_for(lambda: (last := last_warm_up(aws, settings)) is not None and last.moment > before, seconds=90)

    last = last_warm_up(aws, settings)
    assert last is not None
    assert (last.asked, last.distinct, last.errors) == (5, 5, ())


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_after_the_end_nothing_runs_and_nothing_lies_about(tmp_path: Path, number: signal.Signals) -> None:
    with following(tmp_path) as run:
        assert processes_in(run.temporary)
        run.process.send_signal(number)
        assert run.process.wait(30) == 0

    assert processes_in(run.temporary) == []
    assert list(run.temporary.iterdir()) == []
    assert not (run.project / STATE_FILE.parent).exists()


def test_when_it_is_killed_nothing_runs_on(tmp_path: Path) -> None:
    with following(tmp_path) as run:
        assert processes_in(run.temporary)
        run.process.kill()

    wait_for(lambda: processes_in(run.temporary) == [])
    refuse_second(load_project(run.project / "lambwsgi.yml").pick("local"), run.project)


def test_once_shows_url_and_answer_and_ends(tmp_path: Path) -> None:
    with deploy_local(tmp_path, "once") as (process, project, temporary):
        assert process.stdout is not None
        url, answer = process.stdout.readline(), process.stdout.read()
        assert process.wait(30) == 0, (project / "errors.txt").read_text("utf-8")

    assert url.startswith("http://127.0.0.1:")
    assert json.loads(answer)["greeting"] == "hello"
    assert list(temporary.iterdir()) == []


def test_an_application_that_does_not_answer_well_is_shown_with_its_log(tmp_path: Path) -> None:
    with deploy_local(tmp_path, "once", app=APP.replace('print("asked for the index")', "1 / 0")) as failing:
        process, project, temporary = failing
        assert process.wait(60) == 1

    told = (project / "errors.txt").read_text("utf-8")
    assert "ZeroDivisionError: division by zero" in told
    assert re.search(r"SmokeError: deployed, but GET \S+ answers 500: .*; the log above says why", told, re.DOTALL)
    assert list(temporary.iterdir()) == []


def test_the_settings_stay_when_they_name_what_runs_here(settings: StageSettings) -> None:
    said: list[str] = []

    adapted = for_this_python(settings, said.append)
    again = for_this_python(adapted, said.append)

    assert adapted.runtime == f"python3.{sys.version_info.minor}"
    assert again == adapted
    assert len(said) == (1 if settings != adapted else 0)


def test_what_the_embedded_aws_has_not_is_left_out_and_that_is_said(settings: StageSettings) -> None:
    said: list[str] = []
    wanted = settings.model_copy(update={"provisioned_concurrency": ProvisionedConcurrency(environments=2)})

    adapted = for_this_python(wanted, said.append)

    assert adapted.provisioned_concurrency is None
    assert said[0] == "the embedded AWS does without provisioned_concurrency"


def test_a_function_url_stands_in_for_a_load_balancer(settings: StageSettings) -> None:
    said: list[str] = []
    balancer = LoadBalancer(
        listener="arn:aws:elasticloadbalancing:eu-west-1:1:listener/app/w/0/1", priority=1, hosts=("shop.example.org",)
    )

    adapted = for_this_python(
        settings.model_copy(update={"gateway": GatewayKind.ALB, "load_balancer": balancer}), said.append
    )

    assert (adapted.gateway, adapted.load_balancer) == (GatewayKind.FUNCTION_URL, None)
    assert "a function URL stands in for the load balancer" in said


def test_the_note_is_there_as_long_as_the_run(settings: StageSettings, tmp_path: Path) -> None:
    with state_file(tmp_path, endpoint="http://127.0.0.1:1", url="http://127.0.0.1:2/"):
        told = json.loads((tmp_path / STATE_FILE).read_text("utf-8"))

    assert told == {"endpoint": "http://127.0.0.1:1", "url": "http://127.0.0.1:2/", "pid": os.getpid()}
    assert not (tmp_path / STATE_FILE.parent).exists()


def processes_in(folder: Path) -> list[int]:
    """The processes that work in a folder."""
    found = []
    for link in Path("/proc").glob("[0-9]*/cwd"):
        try:
            if link.readlink().is_relative_to(folder):
                found.append(int(link.parent.name))
        except OSError:
            continue
    return found


def wait_for(condition: Callable[[], bool], *, seconds: float = 10) -> None:
    """Return when the condition holds; fail after so many seconds."""
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.05)


def wait_for_line(run: Run, text: str) -> None:
    wait_for(lambda: text in run.log(), seconds=90)


def test_what_is_saved_is_served_and_what_is_broken_leaves_what_served(tmp_path: Path) -> None:
    with following(tmp_path, "watch") as run:
        module = run.project / "shop.py"
        wait_for_line(run, "Ctrl-C stops and removes everything")

        module.write_text(APP + '\n@app.get("/new")\ndef new():\n    return "new"\n')
        wait_for_line(run, "  shop.py: version 2 serves after ")
        served = requests.get(f"{run.url}new", timeout=30).text
        module.write_text("import nothing_of_that_name\n")
        wait_for_line(run, "  shop.py: not deployed")
        still = requests.get(f"{run.url}new", timeout=30).text
        module.write_text(APP + '\n@app.get("/new")\ndef new():\n    return "newer"\n')
        wait_for_line(run, "  shop.py: version 4 serves after ")
        mended = requests.get(f"{run.url}new", timeout=30).text
        run.process.send_signal(signal.SIGINT)
        run.process.wait(30)

        assert (served, still, mended) == ("new", "new", "newer")
        assert "No module named 'nothing_of_that_name'" in run.log()
        assert run.process.returncode == 0
        assert not (run.project / STATE_FILE).exists()
        assert list(run.temporary.iterdir()) == []
