"""Both examples on the embedded AWS: packaged, deployed and asked by a client over HTTP."""

from __future__ import annotations

import hashlib
import re
from pathlib import Path

import pytest
import requests

from tests.examples.sites import DEPLOY_LOCAL, served

EVERY_BYTE = bytes(range(256)) * 400
MAKE_ADA = """\
from django.contrib.auth.models import User
User.objects.create_superuser('ada', password='correct horse')
"""
pytestmark = pytest.mark.embedded


def test_the_flask_example_works_deployed_to_the_embedded_aws(tmp_path: Path) -> None:
    with served("flask_app", tmp_path, DEPLOY_LOCAL) as site:
        session = requests.Session()
        page = session.get(site.url)
        chosen = session.post(f"{site.url}colour", data={"colour": "#6fa8dc"})
        picture = session.get(f"{site.url}swatch.png?size=32")
        uploaded = session.post(f"{site.url}upload", files={"file": ("every byte.bin", EVERY_BYTE)})
        told = session.get(f"{site.url}api/colours").json()
        status = site.run("status", "local")
        log = site.run("logs", "local")

    assert "Your colour is #5b8c5a" in page.text
    assert "#6fa8dc it is." in chosen.text
    assert picture.headers["Content-Type"] == "image/png"
    assert picture.content.startswith(b"\x89PNG")
    assert hashlib.sha256(EVERY_BYTE).hexdigest() in uploaded.text
    assert told["chosen"] == "#6fa8dc"
    assert status.returncode == 0, status.stderr
    assert site.url in status.stdout
    assert log.returncode == 0, log.stderr


def test_the_django_example_works_deployed_to_the_embedded_aws(tmp_path: Path) -> None:
    with served("django_app", tmp_path, DEPLOY_LOCAL) as site:
        migrated = site.run("manage", "local", "migrate", "--noinput")
        unknown = site.run("manage", "local", "no_such_command")
        made = site.run("manage", "local", "shell", "-c", MAKE_ADA)
        session = requests.Session()
        page = session.get(f"{site.url}login")
        token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page.text)
        assert token
        account = {"username": "ada", "password": "correct horse"}
        page = session.post(f"{site.url}login", data={"csrfmiddlewaretoken": token[1], **account})
        token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page.text)
        assert token
        form = {"csrfmiddlewaretoken": token[1], "title": "Grüße", "text": "a & b"}
        noted = session.post(site.url, data=form, files={"file": ("every byte.bin", EVERY_BYTE)})
        download = session.get(f"{site.url}notes/1/attachment")
        admin = session.get(f"{site.url}admin/notes/note/")
        style = session.get(f"{site.url}static/admin/css/base.css")

    assert (migrated.returncode, migrated.stderr) == (0, "")
    assert "No migrations to apply" in migrated.stdout
    assert unknown.returncode == 1
    assert "no_such_command" in unknown.stdout + unknown.stderr
    assert made.returncode == 0, made.stdout + made.stderr
    assert "Noted." in noted.text
    assert "Grüße" in noted.text
    assert download.content == EVERY_BYTE
    assert "every byte.bin" in admin.text
    assert style.headers["Content-Type"].startswith("text/css")
