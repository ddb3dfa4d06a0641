"""Requests to a stage's address, here one on this machine, from the words typed to the exit code."""

from __future__ import annotations

import json
import socket
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from lambwsgi.cli.main import run

pytestmark = pytest.mark.embedded

Command = Callable[..., tuple[int, str, str]]
# Set when the client has read the first half of `/slow`.
_GO_ON = threading.Event()


class _Site(BaseHTTPRequestHandler):
    """Answers with what it was asked, redirects, fails, breaks off, and waits in the middle of an answer."""

    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        body = self.rfile.read(int(self.headers.get("content-length", 0)))
        answer = {"/old": self._redirect, "/slow": self._slow, "/broken": self._broken, "/bytes": self._bytes}
        answer.get(self.path, lambda: self._echo(body))()

    do_POST = do_PUT = do_GET  # noqa: N815 - names of the standard library

    def log_message(self, format: str, *args: object) -> None:
        """Nothing on stderr."""

    def _echo(self, body: bytes) -> None:
        told = {"asked": f"{self.command} {self.path}", "headers": self.headers.items(), "body": body.decode()}
        self._send(404 if self.path == "/missing" else 200, json.dumps(told).encode())

    def _send(self, status: int, body: bytes, *headers: tuple[str, str]) -> None:
        self.send_response(status)
        for name, value in (*headers, ("Set-Cookie", "a=1"), ("Set-Cookie", "b=2"), ("Content-Length", len(body))):
            self.send_header(name, str(value))
        self.end_headers()
        self.wfile.write(body)

    def _redirect(self) -> None:
        self._send(302, b"moved", ("Location", "/new"))

    def _bytes(self) -> None:
        self._send(200, b"\xff\x00")

    def _broken(self) -> None:
        self.send_response(200)
        self.send_header("Content-Length", "10")
        self.end_headers()
        self.wfile.write(b"half")
        self.close_connection = True

    def _slow(self) -> None:
        self.send_response(200)
        self.send_header("Transfer-Encoding", "chunked")
        self.end_headers()
        self.wfile.write(b"6\r\nfirst\n\r\n")
        _GO_ON.wait(30)
        self.wfile.write(b"5\r\nlast\n\r\n0\r\n\r\n")


@pytest.fixture
def site(project: Path) -> Iterator[str]:
    """A server at the address that the stage's note tells."""
    _GO_ON.clear()
    with ThreadingHTTPServer(("127.0.0.1", 0), _Site) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        address = f"http://127.0.0.1:{server.server_port}/"
        _rewrite_note(project, address)
        yield address
        server.shutdown()
        thread.join()


def _rewrite_note(project: Path, address: str) -> None:
    path = project.parent / ".lambwsgi" / "local.json"
    path.write_text(json.dumps({**json.loads(path.read_text()), "url": address}))


def test_a_path_alone_is_a_get(command: Command, site: str) -> None:
    code, out, err = command("request", "local", "/a?b=1", "-H", "X-One: 1", "-H", "X-One: 2")

    told = json.loads(out)
    assert (code, err, told["asked"]) == (0, "", "GET /a?b=1")
    assert ["x-one", "1, 2"] in told["headers"]


def test_what_has_a_body_is_a_post(command: Command, site: str) -> None:
    _, out, _ = command("request", "local", "/", "-d", '{"é": 1}')

    told = json.loads(out)
    assert (told["asked"], told["body"]) == ("POST /", '{"é": 1}')
    assert ["content-type", "application/json"] in told["headers"]


def test_a_method_is_sent_as_named(command: Command, site: str) -> None:
    assert json.loads(command("request", "local", "put", "/orders/1")[1])["asked"] == "PUT /orders/1"


def test_a_form_holds_texts_and_files(command: Command, site: str, tmp_path: Path) -> None:
    (tmp_path / "photo.png").write_text("PNG")

    code, out, err = command("request", "local", "/", "-F", "title=a b", "-F", f"photo=@{tmp_path / 'photo.png'}")

    body = json.loads(out)["body"]
    assert (code, err) == (0, "")
    assert 'name="title"\r\n\r\na b\r\n' in body
    assert 'name="photo"; filename="photo.png"\r\nContent-Type: image/png\r\n\r\nPNG\r\n' in body


def test_a_status_of_400_and_above_is_an_exit_code(command: Command, site: str) -> None:
    code, out, _ = command("request", "local", "/missing")

    assert code == 1
    assert json.loads(out)["asked"] == "GET /missing"


def test_status_and_headers_are_shown_on_request(command: Command, site: str) -> None:
    _, out, _ = command("request", "local", "/old", "-i")

    head, _, body = out.partition("\n\n")
    assert head.startswith("302 Found\n")
    assert "\nSet-Cookie: a=1\nSet-Cookie: b=2\n" in head
    assert body == "moved"


def test_redirects_are_followed_only_on_request(command: Command, site: str) -> None:
    assert command("request", "local", "/old")[:2] == (0, "moved")
    assert json.loads(command("request", "local", "/old", "-L")[1])["asked"] == "GET /new"


def test_for_programs_the_answer_is_one_object(command: Command, site: str) -> None:
    code, out, _ = command("request", "local", "/bytes", "--output", "json")

    told = json.loads(out)
    assert (code, told["status"], told["body"], told["is_base64"]) == (0, 200, "/wA=", True)
    assert ["Set-Cookie", "b=2"] in told["headers"]


def test_an_answer_is_printed_as_it_comes(project: Path, site: str) -> None:
    words = ["request", "--settings", str(project), "local", "/slow"]
    with subprocess.Popen([sys.executable, "-m", "lambwsgi.cli", *words], stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        first = process.stdout.readline()
        _GO_ON.set()
        rest = process.stdout.read()

    assert (first, rest, process.returncode) == (b"first\n", b"last\n", 0)


def test_an_answer_that_breaks_off_is_an_error(command: Command, site: str) -> None:
    code, _, err = command("request", "local", "/broken")

    assert code == 1
    assert "gets no whole answer" in err


def test_where_nobody_listens_that_is_said(command: Command, project: Path) -> None:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        _rewrite_note(project, f"http://127.0.0.1:{probe.getsockname()[1]}/")
        code, _, err = command("request", "local", "/")

    assert code == 1
    assert "gets no whole answer" in err


def test_a_file_of_a_form_that_is_not_there_is_named(command: Command, site: str) -> None:
    code, _, err = command("request", "local", "/", "-F", "photo=@/no/such/file")

    assert code == 1
    assert "field 'photo': /no/such/file cannot be read" in err


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["GET", "about"], "write [METHOD] PATH"),
        (["/", "-F", "a"], "write NAME=VALUE"),
        (["/", "-F", "a=b", "-d", "c"], "give one"),
    ],
    ids=["no path", "no field", "a body and a form"],
)
def test_what_cannot_be_meant_is_a_usage_error(capsys: pytest.CaptureFixture[str], words: list[str], told: str) -> None:
    assert run(["request", "local", *words]) == 2
    assert told in capsys.readouterr().err
