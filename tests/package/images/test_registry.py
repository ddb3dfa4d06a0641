"""How one logs in to a registry: by a server that asks for it as ECR and the public registries do."""

from __future__ import annotations

import base64
import hashlib
import threading
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from lambwsgi.package.errors import RegistryError
from lambwsgi.package.images.registry import ImageName, Repository

BLOB = b"a layer"
DIGEST = f"sha256:{hashlib.sha256(BLOB).hexdigest()}"
LOGIN = f"Basic {base64.b64encode(b'AWS:secret').decode()}"
Serve = Callable[[str, str], AbstractContextManager[str]]


@pytest.fixture
def serve() -> Serve:
    """Starts a registry that gives one blob to who shows `wanted`, and others the `challenge`; gives its address."""

    @contextmanager
    def serve(challenge: str, wanted: str) -> Iterator[str]:
        class Conversation(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                if self.path.startswith("/token?"):
                    assert self.path == "/token?service=registry&scope=repository%3Ashop%3Apull"
                    self._answer(200, b'{"token": "abc"}')
                elif self.headers.get("Authorization") != wanted:
                    self._answer(401, b"", {"WWW-Authenticate": challenge.format(port=server.server_address[1])})
                else:
                    self._answer(200, BLOB)

            def _answer(self, status: int, body: bytes, headers: dict[str, str] | None = None) -> None:
                self.send_response(status)
                for name, value in {"Content-Length": str(len(body)), **(headers or {})}.items():
                    self.send_header(name, value)
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, format: str, *args: object) -> None:
                """Nothing."""

        with ThreadingHTTPServer(("127.0.0.1", 0), Conversation) as server:
            thread = threading.Thread(target=server.serve_forever, args=(0.02,))
            thread.start()
            try:
                yield f"http://127.0.0.1:{server.server_address[1]}"
            finally:
                server.shutdown()
                thread.join()

    return serve


TOKEN = 'Bearer realm="http://127.0.0.1:{port}/token",service="registry",scope="repository:shop:pull"'


def test_a_registry_that_wants_a_login_gets_it(serve: Serve) -> None:
    with serve('Basic realm="ecr"', LOGIN) as address:
        assert Repository(address, "shop", ("AWS", "secret")).blob(DIGEST) == BLOB


def test_a_public_registry_gives_anybody_a_token(serve: Serve, tmp_path: Path) -> None:
    with serve(TOKEN, "Bearer abc") as address:
        Repository(address, "shop").fetch(DIGEST, tmp_path / "layer")

    assert (tmp_path / "layer").read_bytes() == BLOB


def test_without_a_login_it_is_said_that_one_is_wanted(serve: Serve) -> None:
    with (
        serve('Basic realm="ecr"', LOGIN) as address,
        pytest.raises(RegistryError, match="the registry wants a login, and there is none for it here"),
    ):
        Repository(address, "shop").blob(DIGEST)


def test_a_login_that_is_refused_is_told_and_not_repeated(serve: Serve) -> None:
    with (
        serve('Basic realm="ecr"', LOGIN) as address,
        pytest.raises(RegistryError, match=r"GET blobs/sha256:\w+ is answered 401"),
    ):
        Repository(address, "shop", ("AWS", "old")).blob(DIGEST)


def test_what_was_changed_on_the_way_is_refused(serve: Serve, tmp_path: Path) -> None:
    other = f"sha256:{'0' * 64}"
    with (
        serve(TOKEN, "Bearer abc") as address,
        pytest.raises(RegistryError, match=f"what came as {other} has the digest {DIGEST}"),
    ):
        Repository(address, "shop").fetch(other, tmp_path / "layer")


@pytest.mark.parametrize(
    ("text", "address", "reference"),
    [
        ("public.ecr.aws/lambda/python:3.13", "https://public.ecr.aws", "3.13"),
        (f"ghcr.io/a/b:1@{DIGEST}", "https://ghcr.io", DIGEST),
        ("localhost:5000/a", "http://localhost:5000", "latest"),
    ],
)
def test_the_name_of_an_image_is_read_as_everybody_writes_it(text: str, address: str, reference: str) -> None:
    name = ImageName.parse(text)

    assert (name.address, name.reference, str(name)) == (address, reference, text)
