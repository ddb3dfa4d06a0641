"""A repository of a container registry, by the HTTP API that all of them speak; no Docker is needed for it.

Source: Open Container Initiative, 'Distribution Specification' 1.1; Docker, 'Token Authentication Specification'.
"""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO
from urllib.parse import urlencode, urljoin, urlsplit

import requests
from requests.adapters import HTTPAdapter
from urllib3.util.retry import Retry

from lambwsgi.package.errors import RegistryError

IMAGE = "application/vnd.docker.distribution.manifest.v2+json"
OCI_IMAGE = "application/vnd.oci.image.manifest.v1+json"
LISTS = (
    "application/vnd.docker.distribution.manifest.list.v2+json",
    "application/vnd.oci.image.index.v1+json",
)
_NAME = re.compile(
    r"(?P<host>[\w.-]+\.[\w.-]+(?::\d+)?|localhost(?::\d+)?)/(?P<repository>[a-z0-9][a-z0-9._/-]*)"
    r"(?::(?P<tag>[\w.-]+))?(?:@(?P<digest>sha256:[0-9a-f]{64}))?"
)
_PARAMETER = re.compile(r'(\w+)="([^"]*)"')
# To connect, and between two parts of an answer.
_PATIENCE_SECONDS = (10, 120)
_CHUNK_BYTES = 1 << 20


@dataclass(frozen=True, slots=True)
class ImageName:
    """An image as one writes it, `HOST/REPOSITORY:TAG@DIGEST`; without tag and digest it is `latest`."""

    host: str
    repository: str
    tag: str | None = None
    digest: str | None = None

    @classmethod
    def parse(cls, text: str) -> ImageName:
        """Raises RegistryError for what is no name of an image in a registry."""
        found = _NAME.fullmatch(text)
        if found is None:
            raise RegistryError(
                f"image {text!r} is not of the form HOST/REPOSITORY:TAG or HOST/REPOSITORY@sha256:DIGEST, as in"
                " 'public.ecr.aws/lambda/python:3.13'"
            )
        return cls(found["host"], found["repository"], found["tag"], found["digest"])

    @property
    def reference(self) -> str:
        """What the registry is asked for: the digest where it is known."""
        return self.digest or self.tag or "latest"

    @property
    def address(self) -> str:
        """Where the registry answers; on this machine it may do so without TLS."""
        is_here = self.host.partition(":")[0] in {"localhost", "127.0.0.1"}
        return f"{'http' if is_here else 'https'}://{self.host}"

    def __str__(self) -> str:
        digest = f"@{self.digest}" if self.digest else ""
        return (
            f"{self.host}/{self.repository}:{self.tag}{digest}"
            if self.tag
            else f"{self.host}/{self.repository}{digest}"
        )


class Repository:
    """One repository of a registry. `login` is a user and a password; without it one asks as anybody."""

    def __init__(self, address: str, name: str, login: tuple[str, str] | None = None) -> None:
        self._base = f"{address}/v2/{name}/"
        self._login = login
        self._session = requests.Session()
        retries = Retry(4, backoff_factor=0.5, status_forcelist=(429, 502, 503, 504), allowed_methods={"GET", "HEAD"})
        self._session.mount(address, HTTPAdapter(max_retries=retries))

    def manifest(self, reference: str) -> tuple[bytes, str]:
        """The manifest of that tag or digest, byte for byte, and its media type."""
        accepted = ", ".join((IMAGE, OCI_IMAGE, *LISTS))
        answer = self._ask("GET", f"manifests/{reference}", headers={"Accept": accepted})
        content = answer.content
        if reference.startswith("sha256:"):
            self._check(reference, hashlib.sha256(content).hexdigest())
        return content, answer.headers.get("Content-Type", "").partition(";")[0]

    def has_manifest(self, digest: str) -> bool:
        """Whether the image of that digest is there."""
        headers = {"Accept": f"{IMAGE}, {OCI_IMAGE}"}
        return self._ask("HEAD", f"manifests/{digest}", headers=headers, missing_is_fine=True).ok

    def has_blob(self, digest: str) -> bool:
        """Whether the part of that digest is there."""
        return self._ask("HEAD", f"blobs/{digest}", missing_is_fine=True).ok

    def blob(self, digest: str) -> bytes:
        """A small part, such as the configuration of an image."""
        content = self._ask("GET", f"blobs/{digest}").content
        self._check(digest, hashlib.sha256(content).hexdigest())
        return content

    def fetch(self, digest: str, path: Path) -> None:
        """Fetch a part into a file."""
        found = hashlib.sha256()
        with self._ask("GET", f"blobs/{digest}", stream=True) as answer, path.open("wb") as file, _told(self._base):
            for chunk in answer.iter_content(_CHUNK_BYTES):
                found.update(chunk)
                file.write(chunk)
        self._check(digest, found.hexdigest())

    def push(self, digest: str, path: Path, progress: Callable[[int], None]) -> None:
        """Send a part; `progress` is told how many bytes more have gone out."""
        begun = self._ask("POST", "blobs/uploads/")
        place = urljoin(begun.url, begun.headers["Location"])
        query = urlencode({"digest": digest})
        with path.open("rb") as file:
            data = _Told(file, path.stat().st_size, progress)
            headers = {"Content-Type": "application/octet-stream"}
            self._ask("PUT", f"{place}{'&' if urlsplit(place).query else '?'}{query}", data=data, headers=headers)

    def push_manifest(self, content: bytes, tag: str) -> None:
        """Send the manifest of an image, all parts of which are there, under a tag."""
        self._ask("PUT", f"manifests/{tag}", data=content, headers={"Content-Type": IMAGE})

    def _ask(self, method: str, path: str, *, missing_is_fine: bool = False, **given: Any) -> requests.Response:
        url = urljoin(self._base, path)
        with _told(self._base):
            answer = self._session.request(method, url, timeout=_PATIENCE_SECONDS, allow_redirects=True, **given)
            # What is asked first has no body, so that nothing has to be sent twice.
            if answer.status_code == requests.codes.unauthorized and "Authorization" not in self._session.headers:
                self._session.headers["Authorization"] = self._authorization(answer.headers["WWW-Authenticate"])
                answer = self._session.request(method, url, timeout=_PATIENCE_SECONDS, allow_redirects=True, **given)
        if answer.ok or (missing_is_fine and answer.status_code == requests.codes.not_found):
            return answer
        told = " ".join(answer.text[:300].split())
        raise RegistryError(f"{self._base}: {method} {path.partition('?')[0]} is answered {answer.status_code}: {told}")

    def _authorization(self, challenge: str) -> str:
        """What the registry wants to see: the login itself, or a token that its own service gives for it."""
        kind, _, parameters = challenge.partition(" ")
        if kind.lower() == "basic":
            if self._login is None:
                raise RegistryError(f"{self._base}: the registry wants a login, and there is none for it here")
            return _basic(self._login)
        asked = dict(_PARAMETER.findall(parameters))
        realm = asked.pop("realm", "")
        query = {name: asked[name] for name in ("service", "scope") if name in asked}
        headers = {"Authorization": _basic(self._login)} if self._login else {}
        answer = requests.get(realm, params=query, headers=headers, timeout=_PATIENCE_SECONDS)
        if not answer.ok:
            raise RegistryError(f"{self._base}: {realm} gives no token ({answer.status_code}); is the image public?")
        given = answer.json()
        return f"Bearer {given.get('token') or given['access_token']}"

    def _check(self, digest: str, found: str) -> None:
        if digest != f"sha256:{found}":
            raise RegistryError(f"{self._base}: what came as {digest} has the digest sha256:{found}; try again")


class _Told:
    """A file of known size that tells how much of it has been read."""

    def __init__(self, file: BinaryIO, size: int, progress: Callable[[int], None]) -> None:
        self._file, self._size, self._progress = file, size, progress

    def __len__(self) -> int:
        return self._size

    def read(self, size: int = -1) -> bytes:
        """The next part."""
        chunk = self._file.read(size)
        self._progress(len(chunk))
        return chunk


def _basic(login: tuple[str, str]) -> str:
    return f"Basic {base64.b64encode(':'.join(login).encode()).decode()}"


@contextmanager
def _told(where: str) -> Iterator[None]:
    try:
        yield
    except requests.RequestException as error:
        kind = type(error).__name__
        raise RegistryError(f"{where} does not answer ({kind}); check the network and the image's name") from error
