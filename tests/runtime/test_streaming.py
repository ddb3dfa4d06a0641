"""Streamed responses on the wire of the Runtime API, byte by byte."""

from __future__ import annotations

import itertools
import json
import shutil
import subprocess
import sys
from pathlib import Path

import lambwsgi
from tests.events.cases import event_of
from tests.runtime.recording_api import Event, Run, run_client, run_command

TASK = """
import time
from lambwsgi import make_handler

TEXT = [("Content-Type", "text/plain")]

def app(environ, start_response):
    return PAGES[environ["PATH_INFO"]](environ, start_response)

def slow(environ, start_response):
    start_response("200 OK", TEXT)
    for number in range(3):
        yield b"part %d" % number
        time.sleep(0.2)

def writing(environ, start_response):
    write = start_response("200 OK", TEXT)
    write(b"written")
    time.sleep(0.2)
    return [b"given"]

def empty(environ, start_response):
    start_response("303 See Other", [("Location", "/elsewhere"), ("Set-Cookie", "a=1")])
    return []

def failing(environ, start_response):
    start_response("200 OK", TEXT)
    yield b"one"
    yield b"two"
    raise OSError("the disk is gone")

def failing_at_once(environ, start_response):
    raise OSError("the disk is gone")

def nul(environ, start_response):
    start_response("200 OK", [("X-Text", "Gr\\u00fc\\u00dfe")])
    return [b"\\0" * 20, b"0\\r\\n\\r\\n"]

def large(environ, start_response):
    start_response("200 OK", TEXT)
    for _ in range(300):
        yield b"x" * 65_536

PAGES = {f"/{page.__name__}": page for page in (slow, writing, empty, failing, failing_at_once, nul, large)}
handler = make_handler(app, streaming=True)
"""
RESPONSE = "/2018-06-01/runtime/invocation/8476a536-e9f4-11e8-9739-2dfe598c3fcd/response"


def ask(task: Path, *paths: str) -> Run:
    (task / "task.py").write_text(TASK, encoding="utf-8")
    event = event_of("function_url/captured_request")
    events = [Event(json.dumps({**event, "rawPath": path}).encode()) for path in paths]
    return run_client("lambwsgi.runtime", task, *events)


def prelude_and_body(payload: bytes) -> tuple[object, bytes]:
    prelude, body = payload.split(b"\0" * 8, 1)
    return json.loads(prelude), body


def test_a_streamed_response_is_posted_as_lambda_wants_it(tmp_path: Path) -> None:
    [post] = ask(tmp_path, "/slow").posts

    assert post.path == RESPONSE
    assert post.headers["content-type"] == "application/vnd.awslambda.http-integration-response"
    assert post.headers["lambda-runtime-function-response-mode"] == "streaming"
    assert post.headers["transfer-encoding"] == "chunked"
    assert post.headers["trailer"] == "Lambda-Runtime-Function-Error-Type, Lambda-Runtime-Function-Error-Body"
    assert "content-length" not in post.headers
    prelude = {"statusCode": 200, "headers": {"content-type": "text/plain"}}
    assert prelude_and_body(post.body) == (prelude, b"part 0part 1part 2")
    assert post.trailers == {}


def test_parts_arrive_as_they_are_made(tmp_path: Path) -> None:
    [post] = ask(tmp_path, "/slow").posts

    times = [at for at, part in post.parts if part.startswith(b"part")]
    assert [later - earlier > 0.15 for earlier, later in itertools.pairwise(times)] == [True, True]


def test_what_is_written_goes_out_before_what_is_returned(tmp_path: Path) -> None:
    [post] = ask(tmp_path, "/writing").posts

    assert [part for _, part in post.parts][1:] == [b"written", b"given"]
    assert post.parts[-1][0] - post.parts[-2][0] > 0.15


def test_an_empty_body_is_prelude_delimiter_and_end(tmp_path: Path) -> None:
    [post] = ask(tmp_path, "/empty").posts

    headers = {"location": "/elsewhere", "content-length": "0"}
    assert prelude_and_body(post.body) == ({"statusCode": 303, "headers": headers, "cookies": ["a=1"]}, b"")


def test_a_failure_in_the_middle_comes_in_trailers_and_in_the_log(tmp_path: Path) -> None:
    run = ask(tmp_path, "/failing", "/empty")

    post, after = run.posts
    assert prelude_and_body(post.body)[1] == b"onetwo"
    assert post.trailers["lambda-runtime-function-error-type"] == "OSError"
    assert post.trailer_error["errorMessage"] == "the disk is gone"
    assert "failing" in post.trailer_error["stackTrace"][-1]
    assert run.output.count("[ERROR] OSError: the disk is gone") == 1
    assert prelude_and_body(after.body)[1] == b""


def test_a_failure_before_the_first_part_is_a_whole_response(tmp_path: Path) -> None:
    [post] = ask(tmp_path, "/failing_at_once").posts

    prelude, body = prelude_and_body(post.body)
    assert isinstance(prelude, dict)
    assert prelude["statusCode"] == 500
    assert json.loads(body)["request_id"] == "8476a536-e9f4-11e8-9739-2dfe598c3fcd"
    assert post.trailers == {}


def test_no_byte_of_the_body_is_taken_for_the_protocol(tmp_path: Path) -> None:
    [post] = ask(tmp_path, "/nul").posts

    prelude, body = post.body[: post.body.index(b"\0")], post.body[post.body.index(b"\0") :]
    assert json.loads(prelude) == {"statusCode": 200, "headers": {"x-text": "Grüße"}}
    assert body == b"\0" * 8 + b"\0" * 20 + b"0\r\n\r\n"


def test_a_large_body_arrives_whole(tmp_path: Path) -> None:
    [post] = ask(tmp_path, "/large").posts

    assert prelude_and_body(post.body)[1] == b"x" * 65_536 * 300


def test_a_runtime_api_that_takes_no_more_stops_the_application(tmp_path: Path) -> None:
    (tmp_path / "task.py").write_text(TASK, encoding="utf-8")
    event = {**event_of("function_url/captured_request"), "rawPath": "/large"}

    run = run_client("lambwsgi.runtime", tmp_path, Event(json.dumps(event).encode()), posts=0, hang_up_after=100_000)

    assert "RuntimeApiError" in run.output
    assert run.exit_code is None


def test_the_exec_wrapper_starts_it_with_the_python_of_the_runtime(tmp_path: Path) -> None:
    """As Lambda calls it: the wrapper by its path, with the runtime's own command as arguments."""
    (tmp_path / "task.py").write_text(TASK, encoding="utf-8")
    (tmp_path / "client.py").write_text("raise SystemExit('the runtime took a module of the project for its own')\n")
    shutil.copytree(Path(lambwsgi.__file__).parent, tmp_path / "lambwsgi")
    event = {**event_of("function_url/captured_request"), "rawPath": "/empty"}
    variables = {"_HANDLER": "task.handler", "LAMBDA_TASK_ROOT": str(tmp_path)}

    run = run_command(
        [str(tmp_path / "lambwsgi/runtime/bootstrap"), sys.executable, "/var/runtime/bootstrap.py"],
        Path("/"),
        Event(json.dumps(event).encode()),
        environment=variables,
    )

    assert prelude_and_body(run.posts[0].body)[1] == b""


def test_without_the_runtime_api_it_says_what_is_missing(tmp_path: Path) -> None:
    told = subprocess.run(
        [sys.executable, "-m", "lambwsgi.runtime"], env={}, capture_output=True, text=True, check=False
    )

    assert told.returncode == 1
    assert "AWS_LAMBDA_RUNTIME_API is not set" in told.stderr
