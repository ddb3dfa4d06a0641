"""An index of this machine's own: wheels made here, of what is installed and of a few that only tests need."""

from __future__ import annotations

import base64
import hashlib
import importlib.metadata
import io
import sys
import tarfile
import zipfile
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from lambwsgi.settings.model import StageSettings

FLASK_AND_NEEDS = ("flask", "werkzeug", "jinja2", "markupsafe", "click", "itsdangerous", "blinker")

FLASK_APP = """\
from flask import Flask

app = Flask(__name__)


@app.get("/")
def index():
    return "hello"
"""

PLAIN_APP = """\
def app(environ, start_response):
    start_response("200 OK", [("Content-Type", "text/plain")])
    return [b"hello"]
"""


def write_wheel(
    folder: Path, name: str, version: str, files: Mapping[str, bytes], *, tag: str = "py3-none-any", requires: str = ""
) -> Path:
    """A wheel of these files; `requires` is one requirement."""
    info = f"{name}-{version}.dist-info"
    needs = f"Requires-Dist: {requires}\n" if requires else ""
    content = {
        **files,
        f"{info}/METADATA": f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n{needs}".encode(),
        f"{info}/WHEEL": f"Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: true\nTag: {tag}\n".encode(),
    }
    return _zip_wheel(folder / f"{name}-{version}-{tag}.whl", info, content)


def write_sdist(folder: Path, name: str, version: str) -> None:
    """A source distribution; building it would fail, and is never to be tried."""
    with tarfile.open(folder / f"{name}-{version}.tar.gz", "w:gz") as archive:
        content = f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n".encode()
        member = tarfile.TarInfo(f"{name}-{version}/PKG-INFO")
        member.size = len(content)
        archive.addfile(member, io.BytesIO(content))


# Builds a wheel of what lies beside it, with nothing but the standard library.
BACKEND = """\
import zipfile

def build_wheel(folder, config_settings=None, metadata_directory=None):
    wheel, info = "NAME-1-TAG.whl", "NAME-1.dist-info"
    with zipfile.ZipFile(f"{folder}/{wheel}", "w") as archive:
        archive.write("NAME.py")
        archive.writestr(f"{info}/METADATA", "Metadata-Version: 2.1\\nName: NAME\\nVersion: 1\\n")
        archive.writestr(f"{info}/WHEEL", "Wheel-Version: 1.0\\nGenerator: t\\nRoot-Is-Purelib: true\\nTag: TAG\\n")
        archive.writestr(f"{info}/RECORD", f"NAME.py,,\\n{info}/METADATA,,\\n{info}/WHEEL,,\\n{info}/RECORD,,\\n")
    return wheel
"""
BUILD = """\
[project]
name = "NAME"
version = "1"

[build-system]
requires = []
build-backend = "backend"
backend-path = ["."]
"""


def write_source(folder: Path, name: str = "lib", *, tag: str = "py3-none-any") -> None:
    """A folder that builds a distribution of that name, whose wheel has that tag."""
    folder.mkdir(parents=True)
    for file, text in (("pyproject.toml", BUILD), ("backend.py", BACKEND), (f"{name}.py", "VERSION = 1\n")):
        (folder / file).write_text(text.replace("NAME", name).replace("TAG", tag))


def _write_buildable(folder: Path, work: Path) -> None:
    """A source distribution that can be built, and has no wheel."""
    write_source(work / "buildable-1", "buildable")
    (work / "buildable-1/PKG-INFO").write_text("Metadata-Version: 2.1\nName: buildable\nVersion: 1\n")
    with tarfile.open(folder / "buildable-1.tar.gz", "w:gz") as archive:
        archive.add(work / "buildable-1", "buildable-1")


def _repack(folder: Path, name: str) -> None:
    """The wheel that an installed distribution came from, for this Python."""
    distribution = importlib.metadata.distribution(name)
    files = [file for file in distribution.files or () if file.parts[0] != ".." and "__pycache__" not in file.parts]
    info = next(file.parts[0] for file in files if file.parts[0].endswith(".dist-info"))
    noise = {f"{info}/{part}" for part in ("RECORD", "INSTALLER", "REQUESTED")}
    content = {str(file): file.read_binary() for file in files if str(file) not in noise}
    tag = content[f"{info}/WHEEL"].decode().partition("Tag: ")[2].split()[0]
    _zip_wheel(folder / f"{info.removesuffix('.dist-info')}-{tag}.whl", info, content)


def _zip_wheel(path: Path, info: str, content: Mapping[str, bytes]) -> Path:
    lines = []
    with zipfile.ZipFile(path, "w") as wheel:
        for name, data in content.items():
            digest = base64.urlsafe_b64encode(hashlib.sha256(data).digest()).rstrip(b"=").decode()
            lines.append(f"{name},sha256={digest},{len(data)}")
            wheel.writestr(name, data)
        wheel.writestr(f"{info}/RECORD", "\n".join([*lines, f"{info}/RECORD,,", ""]))
    return path


@pytest.fixture(scope="session")
def wheelhouse(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of wheels: Flask and its needs for this Python, and small ones made up."""
    folder = tmp_path_factory.mktemp("wheelhouse")
    for name in FLASK_AND_NEEDS:
        _repack(folder, name)
    write_wheel(folder, "plain", "1.0", {"plain/__init__.py": b"VERSION = 1\n"})
    write_wheel(folder, "plain", "2.0", {"plain/__init__.py": b"VERSION = 2\n"})
    write_wheel(folder, "needsplain", "1.0", {"needsplain.py": b"import plain\n"}, requires="plain<2")
    for tag in ("cp313-cp313-manylinux_2_34_aarch64", "cp313-cp313-manylinux_2_34_x86_64", "py3-none-any"):
        marker = tag.encode()
        write_wheel(folder, "native", "1.0", {"native/__init__.py": b"", "native/built_for.txt": marker}, tag=tag)
    write_wheel(folder, "newglibc", "1.0", {"newglibc.py": b""}, tag="py3-none-manylinux_2_28_x86_64")
    write_wheel(folder, "windowsonly", "1.0", {"windowsonly.py": b""}, tag="py3-none-win_amd64")
    write_wheel(folder, "armonly", "1.0", {"armonly.py": b""}, tag="cp313-cp313-manylinux_2_34_aarch64")
    write_wheel(folder, "boto3", "1.0", {"boto3.py": b""}, requires="plain")
    write_wheel(folder, "large", "1.0", {"large/data.bin": bytes(10_000_001)})
    write_wheel(folder, "space_theirs", "1.0", {"space/theirs/__init__.py": b""})
    library = bytes.fromhex("7f454c46020101").ljust(18, b"\0") + (183).to_bytes(2, "little") + bytes(44)
    write_wheel(folder, "wrongtag", "1.0", {"wrongtag.so": library})
    write_sdist(folder, "sourceonly", "1.0")
    _write_buildable(folder, tmp_path_factory.mktemp("sources"))
    return folder


@pytest.fixture(autouse=True)
def own_index(wheelhouse: Path, tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> None:
    """uv sees the wheelhouse and no other index."""
    folder = tmp_path_factory.mktemp("uv")
    (folder / "uv.toml").write_text(f"no-index = true\nfind-links = ['{wheelhouse}']\n")
    monkeypatch.setenv("UV_CONFIG_FILE", str(folder / "uv.toml"))
    monkeypatch.setenv("UV_CACHE_DIR", str(wheelhouse.parent / "uv-cache"))
    monkeypatch.setenv("LAMBWSGI_CACHE_DIR", str(wheelhouse.parent / "cache"))


@pytest.fixture
def write_lib() -> Callable[..., None]:
    """Makes a folder that builds the distribution `lib`."""
    return write_source


@pytest.fixture
def poetry(wheelhouse: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A stand-in for Poetry in the index, whose lock is always of `plain` 1.0; the file that it notes its orders in."""
    asked = tmp_path / "asked.txt"
    monkeypatch.setenv("ASKED", str(asked))
    source = "import os, sys\ndef main():\n    open(os.environ['ASKED'], 'w').write(' '.join(sys.argv[1:]))\n"
    files = {
        "poetry.py": f"{source}    print('plain==1.0')\n".encode(),
        "poetry-2.5.dist-info/entry_points.txt": b"[console_scripts]\npoetry = poetry:main\n",
    }
    write_wheel(wheelhouse, "poetry", "2.5", files)
    write_wheel(wheelhouse, "poetry_plugin_export", "1.9", {"poetry_plugin_export.py": b""})
    return asked


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """An empty folder, well away from any repository's .gitignore."""
    folder = tmp_path / "project"
    folder.mkdir()
    return folder


@pytest.fixture
def settings_for() -> Callable[..., StageSettings]:
    """Makes a stage whose Python is the one that runs the tests, unless said otherwise."""

    def settings_for(**values: object) -> StageSettings:
        here = f"python3.{sys.version_info.minor}"
        given = {"project": "hello", "stage": "dev", "app": "app:app", "runtime": here, **values}
        return StageSettings.model_validate(given)

    return settings_for


@pytest.fixture
def plain_app() -> str:
    """Source of the least application."""
    return PLAIN_APP


@pytest.fixture
def flask_app() -> str:
    """Source of hello-flask."""
    return FLASK_APP
