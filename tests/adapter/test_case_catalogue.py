"""Rules of the catalogue in tests/events/README.md that no file can tell: they need an application of their own."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest

from lambwsgi import make_handler
from tests.events.cases import event_of

EVENTS = Path(__file__).parent.parent / "events"
GATEWAYS = sorted(folder.name for folder in EVENTS.iterdir() if (folder / "answer_binary.json").exists())
TEXT = [("Content-Type", "text/plain")]


GET = event_of("function_url/trailing_slash_is_kept")
POST = event_of("function_url/text_body_is_utf8")


def answering(headers: Any = TEXT, body: Any = (b"x",)) -> Callable[..., Any]:
    def app(environ: Any, start_response: Any) -> Any:
        start_response("200 OK", list(headers))
        return body

    return app


@pytest.mark.parametrize("gateway", GATEWAYS)
def test_a_failure_is_a_whole_answer_of_its_gateway(gateway: str) -> None:
    def failing(environ: Any, start_response: Any) -> Any:
        raise RuntimeError("boom")

    event = event_of(f"{gateway}/answer_binary")
    fine = make_handler(answering())(event, None)
    result = make_handler(failing)(event, None)

    assert int(result.get("statusCode") or result["status"]) == 500
    assert result.keys() == fine.keys()
    assert json.loads(result["body"])["title"] == "Internal Server Error"


@pytest.mark.parametrize(
    ("name", "request_id"),
    [
        ("function_url/answer_binary", "0a1b2c3d-0000-4000-8000-000000000001"),
        ("http_api/answer_binary", "Jx7mJhxTvHcEMGw="),
        ("http_api_v1/answer_binary", "6c7d8e9f-0000-4000-8000-000000000002"),
        ("rest_api/answer_binary", "6c7d8e9f-0000-4000-8000-000000000002"),
        ("alb/answer_binary", "Root=1-65f00000-000000000000000000000003"),
        ("edge/answer_binary", "4TyzHTaYWb1GX1qTfsHhEqV6HUDd_BzoBZnwfnvQc_1oF26ClkoUSEQ=="),
        ("lattice_v2/answer_binary", "unknown"),
    ],
)
def test_without_lambdas_context_a_failure_has_the_gateways_request_id(name: str, request_id: str) -> None:
    result = make_handler(answering(body=None))(event_of(name), None)

    assert json.loads(result["body"])["request_id"] == request_id


@pytest.mark.parametrize("gateway", ["alb", "lattice_v1"])
def test_seventy_cookies_have_seventy_names(gateway: str) -> None:
    cookies = [f"c{number}=1" for number in range(70)]

    result = make_handler(answering([("Set-Cookie", cookie) for cookie in cookies]))(
        event_of(f"{gateway}/answer_binary"), None
    )

    names = [name for name in result["headers"] if name.lower() == "set-cookie"]
    assert [result["headers"][name] for name in names] == cookies


def test_a_failure_in_the_middle_of_the_body_leaves_nothing_of_the_answer() -> None:
    def half(environ: Any, start_response: Any) -> Iterator[bytes]:
        start_response("200 OK", [("Set-Cookie", "a=1")])
        yield b"half"
        raise RuntimeError("boom")

    result = make_handler(half)(GET, None)

    assert result["statusCode"] == 500
    assert "half" not in result["body"]
    assert "cookies" not in result


def test_an_application_that_returns_nothing_is_a_500() -> None:
    assert make_handler(answering(body=None))(GET, None)["statusCode"] == 500


def test_a_keyboard_interrupt_is_not_swallowed() -> None:
    def interrupted(environ: Any, start_response: Any) -> Any:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        make_handler(interrupted)(GET, None)


def test_the_answer_is_closed_after_its_last_chunk_and_before_the_handler_returns() -> None:
    order = []

    class Body:
        def __iter__(self) -> Iterator[bytes]:
            order.append("chunk")
            yield b"x"
            order.append("end")

        def close(self) -> None:
            order.append("closed")

    make_handler(answering(body=Body()))(GET, None)
    order.append("returned")

    assert order == ["chunk", "end", "closed", "returned"]


@pytest.mark.parametrize(
    ("read", "parts"),
    [
        pytest.param(lambda body: body.read(), b"a\nbc\n", id="all"),
        pytest.param(lambda body: body.read(3) + b"|" + body.read(99), b"a\nb|c\n", id="some, then more than there is"),
        pytest.param(lambda body: body.readline() + b"|" + body.readline(1), b"a\n|b", id="by line, and part of one"),
        pytest.param(lambda body: b"|".join(body.readlines()), b"a\n|bc\n", id="lines"),
        pytest.param(b"|".join, b"a\n|bc\n", id="iterated"),
        pytest.param(lambda body: body.read() + body.read() + body.readline(), b"a\nbc\n", id="past the end"),
    ],
)
def test_the_body_can_be_read_in_every_way(read: Callable[[Any], bytes], parts: bytes) -> None:
    def app(environ: Any, start_response: Any) -> list[bytes]:
        start_response("200 OK", TEXT)
        return [read(environ["wsgi.input"])]

    result = make_handler(app)(POST | {"body": "a\nbc\n"}, None)

    assert result["body"].encode() == parts


def test_errors_is_a_stream_of_text(capsys: pytest.CaptureFixture[str]) -> None:
    def app(environ: Any, start_response: Any) -> list[bytes]:
        environ["wsgi.errors"].write("é\n")
        environ["wsgi.errors"].writelines(["a", "b"])
        environ["wsgi.errors"].flush()
        start_response("200 OK", TEXT)
        return []

    make_handler(app)(GET, None)

    assert capsys.readouterr().err == "é\nab"


def test_a_file_goes_out_by_the_servers_own_wrapper() -> None:
    file = BytesIO(b"\x89PNG" * 50_000)

    def app(environ: Any, start_response: Any) -> Any:
        start_response("200 OK", [("Content-Type", "image/png"), ("Content-Length", "200000")])
        return environ["wsgi.file_wrapper"](file, 8192)

    result = make_handler(app)(GET, None)

    assert result["headers"]["content-length"] == "200000"
    assert len(result["body"]) == 266_668
    assert file.closed


PRINTS_THE_FLAG = """
import json, sys
from lambwsgi import make_handler

def app(environ, start_response):
    print(environ["wsgi.multiprocess"])
    start_response("200 OK", [])
    return []

make_handler(app)(json.load(sys.stdin), None)
"""


@pytest.mark.parametrize(("variables", "flag"), [({"AWS_LAMBDA_MAX_CONCURRENCY": "8"}, "True\n"), ({}, "False\n")])
def test_only_a_managed_instance_serves_in_several_processes(variables: dict[str, str], flag: str) -> None:
    command = [sys.executable, "-c", PRINTS_THE_FLAG]

    ended = subprocess.run(
        command, input=json.dumps(GET), env=variables, capture_output=True, text=True, check=True, timeout=60
    )

    assert ended.stdout == flag


def test_a_file_without_close_can_be_sent() -> None:
    class Reader:
        def __init__(self) -> None:
            self.blocks = [b"ab", b"c"]

        def read(self, size: int) -> bytes:
            return self.blocks.pop(0) if self.blocks else b""

    def app(environ: Any, start_response: Any) -> Any:
        start_response("200 OK", TEXT)
        return environ["wsgi.file_wrapper"](Reader())

    assert make_handler(app)(GET, None)["body"] == "abc"


def test_stage_variables_stay_out_of_the_environment() -> None:
    event = event_of("rest_api/trailing_slash_is_kept") | {"stageVariables": {"LAMBWSGI_TEST_STAGE_VARIABLE": "1"}}
    seen = []

    def app(environ: Any, start_response: Any) -> list[bytes]:
        seen.append((environ["lambwsgi.event"]["stageVariables"], "LAMBWSGI_TEST_STAGE_VARIABLE" in os.environ))
        start_response("200 OK", TEXT)
        return []

    make_handler(app)(event, None)

    assert seen == [({"LAMBWSGI_TEST_STAGE_VARIABLE": "1"}, False)]


def test_an_environ_has_nothing_of_the_request_before() -> None:
    seen = []

    def app(environ: dict[str, Any], start_response: Any) -> list[bytes]:
        seen.append({"left.behind", "REMOTE_USER", "CONTENT_TYPE", "HTTP_COOKIE"} & environ.keys())
        environ |= {"left.behind": 1, "wsgi.multithread": "changed"}
        start_response("200 OK", TEXT)
        return [str(environ.get("wsgi.run_once")).encode()]

    handler = make_handler(app)
    first = event_of("function_url/iam_caller_is_the_remote_user")
    handler(first | {"headers": first["headers"] | {"content-type": "text/plain", "cookie": "a=1"}}, None)
    handler(GET, None)

    assert seen == [{"REMOTE_USER", "CONTENT_TYPE", "HTTP_COOKIE"}, set()]


def test_a_failures_log_line_has_neither_body_nor_cookies(caplog: pytest.LogCaptureFixture) -> None:
    def failing(environ: Any, start_response: Any) -> Any:
        raise RuntimeError("boom")

    event = POST | {"body": "password=hunter2", "cookies": ["session=abcdef"]}
    make_handler(failing)(event, None)

    assert "boom" in caplog.text
    assert "hunter2" not in caplog.text
    assert "abcdef" not in caplog.text


def test_requests_in_threads_do_not_mix() -> None:
    def echo(environ: Any, start_response: Any) -> list[bytes]:
        start_response("200 OK", [*TEXT, ("X-Path", environ["PATH_INFO"])])
        return [environ["wsgi.input"].read()]

    handler = make_handler(echo)
    with ThreadPoolExecutor(8) as pool:
        results = list(pool.map(lambda n: handler(POST | {"rawPath": f"/{n}", "body": str(n)}, None), range(400)))

    assert [(result["headers"]["x-path"], result["body"]) for result in results] == [
        (f"/{number}", str(number)) for number in range(400)
    ]
