"""docs/static-files.md is true: its projects, made anew, packaged and served as the page says."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import requests
import yaml

from lambwsgi.deploy.aws.calls import Aws

PAGE = Path(__file__).parents[2].joinpath("docs", "static-files.md").read_text("utf-8")
PIECES = {
    title.strip(): text for title, text in re.findall(r"```(?:python|yaml)\n# ([^\n]+)\n(.*?)```", PAGE, re.DOTALL)
}
LAMBWSGI = [sys.executable, "-m", "lambwsgi.cli"]
# The page says `python`, which is the one of the project's virtual environment.
ENVIRON = {**os.environ, "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"}
BASE = {"runtime": f"python3.{sys.version_info.minor}", "warm": False}


def _run(folder: Path, *command: str, **variables: str) -> str:
    done = subprocess.run(
        command, cwd=folder, env={**ENVIRON, **variables}, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def _write_settings(folder: Path, piece: str, **base: object) -> None:
    """The settings file, of what each project has and of what the page shows."""
    shown = yaml.safe_load(piece)
    prod = shown.get("stages", {}).get("prod", {})
    whole = {"project": "shop", "base": {**BASE, **base, **shown.get("base", {})}, "stages": {"prod": prod}}
    (folder / "lambwsgi.yml").write_text(yaml.safe_dump(whole), "utf-8")


@contextmanager
def _served(folder: Path, *words: str) -> Iterator[str]:
    """The address of what `lambwsgi` serves with these words, until the block is left."""
    with (folder / "errors.txt").open("w") as errors:
        process = subprocess.Popen(
            [*LAMBWSGI, *words], cwd=folder, env=ENVIRON, stdout=subprocess.PIPE, stderr=errors, text=True
        )
    assert process.stdout
    try:
        url = process.stdout.readline().strip()
        assert url.startswith("http://127.0.0.1:"), (folder / "errors.txt").read_text()
        yield url
    finally:
        process.terminate()
        process.communicate(timeout=30)


def _django(folder: Path, piece: str) -> Path:
    """A project that Django has just made, with the page's settings."""
    _run(folder, sys.executable, "-m", "django", "startproject", "shop", ".")
    settings = folder / "shop/settings.py"
    settings.write_text(
        f"import os\n{settings.read_text()}\nALLOWED_HOSTS = ['*']\nDEBUG = False\n{PIECES[piece]}", "utf-8"
    )
    (folder / "requirements.txt").write_text("django\nwhitenoise\n", "utf-8")
    (folder / ".gitignore").write_text("staticfiles/\n", "utf-8")
    return folder


def _hashed_style(url: str) -> str:
    page = requests.get(f"{url}admin/login/", timeout=60)
    found = re.search(r'href="([^"]*admin/css/base\.[0-9a-f]{12}\.css)"', page.text)
    assert found, page.text
    return found[1]


DJANGO = {"app": "shop.wsgi:application", "environment": {"DJANGO_SETTINGS_MODULE": "shop.settings"}}


@pytest.mark.embedded
@pytest.mark.parametrize("words", [("local", "prod", "--port", "0", "--artifact", "out.zip"), ("deploy", "local")])
def test_django_from_the_function(tmp_path: Path, words: tuple[str, ...]) -> None:
    folder = _django(tmp_path, "settings.py: whitenoise")
    _write_settings(folder, PIECES["lambwsgi.yml: whitenoise"], **DJANGO)
    _run(folder, *LAMBWSGI, "package", "prod", "--path", "out.zip")
    shutil.rmtree(folder / "staticfiles")

    with _served(folder, *words) as url:
        style = _hashed_style(url)
        address = f"{url.rstrip('/')}{style}"
        plain = requests.get(address, headers={"Accept-Encoding": "identity"}, timeout=60)
        coded = requests.get(address, headers={"Accept-Encoding": "gzip"}, timeout=60)
        again = requests.get(address, headers={"If-None-Match": plain.headers["ETag"]}, timeout=60)

    assert plain.headers["Cache-Control"] == "max-age=315360000, public, immutable"
    assert plain.headers["Content-Type"].startswith("text/css")
    assert (coded.headers["Content-Encoding"], coded.content) == ("gzip", plain.content)
    assert int(coded.headers["Content-Length"]) < int(plain.headers["Content-Length"])
    assert "Accept-Encoding" in coded.headers["Vary"]
    assert (again.status_code, again.content) == (304, b"")


@pytest.mark.embedded
@pytest.mark.parametrize("words", [("local", "prod", "--port", "0", "--artifact", "out.zip"), ("deploy", "local")])
def test_flask_from_the_function(tmp_path: Path, words: tuple[str, ...]) -> None:
    index = "\n\n@app.get('/')\ndef index():\n    return __import__('flask').url_for('static', filename='a.css')\n"
    (tmp_path / "app.py").write_text(PIECES["app.py: whitenoise"] + index, "utf-8")
    (tmp_path / "static").mkdir()
    (tmp_path / "static/a.css").write_text("p { color: tan }\n" * 100, "utf-8")
    (tmp_path / "requirements.txt").write_text("flask\nwhitenoise\n", "utf-8")
    _write_settings(tmp_path, "{}", app="app:app")
    _run(tmp_path, *LAMBWSGI, "package", "prod", "--path", "out.zip")

    with _served(tmp_path, *words) as url:
        path = requests.get(url, timeout=60).text
        style = requests.get(f"{url.rstrip('/')}{path}", headers={"Accept-Encoding": "gzip"}, timeout=60)
        again = requests.get(f"{url.rstrip('/')}{path}", headers={"If-None-Match": style.headers["ETag"]}, timeout=60)

    assert re.fullmatch(r"/static/a\.css\?v=[0-9a-f]+", path)
    assert style.headers["Cache-Control"] == "max-age=31536000, public"
    assert (style.headers["Content-Encoding"], style.text[:16]) == ("gzip", "p { color: tan }")
    assert again.status_code == 304


@pytest.mark.embedded
def test_django_with_a_bucket(tmp_path: Path, aws: Aws) -> None:
    folder = _django(tmp_path, "settings.py: bucket")
    (folder / "put_static.py").write_text(PIECES["put_static.py"], "utf-8")
    _write_settings(folder, PIECES["lambwsgi.yml: bucket"], **DJANGO)
    aws.s3.create_bucket(Bucket="shop-static-123456789012")
    keys = {"AWS_ACCESS_KEY_ID": "test", "AWS_SECRET_ACCESS_KEY": "test", "AWS_REGION": aws.region}
    keys |= {"AWS_DEFAULT_REGION": aws.region, "AWS_ENDPOINT_URL": str(aws.endpoint_url)}

    _run(folder, *LAMBWSGI, "package", "prod", "--path", "out.zip")
    hooks = yaml.safe_load(PIECES["lambwsgi.yml: bucket"])["stages"]["prod"]["hooks"]
    _run(folder, "sh", "-c", hooks["before_deploy"], **keys)
    (folder / "lambwsgi.yml").write_text(
        (folder / "lambwsgi.yml").read_text().replace("${cfn:shop-cdn.Domain}", "d111.cloudfront.net"), "utf-8"
    )
    shutil.rmtree(folder / "staticfiles")
    with _served(folder, "local", "prod", "--port", "0", "--artifact", "out.zip") as url:
        style = _hashed_style(url)

    prefix = "https://d111.cloudfront.net/"
    assert style.startswith(f"{prefix}static/admin/css/base.")
    stored = aws.s3.head_object(Bucket="shop-static-123456789012", Key=style.removeprefix(prefix))
    assert stored["CacheControl"] == "public, max-age=31536000, immutable"
    assert stored["ContentType"] == "text/css"


def test_the_stack_of_the_page_is_one(tmp_path: Path) -> None:
    from cfnlint.api import lint_file  # type: ignore[import-untyped]

    (tmp_path / "cdn.yaml").write_text(PIECES["cdn.yaml"], "utf-8")

    assert lint_file(tmp_path / "cdn.yaml") == []
