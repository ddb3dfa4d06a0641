"""A Wagtail site as `wagtail start` makes it, asked by an editor's browser, which requests plays."""

from __future__ import annotations

import hashlib
import html
import io
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import requests
from PIL import Image

# Spares seconds, as Django's own tests do.
_LOCAL = 'PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]\n'
_TOKEN = re.compile(r'name="csrfmiddlewaretoken" value="(\w+)"')


def prepare(place: Path) -> None:
    """Make the site, its tables and its editor."""
    variables = {**os.environ, "DJANGO_SUPERUSER_PASSWORD": "secret"}
    subprocess.run([Path(sys.executable).with_name("wagtail"), "start", "shop", place], check=True, capture_output=True)
    (place / "shop" / "settings" / "local.py").write_text(_LOCAL)
    create = ("createsuperuser", "--noinput", "--username=editor", "--email=e@example.org")
    for command in (("migrate", "-v0"), create):
        subprocess.run(
            [sys.executable, "manage.py", *command], cwd=place, env=variables, check=True, capture_output=True
        )


def observe(url: str, place: Path) -> Iterator[tuple[str, object]]:
    """What the editor sees, one thing at a time."""
    session = requests.Session()
    session.headers["Origin"] = f"http://{urlsplit(url).netloc}"
    yield from _login(session, url)
    yield from _pages(session, url)
    yield from _images(session, url)
    yield from _documents(session, url)
    yield from _site(session, url)
    yield "logout", _post(session, f"{url}/admin/", f"{url}/admin/logout/", {})


def _post(session: requests.Session, form: str, target: str, fields: dict[str, str], **given: Any) -> object:
    """What is seen after a form was sent: where the redirects led, which message flashed."""
    page = session.get(form)
    token = _TOKEN.search(page.text)
    data = {"csrfmiddlewaretoken": token[1] if token else session.cookies.get("csrftoken", ""), **fields}
    answer = session.post(target, data=data, headers={"Referer": form}, **given)
    steps = [(each.status_code, each.headers.get("Location")) for each in answer.history]
    text = html.unescape(re.sub(r"<[^>]+>|\s+", " ", answer.text))
    flashes = re.findall(r"((?:Page|Image|Document) '[^']*' \w+(?: and \w+)?\.|Your username and password)", text)
    return answer.status_code, steps, answer.url, sorted(set(flashes))


def _login(session: requests.Session, url: str) -> Iterator[tuple[str, object]]:
    entry = session.get(f"{url}/admin/")
    yield "to the login", ([each.headers["Location"] for each in entry.history], entry.status_code)
    cookie = entry.headers.get("Set-Cookie", "")
    yield "attributes of the cookie", re.sub(r"=\w{32}|expires=[^;]+", "", cookie)
    login = f"{url}/admin/login/"
    yield "wrong password", _post(session, login, login, {"username": "editor", "password": "wrong"})
    nobody = requests.post(login, data={"username": "editor", "password": "secret"})
    yield "without a token", (nobody.status_code, nobody.headers["Content-Type"])
    fields = {"username": "editor", "password": "secret", "next": urlsplit(url).path + "/admin/"}
    yield "login", _post(session, f"{login}?next={fields['next']}", login, fields)
    yield "cookies", sorted((each.name, each.path, each.has_nonstandard_attr("HttpOnly")) for each in session.cookies)
    yield "dashboard", session.get(f"{url}/admin/").status_code


def _pages(session: requests.Session, url: str) -> Iterator[tuple[str, object]]:
    add = f"{url}/admin/pages/add/home/homepage/3/"
    fields = {f"comments-{name}_FORMS": "0" for name in ("TOTAL", "INITIAL", "MIN_NUM", "MAX_NUM")}
    fields |= {"title": "Über uns — 日本", "slug": "uber-uns", "action-publish": "action-publish"}
    yield "create a page", _post(session, add, add, fields)
    yield "create it again", _post(session, add, add, fields)
    shown = session.get(f"{url}/uber-uns/")
    yield "the page", (shown.status_code, re.findall(r"<title>\s*(.*?)\s*</title>", shown.text, re.DOTALL))
    redirected = session.get(f"{url}/uber-uns", allow_redirects=False)
    yield "without its slash", (redirected.status_code, redirected.headers.get("Location"))
    found = session.get(f"{url}/admin/pages/search/", params={"q": "Über 日本"})
    yield "search", (found.status_code, found.text.count("Über uns"))


def _images(session: requests.Session, url: str) -> Iterator[tuple[str, object]]:
    add = f"{url}/admin/images/add/"
    content = _picture()
    files = {"file": ("bäum 1.png", content, "image/png")}
    yield "upload an image", _post(session, add, add, {"title": "Bäum", "collection": "1"}, files=files)
    preview = session.get(f"{url}/admin/images/1/preview/fill-100x80/")
    size = Image.open(io.BytesIO(preview.content)).size
    yield "rendition", (preview.status_code, preview.headers["Content-Type"], size)
    original = f"{url}/media/original_images/baum_1.png"
    got = session.get(original)
    yield "the image", (original, got.status_code, got.headers["Content-Type"], got.content == content)
    listed = re.findall(r'src="([^"]*max-165x165[^"]*)"', session.get(f"{url}/admin/images/").text)
    for source in listed:
        got = session.get(_at(url, source))
        yield "thumbnail", (source, got.status_code, hashlib.sha256(got.content).hexdigest())
    since = {"If-Modified-Since": got.headers.get("Last-Modified", "")}
    yield "image unchanged", session.get(original, headers=since).status_code


def _at(url: str, path: str) -> str:
    """The URL of a path as the site writes it: those of Django's files in development know no prefix."""
    return url + path.removeprefix(urlsplit(url).path)


def _picture() -> bytes:
    """A picture that does not compress, and still is small enough for the edge."""
    pixels = b"".join(hashlib.sha512(bytes([number])).digest() for number in range(192))
    picture = Image.frombytes("RGB", (64, 64), pixels)
    out = io.BytesIO()
    picture.save(out, "PNG")
    return out.getvalue()


def _documents(session: requests.Session, url: str) -> Iterator[tuple[str, object]]:
    add = f"{url}/admin/documents/add/"
    content = bytes(range(256)) * 100
    files = {"file": ("prüf ung.pdf", content, "application/pdf")}
    yield "upload a document", _post(session, add, add, {"title": "Prüfung", "collection": "1"}, files=files)
    listed = re.findall(r'href="([^"]*/documents/\d+/[^"]+)"', session.get(f"{url}/admin/documents/").text)
    for source in listed:
        got = session.get(_at(url, source))
        yield "the document", (source, got.status_code, got.headers["Content-Disposition"], got.content == content)
        headers = {"If-None-Match": got.headers.get("ETag", "")}
        yield "document unchanged", session.get(_at(url, source), headers=headers).status_code


def _site(session: requests.Session, url: str) -> Iterator[tuple[str, object]]:
    css = re.findall(r'href="([^"]*core\.css[^"]*)"', session.get(f"{url}/admin/").text)[0]
    for coding in ("identity", "gzip"):
        got = session.get(_at(url, css), headers={"Accept-Encoding": coding})
        digest = hashlib.sha256(got.content).hexdigest()
        yield f"style sheet {coding}", (got.status_code, got.headers["Content-Type"], digest)
    missing = session.get(f"{url}/nothing here/", headers={"Accept-Encoding": "identity"})
    yield "404", (missing.status_code, missing.headers["Content-Type"])
    for path in ("/search/?query=%C3%9Cber", "/admin/api/main/pages/?fields=title", "/sitemap.xml", "/django-admin/"):
        got = session.get(url + path)
        yield f"GET {path}", (got.status_code, got.url, got.headers["Content-Type"])
    absolute = session.get(f"{url}/admin/api/main/pages/3/")
    yield "absolute URLs", re.findall(r'"detail_url": "([^"]+)"', absolute.text)
