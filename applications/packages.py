"""A package index, asked by pip, twine and requests."""

from __future__ import annotations

import hashlib
import random
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from pathlib import Path

import requests

# Below and above what a load balancer lets through, and above what Lambda does.
_SIZES = {"small": 2_000, "middle": 600_000, "large": 3_000_000, "huge": 7_000_000}
_PATHS = ("/", "/simple/", "/simple", "/simple/lambwsgi-small/", "/simple/Lambwsgi_Small/", "/packages/", "/nothing")
_PIP = ("--isolated", "--no-cache-dir", "--disable-pip-version-check", "--index-url")


def observe(url: str, place: Path) -> Iterator[tuple[str, object]]:
    """What the clients see, one thing at a time."""
    for name, size_bytes in _SIZES.items():
        if name == "large":
            # While every gateway has the same.
            yield from _pages(url)
            yield from _installed(url, place)
        wheel = _wheel(place, name, size_bytes)
        upload = ("--disable-progress-bar", "--non-interactive", "-u", "user", "-p", "secret", str(wheel))
        yield f"twine upload {name}", _run("twine", "upload", "--repository-url", f"{url}/", *upload)
        wanted = ("--no-deps", "--dest", str(place / "got"), f"lambwsgi-{name}==1.0+local.1")
        yield f"pip download {name}", _run("pip", "download", *_PIP, f"{url}/simple/", *wanted)
        got = place / "got" / wheel.name
        yield f"same bytes {name}", got.exists() and got.read_bytes() == wheel.read_bytes()


def _installed(url: str, place: Path) -> Iterator[tuple[str, object]]:
    target = ("--no-deps", "--target", str(place / "installed"), "lambwsgi_small")
    yield "pip install", _run("pip", "install", *_PIP, f"{url}/simple/", *target)
    yield "pip index versions", _run("pip", "index", "versions", *_PIP, f"{url}/simple/", "lambwsgi-small")


def _wheel(place: Path, name: str, size_bytes: int) -> Path:
    info = f"lambwsgi_{name}-1.0+local.1.dist-info"
    path = place / f"lambwsgi_{name}-1.0+local.1-py3-none-any.whl"
    payload = random.Random(size_bytes).randbytes(size_bytes)
    files: dict[str, str | bytes] = {
        f"lambwsgi_{name}/data.bin": payload,
        f"{info}/METADATA": f"Metadata-Version: 2.1\nName: lambwsgi-{name}\nVersion: 1.0+local.1\n",
        f"{info}/WHEEL": "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
    }
    files[f"{info}/RECORD"] = "".join(f"{inside},,\n" for inside in (*files, f"{info}/RECORD"))
    with zipfile.ZipFile(path, "w") as archive:
        for inside, content in files.items():
            archive.writestr(zipfile.ZipInfo(inside), content)
    return path


def _run(*command: str) -> str:
    done = subprocess.run([sys.executable, "-m", *command], capture_output=True, text=True, check=False)
    return "done" if done.returncode == 0 else f"failed: {(done.stdout + done.stderr)[-300:]}"


def _pages(url: str) -> Iterator[tuple[str, object]]:
    for path in _PATHS:
        page = requests.get(f"{url}{path}")
        location = [each.headers["Location"] for each in page.history]
        yield f"GET {path}", (page.status_code, page.headers["Content-Type"], location, page.text)
    wheel = "lambwsgi_small-1.0+local.1-py3-none-any.whl"
    for spelled in (wheel, wheel.replace("+", "%2B")):
        got = requests.get(f"{url}/packages/{spelled}")
        digest = hashlib.sha256(got.content).hexdigest()
        yield f"GET {spelled}", (got.status_code, got.headers.get("Content-Type"), got.headers.get("ETag"), digest)
    part = requests.get(f"{url}/packages/{wheel}", headers={"Range": "bytes=100-199"})
    yield "GET a range", (part.status_code, part.headers.get("Content-Range"), len(part.content))
    json = requests.get(f"{url}/json/lambwsgi-small")
    yield "GET JSON", (json.status_code, json.text)
    nobody = requests.post(f"{url}/", data={":action": "file_upload"})
    yield "challenge", (nobody.status_code, nobody.headers.get("WWW-Authenticate"))
